package org.dallemini.dalle.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.UnsupportedModelException;

/** Helps to run golden sets through the model. */
public final class GoldenSets {
    private GoldenSets() {}

    /** Whether the set has an architecture that is built here. */
    public static boolean isSupported(Goldens.Set set) {
        try {
            BartConfig.read(set.bart());
            return true;
        } catch (UnsupportedModelException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode config(Goldens.Set set) {
        try {
            return new ObjectMapper().readTree(set.bart().resolve("config.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ids that count. */
    public static int[] real(int[] ids, int[] mask) {
        return Arrays.copyOf(ids, Arrays.stream(mask).sum());
    }

    /** The first prompts of the set, encoded. */
    public static List<EncodedText> encode(BartModel model, Goldens.Set set, int count) {
        int[][] ids = set.golden().array("input_ids").rows();
        int[][] mask = set.golden().array("attention_mask").rows();
        List<EncodedText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(model.encode(real(ids[i], mask[i])));
        }
        return texts;
    }
}
