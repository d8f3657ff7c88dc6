package org.dallemini.bench.common;

import java.util.Locale;

/** Numbers for tables: three digits that count. */
public final class Numbers {
    private Numbers() {}

    public static String of(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** @param share 1 is all of it */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    public static String times(double ratio) {
        return of(ratio) + " x";
    }
}
