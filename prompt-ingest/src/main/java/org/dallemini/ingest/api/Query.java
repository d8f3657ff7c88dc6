package org.dallemini.ingest.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The parameters of a list. */
final class Query {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;

    private final Map<String, List<String>> parameters;

    /**
     * @param parameters each with all of its values
     * @param known names that there may be
     */
    Query(Map<String, List<String>> parameters, Set<String> known) throws RefusedRequestException {
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw new RefusedRequestException(Problem.of(
                        400,
                        "unknown-parameter",
                        "There is no such parameter: use " + String.join(", ", new TreeSet<>(known)) + "."));
            }
        }
        this.parameters = parameters;
    }

    List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    @Nullable
    String single(String name) throws RefusedRequestException {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw refuse(name + " is given more than once.");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /** Whether a parameter is there that says {@code true}, or not at all. */
    boolean isSet(String name) throws RefusedRequestException {
        String value = single(name);
        if (value != null && !value.equals("true")) {
            throw refuse(name + " can be true alone: leave it out otherwise.");
        }
        return value != null;
    }

    /** The parameters {@code label}: whether labels have all of them. */
    Predicate<Map<String, String>> labels() throws RefusedRequestException {
        List<Map.Entry<String, String>> wanted = new ArrayList<>();
        for (String label : all("label")) {
            int colon = label.indexOf(':');
            if (colon < 0) {
                throw refuse("label has no colon: write label=name:value.");
            }
            wanted.add(Map.entry(label.substring(0, colon), label.substring(colon + 1)));
        }
        return labels -> labels.entrySet().containsAll(wanted);
    }

    /** The parameter {@code limit}: entries of a page. */
    int limit() throws RefusedRequestException {
        String limit = single("limit");
        if (limit == null) {
            return DEFAULT_LIMIT;
        }
        if (limit.matches("\\d{1,3}") && Integer.parseInt(limit) >= 1 && Integer.parseInt(limit) <= MAX_LIMIT) {
            return Integer.parseInt(limit);
        }
        throw refuse("limit is no number from 1 to " + MAX_LIMIT + ".");
    }

    static RefusedRequestException refuse(String detail) {
        return new RefusedRequestException(Problem.of(400, ErrorCode.INVALID_PARAMETER.code(), detail));
    }
}
