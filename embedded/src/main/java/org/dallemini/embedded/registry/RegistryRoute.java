package org.dallemini.embedded.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call that the registry understands.
 *
 * @param pattern segments of the path; {@code *} stands for an argument
 */
record RegistryRoute(String method, List<String> pattern, Handler handler) {
    /**
     * @param arguments what stood in the place of each {@code *}, decoded
     * @param query decoded
     * @param body missing if the request had none
     */
    record Request(List<String> arguments, Map<String, String> query, JsonNode body) {
        String argument(int i) {
            return arguments.get(i);
        }

        boolean flag(String name) {
            return Boolean.parseBoolean(query.get(name));
        }
    }

    interface Handler {
        /** The answer, which Jackson writes as JSON. */
        Object answer(Request request);
    }

    static RegistryRoute of(String method, String path, Handler handler) {
        return new RegistryRoute(method, segments(path), handler);
    }

    static List<String> segments(String path) {
        return List.of(path.replaceAll("^/+|/+$", "").split("/"));
    }

    /** The arguments if the path is this route's. */
    Optional<List<String>> match(List<String> path) {
        if (path.size() != pattern.size()) {
            return Optional.empty();
        }
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            if (pattern.get(i).equals("*")) {
                arguments.add(path.get(i));
            } else if (!pattern.get(i).equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(arguments);
    }
}
