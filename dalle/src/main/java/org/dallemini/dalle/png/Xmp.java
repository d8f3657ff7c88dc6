package org.dallemini.dalle.png;

/**
 * The XMP packet (ISO 16684-1) of a generated image. Its IPTC properties mark it as made by generative AI, as search
 * engines and picture agencies look for: DigitalSourceType {@code trainedAlgorithmicMedia}, or
 * {@code compositeWithTrainedAlgorithmicMedia} where it completes another image, and, since IPTC Photo Metadata 2025.1,
 * the AI system and the prompt.
 */
final class Xmp {
    private static final String SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/";
    private static final String AI_GENERATED = SOURCE_TYPES + "trainedAlgorithmicMedia";

    /** For inpainting and outpainting: whose the given part is nobody knows here. */
    private static final String AI_COMPLETED = SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia";

    private static final String SOURCE_TYPE = "<Iptc4xmpExt:DigitalSourceType>";

    private Xmp() {}

    /** Whether a packet marks its image as made by generative AI, wholly or in part, as {@link #packet} does. */
    static boolean isMarked(String packet) {
        return packet.contains(SOURCE_TYPE + AI_GENERATED) || packet.contains(SOURCE_TYPE + AI_COMPLETED);
    }

    static String packet(Provenance image) {
        String prompt = escape(image.prompt());
        return """
                <?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
                <x:xmpmeta xmlns:x="adobe:ns:meta/">
                 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
                  <rdf:Description rdf:about=""
                    xmlns:dc="http://purl.org/dc/elements/1.1/"
                    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
                    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
                   <Iptc4xmpExt:DigitalSourceType>%s</Iptc4xmpExt:DigitalSourceType>
                   <Iptc4xmpExt:AISystemUsed>%s</Iptc4xmpExt:AISystemUsed>
                   <Iptc4xmpExt:AISystemVersionUsed>%s</Iptc4xmpExt:AISystemVersionUsed>
                   <Iptc4xmpExt:AIPromptInformation>%s</Iptc4xmpExt:AIPromptInformation>
                   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
                   <xmp:CreatorTool>%s</xmp:CreatorTool>
                  </rdf:Description>
                 </rdf:RDF>
                </x:xmpmeta>
                <?xpacket end="r"?>""".formatted(
                image.prefixTokens() == 0 ? AI_GENERATED : AI_COMPLETED,
                escape(Provenance.SOFTWARE + " with " + image.tokenModel().name()),
                escape(image.tokenModel().revision()),
                prompt,
                prompt,
                Provenance.SOFTWARE);
    }

    /** Characters that XML forbids altogether are gone once {@link PngText#clean} has run over the packet. */
    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
