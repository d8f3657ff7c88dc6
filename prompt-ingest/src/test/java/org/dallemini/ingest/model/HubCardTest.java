package org.dallemini.ingest.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubCardTest {
    private static final String SOURCE = "https://hub.example.org/ada/birds";
    private static final String CARD = """
            ---
            language:
              - en
              - pt-BR
            license: apache-2.0   # of the weights
            tags: [text-to-image, "birds"]
            datasets:
            - ada/field-notes
            model-index:
            - name: birds
              results: []
            inference: false
            ---
            # Birds Model Card

            ![a heron](heron.png)
            This page is about the birds of the space <!-- of 2022 --> "birds".

            ## Model Details

            * **Developed by:** Ada and the others of the *field station*
            * **Model Description:** It draws **birds** of wetlands from a [description](https://example.org/what).
              It is a small relative of DALL·E mini.
            * **License:** Apache 2.0

            ```python
            print("## Limitations")
            ```

            ## Uses

            ### Direct Use

            Use it to draw birds for lessons & games. Intended uses include:

            * Pictures for field guides
            * Puzzles

            ### Misuse, Malicious Use, and Out-of-Scope Use

            Do not use it to *hurt* or mislead anybody.

            #### Out-of-Scope Use
            It was not made to be true to nature.

            ## Limitations and Bias

            ### Limitations

            | bird | drawn well |
            |---|---|
            | owl | no |

            1. Feet have too many toes.
            2. [More Information Needed]

            ### Bias

            It stereotypes birds: ducks are mostly drakes

            ### Limitations and Bias Recommendations

            Tell whoever sees the pictures.

            ## Training

            ### Training Data
            > 4,000 pictures that the station took.

            ### Training Procedure
            On one computer.

            ## Environmental Impact

            Birds estimated its own emissions.

            * **Hardware Type:** one GPU
            * **Carbon Emitted (power x time):** 2 kg CO2 eq.
            """;

    private static Optional<ModelCard> read(String text) {
        return HubCard.read(text.getBytes(UTF_8), "mine", SOURCE);
    }

    @Test
    void shouldReadWhatHubsCardsSayByCustom() {
        assertThat(read(CARD)).hasValueSatisfying(card -> {
            assertThat(card.name()).isEqualTo("mine");
            assertThat(card.source()).isEqualTo(SOURCE);
            assertThat(card.description())
                    .isEqualTo("It draws birds of wetlands from a description. It is a small relative of DALL·E mini.");
            assertThat(card.languages()).containsExactly("en", "pt-BR");
            assertThat(card.licence()).isEqualTo("Apache-2.0");
            assertThat(card.intendedUses())
                    .containsExactly(
                            "Use it to draw birds for lessons & games. Intended uses include:",
                            "Pictures for field guides.",
                            "Puzzles.");
            assertThat(card.excludedUses())
                    .containsExactly(
                            "Do not use it to hurt or mislead anybody.", "It was not made to be true to nature.");
            assertThat(card.limits()).containsExactly("Feet have too many toes.");
            assertThat(card.biases()).containsExactly("It stereotypes birds: ducks are mostly drakes.");
            assertThat(card.trainingData()).isEqualTo("4,000 pictures that the station took.");
            assertThat(card.emissions())
                    .isEqualTo("Birds estimated its own emissions. Hardware Type: one GPU."
                            + " Carbon Emitted (power x time): 2 kg CO2 eq.");
            assertThat(card.examples()).isEmpty();
        });
    }

    @Test
    void shouldReadTheFrontMatterAlone() {
        assertThat(read("---\nlicense: other\nlicense_name: openrail-m\nmodel_name: Birds 2\nlanguage: en\n"
                        + "datasets: [a/b, c/d]\n---\n"))
                .hasValueSatisfying(card -> {
                    assertThat(card.licence()).isEqualTo("openrail-m");
                    assertThat(card.description()).isEqualTo("It was published as Birds 2.");
                    assertThat(card.languages()).containsExactly("en");
                    assertThat(card.trainingData()).isEqualTo("Data sets: a/b, c/d.");
                });
    }

    @Test
    void shouldTellLimitsFromBiasesWhereTheyShareASection() {
        assertThat(read("## Bias, Risks, and Limitations\n\nIt cannot count.\n\nIt repeats stereotypes.\n"))
                .hasValueSatisfying(card -> {
                    assertThat(card.limits()).containsExactly("It cannot count.");
                    assertThat(card.biases()).containsExactly("It repeats stereotypes.");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "'just some words', false",
        "'---', false",
        "'---\nlicense: mit', false",
        "'## Uses\n[More Information Needed]', false",
        "'# An unbiased model\\nIt was made with care.', false",
        "'## How to use\nRun it.', false",
        "'## INTENDED USE\nRun it.', true"
    })
    void shouldClaimNothingWhereNothingIsSaid(String text, boolean isCard) {
        assertThat(read(text.replace("\\n", "\n")).isPresent()).isEqualTo(isCard);
    }

    @Test
    void shouldTakeNoMoreThanACardHasRoomFor() {
        // Given
        String item = "- " + "very ".repeat(300) + "long\n";
        String text = "## Limitations\n" + item.repeat(100) + "## Training data\n" + item.repeat(100);

        // When, Then
        assertThat(read(text)).hasValueSatisfying(card -> {
            assertThat(card.limits()).hasSize(12).allSatisfy(limit -> assertThat(limit)
                    .hasSizeLessThanOrEqualTo(500)
                    .endsWith("very…"));
            assertThat(card.trainingData()).hasSizeLessThanOrEqualTo(1000);
        });
    }

    @Test
    void shouldBeHarmlessOnATerminalAndInAPage() {
        assertThat(read("## Limitations\n\u001b[31mRed\u202e <script src='x'>alert(1)</script> **text**\u0007\n"))
                .hasValueSatisfying(card -> assertThat(card.limits()).containsExactly("[31mRed alert(1) text."));
    }
}
