package org.dallemini.ingest.openai;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dallemini.events.OutputFit;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.renditions.FileFormat;
import org.dallemini.renditions.Fit;
import org.dallemini.renditions.Rendition;
import org.dallemini.stage.ErrorCode;

/**
 * What the model draws, and what is done with requests for something else.
 *
 * @param adapts whether images are made into what is asked for; else it is refused
 * @param fit where the aspect differs
 */
public record DrawnSizes(Set<Rendition.Size> sizes, boolean adapts, OutputFit fit) {
    public DrawnSizes {
        sizes = Set.copyOf(sizes);
    }

    /**
     * Of sizes such as {@code 256x256}.
     *
     * @throws IllegalArgumentException if one is none, or too large
     */
    public static DrawnSizes of(Collection<String> sizes, boolean adapts, OutputFit fit) {
        return new DrawnSizes(
                sizes.stream().map(DrawnSizes::size).collect(Collectors.toUnmodifiableSet()), adapts, fit);
    }

    /**
     * One of them.
     *
     * @throws IllegalArgumentException if it is none, or too large
     */
    public static Rendition.Size size(String text) {
        return Rendition.Size.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("write width x height, for example 256x256"));
    }

    /** Of the model's images, in pixels. */
    int side() {
        return sizes.stream()
                .mapToInt(size -> Math.min(size.width(), size.height()))
                .max()
                .orElseThrow();
    }

    boolean draws(String size) {
        return sizes.stream().anyMatch(one -> one.toString().equals(size));
    }

    /** @throws RefusedRequestException if it is no size, or larger than any image can be made */
    Rendition.Size parse(String text) throws RefusedRequestException {
        try {
            Rendition.Size size = Rendition.Size.parse(text)
                    .orElseThrow(() -> refuse("size is neither auto nor a size such as 1024x1024."));
            Rendition wanted = new Rendition(size, Fit.valueOf(fit.name()), FileFormat.PNG, Rendition.DEFAULT_QUALITY);
            Optional<String> problem = sizes.stream()
                    .map(drawn -> wanted.problem(drawn.width(), drawn.height()).orElse(""))
                    .min(String::compareTo); // none, if one of the sizes will do
            if (problem.isPresent() && !problem.get().isEmpty()) {
                throw refuse("size: " + problem.get() + ".");
            }
            return size;
        } catch (IllegalArgumentException e) {
            throw refuse("size: " + e.getMessage() + ".");
        }
    }

    private static RefusedRequestException refuse(String detail) {
        return new RefusedRequestException(Problem.at("/size", ErrorCode.INVALID_PARAMETER.code(), detail));
    }

    @Override
    public String toString() {
        return sizes.stream().map(Rendition.Size::toString).sorted().collect(Collectors.joining(" or "));
    }
}
