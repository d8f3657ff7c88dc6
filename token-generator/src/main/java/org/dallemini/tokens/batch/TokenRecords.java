package org.dallemini.tokens.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;

/** Between the events of the pipeline and what the batch works with. */
public final class TokenRecords {
    private static final int UNSIGNED_SHORT = 0xffff;

    /** The most that the setting of the intake, {@code prompt.max.candidates}, can allow. */
    private static final int MAX_CANDIDATES = 10_000;

    private final GenerationConfig defaults;
    private final ModelInfo model;
    private final int side;
    private final PrefixCheck prefixCheck;

    /**
     * @param defaults what a request does not say
     * @param model that draws, as the results name it
     * @param config of that model
     * @throws ModelException if the tokens do not fill a square, as those of the original's images do
     */
    public TokenRecords(GenerationConfig defaults, ModelInfo model, BartConfig config) {
        this.defaults = defaults;
        this.model = model;
        int imageLength = config.imageLength();
        this.side = (int) Math.round(Math.sqrt(imageLength));
        if (side * side != imageLength) {
            throw new ModelException("image_length = " + imageLength + " in config.json is not the square of a number");
        }
        this.prefixCheck = PrefixCheck.of(config, side);
    }

    ModelInfo model() {
        return model;
    }

    /**
     * What to draw, with the defaults filled in; of several candidates the first.
     *
     * @param picture image tokens of the picture that the image shall begin with, if there is one
     * @throws RejectedRecordException if a value is out of its range, or the prefix does not fit
     */
    TokenRequest request(ImageRequest event, int... picture) throws RejectedRecordException {
        if (event.getCandidates() < 1 || event.getCandidates() > MAX_CANDIDATES) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_PARAMETER,
                    "candidates is " + event.getCandidates() + ", it must be 1 to " + MAX_CANDIDATES);
        }
        boolean isChosen = event.getCandidates() > 1;
        if (isChosen
                && (event.getIndex() < 0
                        || event.getIndex() >= event.getCount()
                        || event.getCount() > event.getCandidates())) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_PARAMETER,
                    "index is " + event.getIndex() + ", count " + event.getCount() + " and candidates "
                            + event.getCandidates()
                            + ": each must be less than the next, or count as many as candidates");
        }
        SamplingParameters parameters;
        try {
            parameters = parameters(event.getSampling());
        } catch (IllegalArgumentException e) {
            throw new RejectedRecordException(ErrorCode.INVALID_PARAMETER, "sampling " + e.getMessage(), e);
        }
        long seed = isChosen ? event.getSeed() - event.getIndex() : event.getSeed();
        int[] prefix = prefixCheck.resolve(event.getPrefix(), event.getRedraw(), seed, picture);
        return new TokenRequest(event.getText(), event.getNegativeText(), seed, parameters, prefix);
    }

    private SamplingParameters parameters(Sampling s) {
        return new SamplingParameters(
                Objects.requireNonNullElse(s.getTemperature(), defaults.temperature()),
                Objects.requireNonNullElse(s.getTopK(), defaults.topK()),
                Objects.requireNonNullElse(s.getTopP(), defaults.topP()),
                Objects.requireNonNullElse(s.getGuidanceScale(), defaults.conditionScale()),
                s.getBatchIndex(),
                s.getBatchSize());
    }

    /**
     * The result of a request.
     *
     * @param drawn what the image gets
     */
    ImageTokens tokens(ImageRequest event, Candidates.Drawn drawn, StageTiming timing) {
        TokenRequest request = drawn.request();
        SamplingParameters p = request.parameters();
        Sampling used =
                new Sampling(p.temperature(), p.topK(), p.topP(), p.guidanceScale(), p.batchIndex(), p.batchSize());
        ImageRequest resolved = new ImageRequest(
                event.getImageId(),
                event.getPromptId(),
                event.getIndex(),
                event.getCount(),
                event.getJobId(),
                event.getText(),
                event.getNegativeText(),
                request.seed(),
                used,
                event.getLane(),
                event.getLabels(),
                event.getDeadline(),
                event.getRequestedAt(),
                request.prefix().length == 0 ? null : new ImagePrefix(bytes(request.prefix()), null, null),
                event.getCandidates(),
                event.getCandidates() == 1 ? null : drawn.score(),
                event.getPromptVerdict(),
                event.getOutput(),
                null);
        return new ImageTokens(resolved, drawn.normalizedText(), bytes(drawn.tokens()), side, side, model, timing);
    }

    ImagePreview preview(ImageRequest event, Drawing drawing) {
        return new ImagePreview(
                event.getImageId(),
                event.getPromptId(),
                event.getJobId(),
                bytes(drawing.soFar()),
                side,
                side,
                model.getRevision());
    }

    /** Unsigned 16-bit integers, little endian. Only padding can be larger, and that is beyond any codebook anyway. */
    private static ByteBuffer bytes(int... tokens) {
        ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int token : tokens) {
            bytes.putShort((short) Math.min(token, UNSIGNED_SHORT));
        }
        return bytes.flip();
    }
}
