package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.clip.Clip;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.events.PromptRequest;
import org.dallemini.filter.FilterSettings;
import org.dallemini.generate.GenerateReport;
import org.dallemini.generate.Generation;
import org.dallemini.generate.PrefixFile;
import org.dallemini.generate.Ranking;
import org.dallemini.generate.RequestedPrompt;
import org.dallemini.generate.Submissions;
import org.dallemini.lists.PromptFile;
import org.dallemini.lists.PromptFormat;
import org.dallemini.lists.Seeds;
import org.dallemini.policy.PromptFilterSettings;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stack.StackAccess;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.StackSettings.Stages;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dallemini generate}: the main job in one command. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Draws images of prompts and leaves them as PNG files in a folder and as objects in the bucket.",
            "",
            "Uses the stack that runs on the data directory, or starts one for as long as it is needed; with brokers named by --bootstrap-server, --config or the environment it is a client of that cluster."
        },
        footer = {
            "",
            "Examples:",
            "  dallemini generate \"a red circle on a blue background\" -n 4 --out pictures",
            "  dallemini generate --file prompts.txt --output json",
            "  dallemini generate \"a {red|blue} {circle|star}\" --expand --best-of 4",
            "  dallemini generate \"a red circle\" --prefix circle.png --prefix-rows 4",
            "  printf 'a red circle\\na blue star\\n' | dallemini generate - --show",
            "",
            "A file asks for the same images each time it is submitted: a second run draws only what is missing.",
            "Exit codes: 0 all images are there; 1 some failed or were refused; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    /** Set by the launcher: whether something is piped into the command. */
    private static final String PIPE = "dallemini.stdin.pipe";

    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description =
                    "What to draw, in English; several prompts are drawn side by side. - alone reads standard input, a prompt a line, as --file - does.")
    private List<String> prompts = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "A file of prompts, in UTF-8: a text with a prompt a line, CSV or JSON lines, as 'submit' takes it; - for standard input.")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Of the file: txt, csv or jsonl (default: what its name says, else txt).")
    private @Nullable PromptFormat format;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Images per prompt (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--best-of",
            paramLabel = "N",
            description =
                    "Draw N candidates per prompt and keep the --count best, the best first, by their likelihood with the text compared to without it.")
    private @Nullable Integer bestOf;

    /** How the best are found. */
    enum Rank {
        LIKELIHOOD,
        CLIP
    }

    @Option(
            names = "--rank",
            paramLabel = "HOW",
            defaultValue = "likelihood",
            description =
                    "How --best-of finds the best: likelihood, while they are drawn; clip, by a CLIP once all are drawn, stored and fetched (default: ${DEFAULT-VALUE}).")
    private Rank rank;

    @Option(names = "--clip", paramLabel = "CLIP", description = ClipFolder.HELP)
    private @Nullable String clip;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = "out",
            description = "Folder for the files (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "Image i is drawn with SEED + i (default: a seed that follows from the prompt's id).")
    private @Nullable Long seed;

    @Option(names = "--negative", paramLabel = "TEXT", description = "What not to draw.")
    private @Nullable String negative;

    @Mixin
    private ExpansionOptions expansion;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private OutputOptions images;

    @ArgGroup(exclusive = false)
    private @Nullable PrefixOptions prefixOptions;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text: the files' paths; json: a line of JSON per image (default: ${DEFAULT-VALUE}).")
    private GenerateReport.Format output;

    @Mixin
    private ShowOption show;

    @Mixin
    private StackOptions stack;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions log;

    @Override
    public Integer call() throws Exception {
        TrustedEvents.allow();
        takePipe();
        if (prompts.isEmpty() == (file == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    prompts.isEmpty() && Boolean.getBoolean(PIPE)
                            ? "Give prompts, --file, or - to read prompts from standard input, one a line"
                            : "Give either prompts or --file");
        }
        if (show.isGiven() && output == GenerateReport.Format.JSON) {
            throw new ParameterException(
                    spec.commandLine(), "--show is for people, --output json for programs: leave one of them out");
        }
        expansion.check(spec.commandLine());
        checkRanking();
        common().check(spec.commandLine(), PromptLimits.DEFAULT);
        if (file != null && !file.toString().equals(STANDARD_INPUT) && !Files.isReadable(file)) {
            throw new ParameterException(spec.commandLine(), "Cannot read " + file);
        }
        PromptFile list = file == null ? null : expansion.file(file, format);
        PrefixFile prefix = prefixOptions == null
                ? null
                : PrefixFile.read(prefixOptions.file, prefixOptions.rows, PromptLimits.DEFAULT.maxPrefixBytes());
        long started = System.nanoTime();
        var report = new GenerateReport(
                output, System.out, System.err, log.isTerminal(), show.screen(System.getenv(), LogOptions.columns()));
        Map<String, String> values = config.values(root.home());
        boolean finished;
        if (values.containsKey(StageConfig.BOOTSTRAP_SERVERS)) {
            if (stack.hasModel()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--model is for the embedded stack; the token generators of a cluster are started with theirs");
            }
            finished = draw(values, "", list, prefix, report);
        } else {
            finished = drawEmbedded(values, list, prefix, report);
        }
        report.summary((System.nanoTime() - started) / 1e9);
        return finished ? report.allWell() ? ExitCode.OK : ExitCode.FAILURE : ExitCode.INTERRUPTED;
    }

    /** What others write as well for standard input. */
    private void takePipe() {
        if (!prompts.contains(STANDARD_INPUT) || file != null) {
            return;
        }
        if (prompts.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "- for standard input stands alone: pipe the other prompts too");
        }
        prompts = List.of();
        file = Path.of(STANDARD_INPUT);
    }

    private CommonFields common() {
        return isRanked()
                ? new CommonFields(bestOf == null ? count : bestOf, null, negative, sampling, images, Map.of())
                : new CommonFields(count, bestOf, negative, sampling, images, Map.of());
    }

    private boolean isRanked() {
        return rank == Rank.CLIP;
    }

    private Clip openClip() throws IOException {
        Map<String, String> values = config.values(root.home());
        return Clip.open(
                clipFolder(),
                ModelCache.of(values.getOrDefault("model.cache", "")),
                new Sessions(Runtime.getRuntime().availableProcessors()));
    }

    private Path clipFolder() {
        return ClipFolder.of(clip == null ? ClipFolder.USUAL : clip, config.values(root.home()));
    }

    /** Before anything is started. */
    private void checkRanking() throws IOException {
        if (!isRanked()) {
            if (clip != null) {
                throw new ParameterException(spec.commandLine(), "--clip is for --rank clip");
            }
            return;
        }
        int most = PromptLimits.DEFAULT.maxImages();
        if (bestOf == null || bestOf < count || bestOf > most) {
            throw new ParameterException(
                    spec.commandLine(), "--rank clip needs --best-of with --count to " + most + " candidates");
        }
        if (file != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rank clip is for prompts of the command line: lines of a file have counts of their own");
        }
        Clip.require(clipFolder());
    }

    private boolean drawEmbedded(
            Map<String, String> values, @Nullable PromptFile list, @Nullable PrefixFile prefix, GenerateReport report)
            throws Exception {
        Path model = stack.chooseModel(root.home(), values); // before anything is started
        values.putIfAbsent(FilterSettings.MODE, FilterMode.FLAG.key()); // on one's own machine
        values.putIfAbsent(PromptFilterSettings.MODE, FilterMode.FLAG.key());
        try (StackAccess access = StackAccess.open(
                StackSettings.onFreePorts(stack.dataDir(root.home()), Stages.DRAWING, values), report::phase)) {
            String running = access.settings().getOrDefault("model", "");
            if (stack.hasModel() && !running.equals(model.toString())) {
                throw new ConfigException("The stack that runs on " + stack.dataDir(root.home()) + " has the model "
                        + running + ": stop it, or choose another folder with --data-dir");
            }
            if (log.isTerminal()) {
                ModelNotice.showOnce(Path.of(running), root.home().data(), System.err);
            }
            ModelFolder folder = ModelFolder.open(Path.of(running));
            var cache = new ModelCache(Path.of(values.get("model.cache")));
            if (prefix != null) {
                prefix.requireFits(cache.revision(folder.vqgan()));
            }
            return draw(access.settings(), cache.revision(folder.bart()), list, prefix, report);
        }
    }

    private boolean draw(
            Map<String, String> settings,
            String scope,
            @Nullable PromptFile list,
            @Nullable PrefixFile prefix,
            GenerateReport report)
            throws IOException {
        PromptRequest template = common().template().setSeed(seed).build();
        var submissions = new Submissions(
                template,
                prefix == null ? null : prefix.prefix(),
                new PromptValidator(PromptLimits.DEFAULT),
                expansion.matrix(Seeds.NONE),
                report);
        List<RequestedPrompt> accepted = list == null ? submissions.ofTexts(prompts) : submissions.ofFile(list, scope);
        report.phase("Publishing " + accepted.size() + (accepted.size() == 1 ? " prompt" : " prompts"));
        try (Clip judge = isRanked() ? openClip() : null) {
            return Generation.run(
                    settings,
                    accepted,
                    file != null,
                    out,
                    Optional.ofNullable(judge).map(it -> new Ranking(it, count)),
                    report,
                    root.interruption()::isRequested);
        }
    }
}
