package org.dallemini.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnergyModelTest {
    private static final Processor PROCESSOR = new Processor("A Processor", 2.5, List.of());
    private static final CarbonIntensity WORLD = CarbonIntensity.of("world");
    private static final Usage USAGE = new Usage(8, 30, 4);

    /**
     * The model card of DALL·E mini has 7.54 kg, which its authors got from a calculator: a TPU v3-8's 283 W for 72
     * hours at 0.37 kg a kilowatt hour.
     */
    @Test
    void shouldReproduceTheEmissionsOfTheModelCard() {
        EnergyModel calculator = EnergyModel.of(283, 1, CarbonIntensity.of("370"), false, PROCESSOR);
        double joules = calculator.joules(new Usage(Duration.ofHours(72).toSeconds(), Double.NaN, 0));
        assertThat(joules / 3.6e6).isCloseTo(20.376, within(1e-9));
        assertThat(calculator.co2eGrams(joules) / 1000).isCloseTo(7.54, within(0.005));
    }

    @Test
    void shouldTakeProcessorTimeByTheTableWhereThereAreNoCounters() {
        EnergyModel model = EnergyModel.of(EnergyModel.AUTOMATIC, 1, WORLD, false, PROCESSOR);
        assertThat(model.joules(USAGE)).isCloseTo(8 * 2.5 + 4, within(1e-9));
        assertThat(model.method())
                .isEqualTo("estimate: processor time x 2.50 W (A Processor), 475 g/kWh (world average)");
    }

    @Test
    void shouldTakeTheCountersWhereThereAreSome() {
        EnergyModel model = EnergyModel.of(EnergyModel.AUTOMATIC, 1, WORLD, true, PROCESSOR);
        assertThat(model.joules(USAGE)).isCloseTo(34, within(1e-9));
        assertThat(model.method()).isEqualTo("estimate: RAPL by share of processor time, 475 g/kWh (world average)");
    }

    @Test
    void shouldTakeWhatIsConfiguredBeforeAnything() {
        EnergyModel model = EnergyModel.of(5, 1.5, CarbonIntensity.of("DEU"), true, PROCESSOR);
        assertThat(model.joules(USAGE)).isCloseTo((8 * 5 + 4) * 1.5, within(1e-9));
        assertThat(model.method())
                .isEqualTo("estimate: processor time x 5.00 W (as configured) x 1.50 (PUE), 381 g/kWh (Germany)");
    }

    @ParameterizedTest
    @CsvSource({"world, 475", "DEU, 380.95", "fra, 56.039", "gcp:europe-west3, 345", "12.5, 12.5", " 0 , 0"})
    void shouldKnowCarbonIntensities(String text, double grams) {
        assertThat(CarbonIntensity.of(text).grams(3.6e6)).isCloseTo(grams, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "XYZ", "Germany", "-1", "1e3", "10001", "gcp:moon-1", "NaN"})
    void shouldSayWhatThereIsWhereAnIntensityIsNotKnown(String text) {
        assertThatThrownBy(() -> CarbonIntensity.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining("gcp:europe-west3");
    }
}
