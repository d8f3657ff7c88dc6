package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.models.pull.HubAccess;
import org.dallemini.models.pull.ModelPull;
import org.dallemini.models.pull.PullProgress;
import org.dallemini.models.pull.PullRequest;
import org.dallemini.models.pull.PulledModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dallemini models pull}: fetches a model and gives it a name. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fetches a model and gives it a name, by which --model and the setting model find it without the network. What is interrupted goes on where it stopped when the same command is given again.",
            "The environment: HF_ENDPOINT is the hub (default: https://huggingface.co), HF_TOKEN a token for private and gated repositories, HF_HUB_OFFLINE=1 forbids to fetch anything."
        })
final class PullCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private ModelsCommand parent;

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "mini or mega, the published models (dalle-mini/dalle-mini, dalle-mini/dalle-mega); clip, the CLIP that ranks pictures (openai/clip-vit-base-patch32), or clip:OWNER/NAME; OWNER/NAME or OWNER/NAME@REVISION, a repository of the hub; https://HOST/FOLDER or s3://BUCKET/PREFIX, a folder with dalle-bart/ and vqgan/.")
    private String model;

    @Option(
            names = "--vqgan",
            paramLabel = "OWNER/NAME[@REVISION]",
            description = "Repository of the VQGAN (default: the one of the published models).")
    private @Nullable String vqgan;

    @Option(
            names = "--revision",
            paramLabel = "REVISION",
            description = "Branch, tag or commit of a repository (default: main).")
    private @Nullable String revision;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the model is called here (default: mini, mega or clip for these, required for others).")
    private @Nullable String name;

    @Option(names = "--replace", description = "Replace a pulled model of this name that is another or older one.")
    private boolean replace;

    @Option(names = "--endpoint", paramLabel = "URL", description = "The hub (default: HF_ENDPOINT, see above).")
    private @Nullable String endpoint;

    @Option(
            names = "--allow-http",
            description =
                    "Allow addresses without encryption, and an s3.endpoint without; whoever is on the way can read the token and change the model.")
    private boolean allowHttp;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description =
                    "text: the model's folder; json: a line with its origin and files (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions log;

    @Override
    public Integer call() throws IOException {
        PullRequest request = PullRequest.parse(model, revision, vqgan, name);
        HubAccess hub = HubAccess.of(System.getenv(), endpoint);
        Map<String, String> values = config.values(parent.root().home());
        var pull = new ModelPull(
                ConfigOptions.pulledModels(values),
                allowHttp,
                parent.root().interruption()::isRequested,
                new PullProgress(System.err, log.isTerminal(), System::nanoTime));
        PulledModel pulled = pull.run(request, hub, values, replace);
        if (!pulled.fetched()) {
            System.err.println(request.name() + " is there already, the same");
        }
        System.out.println(output == OutputFormat.JSON ? JSON.writeValueAsString(pulled) : pulled.folder());
        return ExitCode.OK;
    }
}
