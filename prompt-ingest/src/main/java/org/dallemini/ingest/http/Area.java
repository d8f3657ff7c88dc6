package org.dallemini.ingest.http;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Paths for which there need not be a route, and how it is said that there is none.
 *
 * @param holds whether a path, as it was sent, is one of them
 * @param nothing what is said of a path that no route has, for people
 * @param refusal how it is said that a request is refused
 */
public record Area(Predicate<String> holds, UnaryOperator<String> nothing, Function<Problem, Answer> refusal) {
    /** All paths there are. */
    static final Area REST =
            new Area(path -> true, path -> "There is nothing here: docs/api.md names all paths.", Answer::problem);
}
