package org.dallemini.ingest.openai;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Problem;
import org.jspecify.annotations.Nullable;

/** Problems in the shape of OpenAI's errors, which its clients read. */
final class OpenAiError {
    /** Where OpenAI has a code of its own; any other is ours, with underscores. */
    private static final Map<String, String> CODES = Map.of(
            "unauthorized", "invalid_api_key",
            "content-policy", "content_policy_violation",
            "unknown-field", "unknown_parameter",
            "invalid-parameter", "invalid_value");

    private OpenAiError() {}

    static Answer of(Problem problem) {
        return Answer.json(problem.status(), Map.of("error", fields(problem)), problem.headers());
    }

    /** The error itself. */
    static Map<String, Object> fields(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", problem.detail());
        error.put("type", type(problem.status()));
        error.put("param", param(problem));
        error.put("code", code(problem));
        return error;
    }

    private static String type(int status) {
        return status == 429 ? "requests" : status >= 500 ? "server_error" : "invalid_request_error";
    }

    private static @Nullable String param(Problem problem) {
        String pointer = problem.pointer();
        return pointer == null || pointer.isEmpty() ? null : pointer.substring(1);
    }

    private static String code(Problem problem) {
        return problem.status() == 429
                ? "rate_limit_exceeded"
                : CODES.getOrDefault(problem.code(), problem.code().replace('-', '_'));
    }
}
