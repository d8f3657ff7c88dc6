package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What wrong command lines and wrong settings are answered with. */
class UsageTest {
    @TempDir
    private Path folder;

    private InProcess run(String line) {
        return InProcess.run(folder, line.split(" "));
    }

    /** Names of all commands, with those of the groups they are in. */
    static List<String> commands() {
        var program = new Dallemini(InProcess.folders(InProcess.ROOT), new Interruption());
        return commands("", program.commandLine(List.of("completion"))).toList(); // which needs them all
    }

    private static Stream<String> commands(String prefix, CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(each -> Stream.concat(
                        Stream.of(prefix + each.getKey()), commands(prefix + each.getKey() + " ", each.getValue())));
    }

    /** @param what the first line holds; a regular expression */
    private static void assertThatItIsShort(InProcess run, String what, String command) {
        assertThat(run.exitCode()).describedAs(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        List<String> lines = run.err().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("dallemini: ").containsPattern(what);
        assertThat(lines.get(1)).startsWith("Usage: dallemini");
        assertThat(lines.get(2)).isEqualTo("Try '" + command + " --help'.");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldAnswerAWrongOptionOfEveryCommandInThreeLines(String command) {
        assertThatItIsShort(
                run(command + " --no-such-thing"),
                "There is no option '--no-such-thing'|Missing required",
                "dallemini " + command.replaceAll("\\bls$", "list"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainEveryCommand(String command) {
        // When
        InProcess help = run(command + " --help");

        // Then
        assertThat(run("help " + command).out()).isEqualTo(help.out());
        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).startsWith("Usage: dallemini " + command.replaceAll("\\bls$", "list"));
        assertThat(help.out().lines().takeWhile(line -> line.startsWith("Usage") || line.startsWith(" ")))
                .describedAs("how it is called")
                .hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    generate x --sed 3              | There is no option '--sed'; did you mean --seed         | dallemini generate
                    genrate x                       | There is no command 'genrate'; did you mean generate    | dallemini
                    dlq lst                         | There is no command 'lst'; did you mean                 | dallemini dlq
                    dlq                             | list, show, replay or purge\\?                           | dallemini dlq
                    jobs show                       | Missing required parameter: 'ID'                        | dallemini jobs show
                    jobs show a b                   | There is no argument 'b'                                | dallemini jobs show
                    generate x --count many         | '--count'                                               | dallemini generate
                    generate x --seed               | '--seed'                                                | dallemini generate
                    submit a.txt --lane slow        | '--lane'                                                | dallemini submit
                    generate x -n 100               | --count is 100, allowed is 1 to 64                      | dallemini generate
                    generate x -n 4 --best-of 2     | --best-of is 2 and --count 4                            | dallemini generate
                    generate x --rank clip          | --rank clip needs --best-of with --count to 64          | dallemini generate
                    generate x --temperature 0      | --temperature is 0.0                                    | dallemini generate
                    generate x --top-k -1           | --top-k is -1                                           | dallemini generate
                    generate x --top-p 2            | --top-p is 2.0                                          | dallemini generate
                    generate x --guidance 101       | --guidance is 101.0                                     | dallemini generate
                    generate x --show=cinema        | Invalid value for option '--show'                       | dallemini generate
                    generate --show x --output json | --show is for people                                    | dallemini generate
                    generate - x                    | stands alone                                            | dallemini generate
                    generate - --file x             | Give either prompts or --file                           | dallemini generate
                    help genrate                    | There is no command 'genrate'; did you mean generate    | dallemini
                    help dlq lst                    | There is no command 'lst'; did you mean                 | dallemini dlq
                    inspect                         | Give one id                                             | dallemini inspect
                    inspect a/b                     | 'a/b' is no id of an image                              | dallemini inspect
                    inspect a --prompt b            | Give one id                                             | dallemini inspect
                    """)
    void shouldSayWhatIsWrong(String line, String what, String command) throws IOException {
        assertThatItIsShort(run(line), what, command);
    }

    @Test
    void shouldTellHowPromptsAreReadFromAPipe() {
        // Given: what the launcher has seen
        System.setProperty("dallemini.stdin.pipe", "true");
        try {
            // When, Then
            assertThatItIsShort(run("generate"), "or - to read prompts from standard input", "dallemini generate");
        } finally {
            System.clearProperty("dallemini.stdin.pipe");
        }
    }

    @Test
    void shouldNameTheFlagWhereAFlagWasUsed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            InProcess up = run("up --servers-only --kafka-port " + taken.getLocalPort());

            // Then
            assertThat(up.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(up.lastWords())
                    .contains("Port " + taken.getLocalPort(), "set --kafka-port to a free port")
                    .doesNotContain("embedded.kafka.port");
        }
    }

    @Test
    void shouldSayWhereAWrongSettingComesFrom() throws IOException {
        // Given
        Path file = Files.writeString(folder.resolve("my.properties"), "topic.partitions=0\n");

        // When, Then
        assertThat(run("topics check --config " + file)).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.lastWords()).contains("topic.partitions (from " + file + ")");
        });
        assertThat(run("dlq ls --bootstrap-server b:1 --command-property topic.prefix=a/b"))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
                    assertThat(run.lastWords()).contains("topic.prefix (from --command-property)");
                });
        assertThat(run("topics check --bootstrap-server nowhere.invalid:9092")).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(ExitCode.TRY_AGAIN);
            assertThat(run.lastWords()).contains("No name in --bootstrap-server can be resolved");
        });
    }
}
