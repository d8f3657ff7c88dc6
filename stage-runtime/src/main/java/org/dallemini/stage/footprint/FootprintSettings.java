package org.dallemini.stage.footprint;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.footprint.CarbonIntensity;
import org.dallemini.footprint.EnergyModel;

/** The settings by which energy and its greenhouse gases are estimated. */
public final class FootprintSettings {
    public static final String CARBON_INTENSITY = "footprint.carbon.intensity";
    public static final String WATTS_PER_THREAD = "footprint.watts.per.thread";
    public static final String PUE = "footprint.pue";

    private static final double MAX_WATTS = 1000, MAX_PUE = 10;

    private final AbstractConfig config;

    /** @param config of a definition that was given to {@link #define} */
    public FootprintSettings(AbstractConfig config) {
        this.config = config;
    }

    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        CARBON_INTENSITY,
                        Type.STRING,
                        "world",
                        LambdaValidator.with(FootprintSettings::check, () -> "world, DEU, gcp:europe-west3, 380, ..."),
                        MEDIUM,
                        "Greenhouse gases of the electricity that is used here: world for the average, a country's three "
                                + "letters (ISO 3166), a region of Google's cloud, or grams of CO2-equivalents per kWh. "
                                + "Each image and each job says what it took by this.")
                .define(
                        WATTS_PER_THREAD,
                        Type.DOUBLE,
                        EnergyModel.AUTOMATIC,
                        LambdaValidator.with(FootprintSettings::checkWatts, () -> "[0,...," + MAX_WATTS + "]"),
                        LOW,
                        "Power of a busy hardware thread of the processor. 0: the processor's own counters (RAPL) where "
                                + "this process may read them, else a table by the processor's kind.")
                .define(
                        PUE,
                        Type.DOUBLE,
                        1.0,
                        LambdaValidator.with(FootprintSettings::checkPue, () -> "[1,...," + MAX_PUE + "]"),
                        LOW,
                        "What the data centre uses in all, cooling included, per energy of its computers.");
    }

    private static void checkWatts(String name, Object value) {
        check(name, value, 0, MAX_WATTS);
    }

    private static void checkPue(String name, Object value) {
        check(name, value, 1, MAX_PUE);
    }

    private static void check(String name, Object value, double least, double most) {
        if (!(value instanceof Double number && number >= least && number <= most)) { // nor NaN
            throw new ConfigException(name, value, "use a number from " + least + " to " + most);
        }
    }

    private static void check(String name, Object value) {
        try {
            CarbonIntensity.of(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
    }

    EnergyModel model() {
        return EnergyModel.ofThisMachine(
                config.getDouble(WATTS_PER_THREAD),
                config.getDouble(PUE),
                CarbonIntensity.of(config.getString(CARBON_INTENSITY)));
    }
}
