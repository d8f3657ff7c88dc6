package org.dallemini.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dallemini.stack.StackFile;

/**
 * {@code dallemini} within the test's JVM; for one thread at a time.
 *
 * @param exitCode of the command
 * @param bytes of standard output
 * @param err standard error
 */
record InProcess(int exitCode, byte[] bytes, String err) {
    private static final Pattern LOGGED = Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} [A-Z]+ ");

    static final Path ROOT = Path.of(System.getProperty("dallemini.root"));

    /** Of the program, with the small model that tests draw with. */
    static ProgramFolders folders(Path data) {
        return new ProgramFolders(ROOT, data, ROOT.resolve("models").resolve("shapes"));
    }

    /** @param data the data directory */
    static InProcess run(Path data, String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        try {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
            int code = new Dallemini(folders(data), new Interruption()).execute(false, arguments);
            return new InProcess(code, bytes.toByteArray(), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** As a client of an embedded stack that runs on {@code stack}. */
    static InProcess onStack(Path data, Path stack, String... arguments) {
        return run(
                data,
                Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--config", StackFile.of(stack).toString()))
                        .toArray(String[]::new));
    }

    /** The last line of standard error that is not the log, to which others in this JVM write too. */
    String lastWords() {
        return err.strip()
                .lines()
                .filter(line -> !LOGGED.matcher(line).lookingAt())
                .reduce("", (before, line) -> line);
    }

    List<String> lines() {
        return out().lines().toList();
    }

    String out() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
