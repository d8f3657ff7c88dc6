package org.dallemini.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.testing.Redness;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilterTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Redness classifier = new Redness();

    private ImageFilter filter(String... settings) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        return classifier.filter(values, metrics);
    }

    private static RgbImage red(int level) {
        return new RgbImage(1, 1, new byte[] {(byte) level, 0, 0});
    }

    @ParameterizedTest
    @CsvSource({
        "refuse, 100, passed",
        "refuse, 150, marked",
        "refuse, 229, marked",
        "refuse, 230, refused",
        "refuse, 255, refused",
        "flag, 100, passed",
        "flag, 150, marked",
        "flag, 255, marked"
    })
    void shouldDoWhatModeAndThresholdsSay(String mode, int level, String outcome) {
        // When
        Judgement judgement = filter(FilterSettings.MODE, mode).judge(red(level), Door.PREVIEW);

        // Then
        assertThat(judgement)
                .isInstanceOf(outcome.equals("refused") ? Judgement.Refused.class : Judgement.Admitted.class);
        if (judgement instanceof Judgement.Admitted admitted) {
            assertThat(admitted.isMarked()).isEqualTo(outcome.equals("marked"));
            assertThat(admitted.verdict()).isNotNull().satisfies(verdict -> {
                assertThat(verdict.getMark()).isEqualTo(outcome.equals("marked") ? "porn" : null);
                assertThat(verdict.getClassifier()).isEqualTo("redness");
                assertThat(verdict.getScores())
                        .containsEntry("porn", level / 255f)
                        .hasSize(5);
            });
        }
        assertThat(metrics.get("dallemini.filter.judgements")
                        .tags(
                                "door",
                                "preview",
                                "outcome",
                                outcome,
                                "category",
                                outcome.equals("passed") ? "none" : "porn")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldRefuseUnlessToldOtherwise() {
        assertThat(filter().judge(red(255), Door.IMAGE)).isInstanceOf(Judgement.Refused.class);
    }

    @Test
    void shouldSayWhatWasFoundAndWhatToDo() {
        assertThatThrownBy(() -> filter().judge(red(255), Door.IMAGE).admitted("image p/0"))
                .isInstanceOfSatisfying(
                        RejectedRecordException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_POLICY))
                .hasMessageStartingWith("image p/0: ")
                .hasMessageContaining("porn reaches 0.90 by redness")
                .hasMessageContaining("drawing 0.00, hentai 0.00, neutral 0.00, porn 1.00, sexy 0.00")
                .hasMessageContaining("filter.image.refuse.above");
    }

    @Test
    void shouldHaveThresholdsForEachClass() {
        ImageFilter filter = filter(FilterSettings.REFUSE_ABOVE, "neutral:0.9, porn:1", FilterSettings.FLAG_ABOVE, "");
        assertThat(filter.judge(red(0), Door.IMAGE)).isInstanceOf(Judgement.Refused.class);
        assertThat(filter.judge(red(200), Door.IMAGE))
                .isInstanceOfSatisfying(Judgement.Admitted.class, admitted -> assertThat(admitted.isMarked())
                        .isFalse());
    }

    @Test
    void shouldLookAtNothingWhereItIsOff() {
        classifier.setBroken(true);
        ImageFilter off = filter(FilterSettings.MODE, "off");
        assertThat(off.judge(red(255), Door.IMAGE).verdict()).isNull();
        assertThat(ImageFilter.off().judge(red(255), Door.IMAGE)).isInstanceOf(Judgement.Unjudged.class);
        assertThat(metrics.getMeters()).isEmpty();
    }

    @Test
    void shouldAdmitNothingThatItCannotJudge() {
        ImageFilter filter = filter();
        assertThat(filter.works()).isTrue();
        classifier.setBroken(true);
        assertThat(filter.works()).isFalse();
        assertThatThrownBy(() -> filter.judge(red(0), Door.IMAGE)).hasMessage("broken");
    }

    @Test
    void shouldCloseItsClassifier() {
        filter().close();
        assertThat(classifier.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "violence:0.5",
                "porn",
                "porn:",
                "porn:2",
                "porn:-1",
                "porn:NaN",
                "porn:much",
                "porn:0.1,porn:0.2"
            })
    void shouldRefuseThresholdsThatMakeNoSense(String thresholds) {
        assertThatThrownBy(() -> filter(FilterSettings.FLAG_ABOVE, thresholds))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(FilterSettings.FLAG_ABOVE);
    }

    @Test
    void shouldRefuseAModeThatItDoesNotKnow() {
        assertThatThrownBy(() -> filter(FilterSettings.MODE, "on"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("off, flag, refuse");
    }
}
