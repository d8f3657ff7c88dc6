package org.dallemini.dalle.png;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.dallemini.dalle.png.Provenance.Model;
import org.dallemini.dalle.vqgan.RgbImage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ProvenanceTest {
    private static final String IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    private static final Model BART = new Model("shapes", "0123456789abcdef", "fp32");
    private static final Model VQGAN = new Model("shapes, fine-tuned", "fedcba9876543210", "fp32");

    @Test
    void shouldNamePromptSeedSettingsAndModels() throws Exception {
        // When
        Map<String, String> texts = texts(image("a red circle", "blue"));

        // Then
        assertThat(texts)
                .containsEntry("Description", "a red circle")
                .containsEntry("Software", "dallemini")
                .containsEntry("Source", "Image tokens shapes (0123456789), pixels shapes, fine-tuned (fedcba9876)")
                .containsEntry("parameters", """
                        a red circle
                        Negative prompt: blue
                        Steps: 64, Sampler: categorical, CFG scale: 2.0, Seed: 42, Size: 2x1, \
                        Model hash: 0123456789, Model: shapes, VAE hash: fedcba9876, VAE: "shapes, fine-tuned", \
                        Top k: 50, Top p: 0.9, Temperature: 1.0, Version: dallemini""");
    }

    @Test
    void shouldKeepEverythingExactlyAsJson() throws Exception {
        // Given
        String prompt = "café \"😀\" \u0001 \uD800 <b>";

        // When
        JsonNode json = new ObjectMapper().readTree(texts(image(prompt, null)).get("dallemini"));

        // Then
        assertThat(json.get("prompt").textValue()).isEqualTo(prompt);
        assertThat(json.get("negativePrompt").isNull()).isTrue();
        assertThat(json.get("seed").longValue()).isEqualTo(42);
        assertThat(json.get("guidanceScale").floatValue()).isEqualTo(2);
        assertThat(json.get("topK").intValue()).isEqualTo(50);
        assertThat(json.get("topP").floatValue()).isEqualTo(0.9f);
        assertThat(json.get("temperature").floatValue()).isEqualTo(1);
        assertThat(json.get("batchIndex").intValue()).isZero();
        assertThat(json.get("batchSize").intValue()).isEqualTo(1);
        assertThat(json.get("tokenModel").get("revision").textValue()).isEqualTo("0123456789abcdef");
        assertThat(json.get("imageModel").get("name").textValue()).isEqualTo("shapes, fine-tuned");
    }

    @Test
    void shouldMarkTheImageAsMadeByAi() throws Exception {
        // When
        Document xmp = xmp(image("a red circle", null));

        // Then
        assertThat(property(xmp, IPTC, "DigitalSourceType"))
                .isEqualTo("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia");
        assertThat(property(xmp, IPTC, "AISystemUsed")).isEqualTo("dallemini with shapes");
        assertThat(property(xmp, IPTC, "AISystemVersionUsed")).isEqualTo("0123456789abcdef");
        assertThat(property(xmp, IPTC, "AIPromptInformation")).isEqualTo("a red circle");
        assertThat(property(xmp, "http://purl.org/dc/elements/1.1/", "description"))
                .isEqualTo("a red circle");
    }

    @Test
    void shouldSayThatAnImageCompletesAnother() throws Exception {
        // Given
        Provenance drawn = image("a red circle", null);
        Provenance completed = image("a red circle", null, 32);

        // When
        Map<String, String> texts = texts(completed);

        // Then
        assertThat(texts.get("parameters")).endsWith(", Temperature: 1.0, Prefix tokens: 32, Version: dallemini");
        assertThat(texts.get("Disclaimer")).endsWith(" and parts of an image that was given");
        assertThat(new ObjectMapper()
                        .readTree(texts.get("dallemini"))
                        .get("prefixTokens")
                        .intValue())
                .isEqualTo(32);
        assertThat(property(xmp(completed), IPTC, "DigitalSourceType"))
                .isEqualTo("http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia");
        assertThat(texts(drawn).values()).noneMatch(text -> text.contains("refix") || text.contains("was given"));
    }

    @ParameterizedTest
    @MethodSource
    void shouldGiveAValidFileWhateverThePromptIs(String prompt) throws Exception {
        // Given
        Provenance image = image(prompt, prompt);
        String clean = PngText.clean(prompt);

        // When
        Map<String, String> texts = texts(image);

        // Then
        assertThat(texts).hasSize(7).containsEntry("Description", clean);
        assertThat(property(xmp(image), IPTC, "AIPromptInformation")).isEqualTo(clean);
    }

    static Stream<String> shouldGiveAValidFileWhateverThePromptIs() {
        return Stream.of(
                "",
                "\0",
                "a\0b\u0001\u001F\u007F\u0085",
                "\uD800",
                "\uDC00\uD800 x",
                "\uFFFE\uFFFF\uFDD0",
                "line one\nline two\ttab",
                "</rdf:li>]]><!-- & &amp; \" ' <?xpacket?>",
                "%s %n %",
                "שלום 日本語 😀",
                "long ".repeat(2_000),
                "😀".repeat(5_000));
    }

    private static Provenance image(String prompt, @Nullable String negative) {
        return image(prompt, negative, 0);
    }

    private static Provenance image(String prompt, @Nullable String negative, int prefixTokens) {
        return new Provenance(prompt, negative, 42, 2f, 50, 0.9f, 1f, 0, 1, prefixTokens, BART, VQGAN);
    }

    /** As ImageIO reads them from a whole file. */
    private static Map<String, String> texts(Provenance image) throws Exception {
        List<PngText> texts = image.texts(2, 1, 64);
        byte[] png = PngWriter.write(new RgbImage(2, 1, new byte[6]), texts);
        PngChunks.read(png);
        return PngChunks.imageIoTexts(png);
    }

    private static Document xmp(Provenance image) throws Exception {
        String packet = texts(image).get("XML:com.adobe.xmp");
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(packet)));
    }

    private static String property(Document xmp, String namespace, String name) {
        return xmp.getElementsByTagNameNS(namespace, name).item(0).getTextContent();
    }
}
