package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TroubleReportTest {

    @Test
    void shouldBeATableOfMarkdownWithTheVerdict() {
        var event = new TroubleReport.Event("killed: broker 2", 21, new Blindness(10.04, 12, 0.5));
        var verdict = new ChaosResult(100, 0, 0, 0, List.of());
        var report = new TroubleReport(2, List.of(event), verdict, List.of());

        assertThat(report.isKept()).isTrue();
        assertThat(report.text())
                .contains("| killed: broker 2 | 21 s | 10.0 s | 12.0 s | 0.5 s |")
                .contains("100 images at 2.0 a second, 0 lost, 0 twice, 0 dead-lettered")
                .doesNotContain("BROKEN");
    }

    @Test
    void shouldSayWhatWasBrokenOrLeftOut() {
        var verdict = new ChaosResult(100, 1, 0, 0, List.of("prompt-1/0 is 0 times on images"));
        var report = new TroubleReport(2, List.of(), verdict, verdict.problems());

        assertThat(report.isKept()).isFalse();
        assertThat(report.text()).contains("BROKEN: prompt-1/0 is 0 times on images");
    }
}
