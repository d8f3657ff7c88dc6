package org.dallemini.show;

import java.util.Locale;
import java.util.Map;
import org.dallemini.dalle.vqgan.Pictures;

/**
 * A terminal that pictures are shown in.
 *
 * @param isTrueColour whether it has 24 bits for a colour; else 256 colours
 * @param columns how wide it is
 */
public record Screen(Graphics graphics, boolean isTrueColour, int columns) {
    /** Where nobody knows how wide it is. */
    private static final int USUAL_COLUMNS = 80;

    /** The terminal that has this environment. */
    public static Screen of(Graphics graphics, Map<String, String> environment, int columns) {
        String depth = environment.getOrDefault("COLORTERM", "").toLowerCase(Locale.ROOT);
        boolean isTrueColour = depth.contains("truecolor")
                || depth.contains("24bit")
                || environment.getOrDefault("TERM", "").endsWith("-direct");
        return new Screen(graphics, isTrueColour, columns < 1 ? USUAL_COLUMNS : columns);
    }

    /**
     * What is written to show a picture below what was written before; the cursor is then at the begin of a line.
     *
     * @param png content of a file
     * @throws Pictures.UnusableException if it is no picture that can be read
     */
    public String show(byte[] png) throws Pictures.UnusableException {
        return switch (graphics) {
            case KITTY -> InlineFile.kitty(png, columns);
            case ITERM2 -> InlineFile.iterm2(png, columns);
            case SIXEL -> Sixels.of(Raster.of(png));
            case BLOCKS -> HalfBlocks.of(Raster.of(png), columns, isTrueColour);
        };
    }
}
