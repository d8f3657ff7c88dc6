package org.dallemini.storage;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.dallemini.events.GeneratedImage;
import org.dallemini.objects.AsciiText;
import org.dallemini.renditions.Rendition;
import org.dallemini.schemas.Hashes;

/** Decides what is written for an image, and checks that the image is what its record says. */
final class UploadPlan {
    private static final Pattern CONTENT_TYPE = Pattern.compile("image/[a-z0-9.+-]{1,60}");

    private final ObjectKeyTemplate template;
    private final boolean sidecars;
    private final OutputFiles outputs;

    /**
     * @param sidecars whether a JSON object is written beside each image
     * @param outputs makes second files
     * @throws IllegalArgumentException if the key of a sidecar could be the key of another image
     */
    UploadPlan(ObjectKeyTemplate template, boolean sidecars, OutputFiles outputs) {
        check(template, sidecars);
        this.template = template;
        this.sidecars = sidecars;
        this.outputs = outputs;
    }

    /** @throws IllegalArgumentException if the key of a sidecar could be the key of another image */
    static void check(ObjectKeyTemplate template, boolean sidecars) {
        if (sidecars && !template.allowsSidecar()) {
            throw new IllegalArgumentException("With sidecars, the object key template '" + template
                    + "' must end in literal text such as .png, so that the sidecar of one image cannot have the key of"
                    + " another image.");
        }
    }

    /**
     * @throws InvalidObjectKeyException if the record's ids make no key
     * @throws InvalidImageException if the content is not what the record says
     * @throws InvalidOutputException if the second file that it asks for cannot be
     */
    Upload of(GeneratedImage image) {
        String key = template.keyOf(image.getRequest());
        if (!CONTENT_TYPE.matcher(image.getContentType()).matches()) {
            throw new InvalidImageException("\"" + AsciiText.escape(image.getContentType(), 80)
                    + "\" is not the media type of an image, such as image/png.");
        }
        byte[] content = bytes(image.getData());
        String sha256 = Hashes.hex(content);
        if (!sha256.equalsIgnoreCase(image.getSha256())) {
            throw new InvalidImageException("The image's " + content.length + " bytes have the SHA-256 " + sha256
                    + ", but the record says " + AsciiText.escape(image.getSha256(), 80)
                    + ": it was damaged on its way; decode its tokens again.");
        }
        Upload.Second second = OutputFiles.wanted(image)
                .map(wanted -> second(image, key, wanted))
                .orElse(null);
        return new Upload(image, key, content, sidecars ? template.sidecarOf(key) : null, second);
    }

    private Upload.Second second(GeneratedImage image, String key, Rendition wanted) {
        wanted.problem(image.getWidth(), image.getHeight()).ifPresent(problem -> {
            throw new InvalidOutputException("output: " + problem + ".", null);
        });
        Rendition.Size size = wanted.size();
        String side = size == null ? image.getWidth() + "x" + image.getHeight() : size.toString();
        String ending = "." + side + "." + wanted.format().extension();
        return new Upload.Second(template.renditionOf(key, ending), wanted, outputs);
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return bytes;
    }
}
