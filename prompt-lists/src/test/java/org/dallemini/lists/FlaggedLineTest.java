package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlaggedLineTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            --prompt "a red circle" --negative_prompt "blue" --seed 350 ~ {"seed":350,"negativeText":"blue","text":"a red circle"}
            --prompt a red circle --seed -1 ~ {"text":"a red circle"}
            --prompt 'a "red" circle' --cfg_scale 2.5 ~ {"text":"a \\"red\\" circle","sampling":{"guidanceScale":2.5}}
            --prompt "a \\"red\\" C:\\new" --n_iter 2 --batch_size 3 ~ {"count":6,"text":"a \\"red\\" C:\\\\new"}
            --tiling False --prompt x ~ {"text":"x"}
            """)
    void shouldTakeWhatHasAFieldHere(String line, String fields) throws RefusedLineException {
        assertThat(FlaggedLine.isOne(line)).isTrue();
        assertThat(FlaggedLine.read(1, line).fields()).hasToString(fields);
    }

    @Test
    void shouldLeaveOutHowOtherProgramsDrawAndSaySo() throws RefusedLineException {
        PromptLine.Prompt line = FlaggedLine.read(
                1,
                "--prompt x --steps 20 --width 512 --height 512 --sampler_name \"Euler a\" --sd_model v1 --do_not_save_grid true");

        assertThat(line.fields()).hasToString("{\"text\":\"x\"}");
        assertThat(line.ignored())
                .containsExactly(
                        "--do_not_save_grid", "--height", "--sampler_name", "--sd_model", "--steps", "--width");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            --prompt x --tiling true ~ --tiling is a flag that nothing here stands for
            --prompt x --restore_faces True ~ --restore_faces is a flag
            --prompt x --styles anime ~ --styles is a flag
            --prompt x --subseed 7 ~ --subseed is a flag
            --prompt x --hires_fix 7 ~ --hires_fix is a flag
            --seed 7 ~ no --prompt among them
            --prompt x --seed ~ --seed has no value behind it
            --prompt x --seed 7 --seed 8 ~ --seed is there twice
            --prompt x --seed 7 8 ~ "8" stands between flags
            --prompt "x --seed 7 ~ a quotation mark (") is not closed
            --prompt x --n_iter many ~ --n_iter "many" is no number of images
            --prompt x --seed 1.1E+11 ~ --seed is "1.1E+11", as spreadsheets shorten
            """)
    void shouldRefuseOthersByName(String line, String why) {
        assertThatThrownBy(() -> FlaggedLine.read(1, line))
                .isInstanceOf(RefusedLineException.class)
                .hasMessageContaining(why);
    }

    @Test
    void shouldKnowLinesThatHaveNone() {
        assertThat(FlaggedLine.isOne("a red circle --seed 7")).isFalse();
        assertThat(FlaggedLine.isOne("-- a list")).isFalse();
        assertThat(FlaggedLine.isOne("---")).isFalse();
        assertThat(FlaggedLine.isOne(" --prompt x")).isTrue();
    }
}
