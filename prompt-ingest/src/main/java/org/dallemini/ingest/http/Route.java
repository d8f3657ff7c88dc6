package org.dallemini.ingest.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be asked for.
 *
 * @param method HTTP's
 * @param path with variables, for example {@code /v1/jobs/{id}}; a variable is one segment that is not empty
 * @param role what a caller needs; null for what anybody may see
 * @param refusal how it is said that a request is refused
 */
public record Route(
        String method, String path, @Nullable Role role, Endpoint endpoint, Function<Problem, Answer> refusal) {
    public Route(String method, String path, @Nullable Role role, Endpoint endpoint) {
        this(method, path, role, endpoint, Answer::problem);
    }

    /** The variables of a path that fits, as they were sent; empty if it does not fit. */
    Optional<Map<String, String>> match(String requested) {
        List<String> ours = List.of(path.split("/", -1));
        List<String> theirs = List.of(requested.split("/", -1));
        if (ours.size() != theirs.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < ours.size(); i++) {
            String our = ours.get(i);
            String their = theirs.get(i);
            if (our.startsWith("{") && !their.isEmpty()) {
                variables.put(our.substring(1, our.length() - 1), their);
            } else if (!our.equals(their)) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
