package org.dallemini.moderation;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.png.PngText;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.events.ImageTokens;
import org.dallemini.images.TokenGrid;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.config.StageConfig;

/** A picture that the image filter has refused, made again from the tokens of its dead letter, for who judges it. */
public final class RefusedPicture {
    private RefusedPicture() {}

    /**
     * The PNG file.
     *
     * @param model that drew it, of which the VQGAN is used
     * @throws ConfigException if the letter is not of an image that was refused after it was drawn
     * @throws ModelException if the model is another, or cannot be used
     */
    public static byte[] png(DeadLetter letter, StageConfig config, ModelFolder model, ModelCache cache)
            throws IOException {
        String topic = config.topics().imageTokens();
        byte[] value = letter.record().value();
        if (!letter.record().topic().equals(Topics.deadLetters(topic)) || value == null) {
            throw new ConfigException(letter.place() + " is no refused image: it has no tokens to make a picture of");
        }
        try (Deserializer<ImageTokens> deserializer = EventSerdes.deserializer(ImageTokens.class, config.serde());
                VqganDecoder decoder = VqganDecoder.open(
                        model.vqgan(),
                        cache,
                        new Sessions(Runtime.getRuntime().availableProcessors()),
                        Precision.FP32)) {
            ImageTokens tokens = deserializer.deserialize(topic, letter.record().headers(), value);
            return PngWriter.write(
                    decoder.decode(TokenGrid.read(tokens, decoder)), List.of(new PngText("Software", "dallemini")));
        } catch (RejectedRecordException e) {
            throw new ModelException(e.problem(), e);
        }
    }
}
