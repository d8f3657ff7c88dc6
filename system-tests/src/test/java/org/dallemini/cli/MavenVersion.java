package org.dallemini.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version in the order of Maven: numbers by value, qualifiers such as {@code rc1} before the release, others after.
 */
record MavenVersion(String text) implements Comparable<MavenVersion> {
    private static final Pattern PART = Pattern.compile("\\d+|[A-Za-z]+");
    private static final List<String> BEFORE_RELEASE =
            List.of("alpha", "beta", "milestone", "m", "rc", "cr", "snapshot");
    private static final List<String> RELEASE = List.of("", "final", "ga", "release", "jre", "android", "jdk");

    @Override
    public int compareTo(MavenVersion other) {
        List<String> mine = parts();
        List<String> theirs = other.parts();
        for (int i = 0; i < Math.max(mine.size(), theirs.size()); i++) {
            int order = compare(i < mine.size() ? mine.get(i) : "", i < theirs.size() ? theirs.get(i) : "");
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private List<String> parts() {
        var parts = new ArrayList<String>();
        Matcher matcher = PART.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            parts.add(matcher.group());
        }
        return parts;
    }

    private static int compare(String a, String b) {
        int rank = Integer.compare(rank(a), rank(b));
        if (rank != 0) {
            return rank;
        }
        return isNumber(a) && isNumber(b) ? Long.compare(Long.parseLong(a), Long.parseLong(b)) : 0;
    }

    /** Qualifiers before the release, the release, other qualifiers, numbers. */
    private static int rank(String part) {
        if (isNumber(part)) {
            return Long.parseLong(part) == 0 ? 0 : 2;
        }
        if (BEFORE_RELEASE.contains(part)) {
            return BEFORE_RELEASE.indexOf(part) - BEFORE_RELEASE.size();
        }
        return RELEASE.contains(part) ? 0 : 1;
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && Character.isDigit(part.charAt(0));
    }
}
