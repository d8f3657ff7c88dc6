package org.dallemini.training.command;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.Disk;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.training.bart.BartTask;

/** Draws prompts with a checkpoint, as the pipeline would, each with its number as the seed. */
final class SampleSheet implements BartTask.Sheet {
    private static final int COLUMNS = 6, TEXT = 18, MARGIN = 4;

    private final List<String> prompts;
    private final int threads;

    SampleSheet(List<String> prompts, int threads) {
        this.prompts = prompts;
        this.threads = threads;
    }

    @Override
    public Optional<BufferedImage> draw(ModelFolder model) throws IOException {
        if (prompts.isEmpty()) {
            return Optional.empty();
        }
        Path cache = Files.createTempDirectory("dallemini-samples");
        try {
            var settings = new DalleMini.Settings(
                    new ModelCache(cache), threads, prompts.size(), Precision.FP32, Precision.FP32);
            try (DalleMini drawing = DalleMini.load(model.path(), settings)) {
                List<TokenRequest> requests = new ArrayList<>();
                for (String prompt : prompts) {
                    requests.add(new TokenRequest(prompt, null, requests.size(), drawing.parameters()));
                }
                return Optional.of(sheet(drawing.draw(requests)));
            }
        } finally {
            Disk.delete(cache);
        }
    }

    private BufferedImage sheet(List<RgbImage> images) {
        int cell = images.get(0).width() + 2 * MARGIN;
        int rows = (images.size() + COLUMNS - 1) / COLUMNS;
        BufferedImage sheet = new BufferedImage(COLUMNS * cell, rows * (cell + TEXT), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        graphics.setColor(Color.BLACK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 9));
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        for (int i = 0; i < images.size(); i++) {
            int x = i % COLUMNS * cell + MARGIN;
            int y = i / COLUMNS * (cell + TEXT) + MARGIN;
            graphics.drawImage(Pictures.picture(images.get(i)), x, y, null);
            graphics.setClip(x, y, cell - MARGIN, cell + TEXT);
            graphics.drawString(prompts.get(i), x, y + cell + TEXT / 2 - MARGIN);
            graphics.setClip(null);
        }
        graphics.dispose();
        return sheet;
    }
}
