package org.dallemini.footprint;

import java.util.Locale;

/**
 * Greenhouse gases of electricity.
 *
 * @param gramsPerKwh grams of CO2-equivalents per kilowatt hour
 * @param place that it is true of
 */
public record CarbonIntensity(double gramsPerKwh, String place) {
    private static final double JOULES_PER_KWH = 3.6e6;
    private static final double HIGHEST = 10_000;

    /**
     * Reads what a user says of it.
     *
     * @param text {@code world}, a country's three letters of ISO 3166 such as {@code DEU}, a cloud's region such as
     *     {@code gcp:europe-west3}, or a number of grams per kilowatt hour
     * @throws IllegalArgumentException if it is none of these; the message says what there is
     */
    public static CarbonIntensity of(String text) {
        String wanted = text.trim();
        for (String[] row : Table.read("carbon-intensity.tsv")) {
            if (row[0].equalsIgnoreCase(wanted)) {
                return new CarbonIntensity(Double.parseDouble(row[2]), row[1]);
            }
        }
        if (wanted.matches("\\d{1,5}(\\.\\d{1,6})?") && Double.parseDouble(wanted) <= HIGHEST) {
            return new CarbonIntensity(Double.parseDouble(wanted), "as configured");
        }
        throw new IllegalArgumentException(
                "\"" + text + "\" is no carbon intensity that is known; use world, a country's"
                        + " three letters (DEU), a region of Google's cloud (gcp:europe-west3), or grams per kWh, such as 380, up"
                        + " to " + String.format(Locale.ROOT, "%.0f", HIGHEST));
    }

    /** Grams of CO2-equivalents of so much energy. */
    public double grams(double joules) {
        return joules / JOULES_PER_KWH * gramsPerKwh;
    }
}
