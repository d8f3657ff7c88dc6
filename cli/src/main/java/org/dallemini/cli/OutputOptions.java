package org.dallemini.cli;

import org.dallemini.events.ImageOutput;
import org.dallemini.events.OutputFit;
import org.dallemini.events.OutputFormat;
import org.dallemini.renditions.Rendition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The size and file format that images are wanted in, beside the one that they are drawn in. */
final class OutputOptions {
    @Option(
            names = "--size",
            paramLabel = "WIDTHxHEIGHT",
            converter = SizeConverter.class,
            description =
                    "Store each image in this size too, up to 16 times as large as it is drawn (default: as it is drawn).")
    private Rendition.@Nullable Size size;

    @Option(
            names = "--fit",
            paramLabel = "HOW",
            defaultValue = "pad",
            description =
                    "Where --size has another aspect: pad shows the whole image on a ground of the colour of its edge, crop fills the size (default: ${DEFAULT-VALUE}).")
    private OutputFit fit;

    @Option(
            names = "--image-format",
            paramLabel = "FORMAT",
            description = "Store each image as this too: png, jpeg or webp (default: png).")
    private @Nullable OutputFormat format;

    @Option(
            names = "--quality",
            paramLabel = "N",
            defaultValue = "90",
            description = "Of jpeg and webp: 0 (small) to 100 (good) (default: ${DEFAULT-VALUE}).")
    private int quality;

    /** Reads sizes. */
    static final class SizeConverter implements ITypeConverter<Rendition.Size> {
        @Override
        public Rendition.Size convert(String value) {
            try {
                return Rendition.Size.parse(value)
                        .orElseThrow(() -> new TypeConversionException("'" + value + "' is no size such as 1024x1024"));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Null if images are wanted as they are drawn. */
    @Nullable
    ImageOutput toOutput() {
        if (size == null && (format == null || format == OutputFormat.PNG)) {
            return null;
        }
        return ImageOutput.newBuilder()
                .setWidth(size == null ? null : size.width())
                .setHeight(size == null ? null : size.height())
                .setFit(fit)
                .setFormat(format == null ? OutputFormat.PNG : format)
                .setQuality(quality)
                .build();
    }
}
