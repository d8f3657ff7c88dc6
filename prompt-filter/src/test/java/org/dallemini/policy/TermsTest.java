package org.dallemini.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.dallemini.policy.Terms.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermsTest {
    @Test
    void shouldFindWordsPhrasesAndBeginnings() {
        Terms terms = new Terms(List.of("storm", "storm cloud*", "thund*"));

        assertThat(find(terms, "a storm cloudy sky with thunder")).containsExactly(new Span(1, 3), new Span(5, 6));
        assertThat(find(terms, "stormy thun")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Storm", "st*", "a*", "storm*y", "storm  cloud", "stür*"})
    void shouldRefuseWhatIsNoTerm(String term) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Terms(List.of(term)))
                .withMessageContaining("term");
    }

    private static List<Span> find(Terms terms, String text) {
        return terms.find(Folding.readings(text).get(0));
    }
}
