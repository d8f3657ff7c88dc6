package org.dallemini.cli;

import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stage.config.ConfigSources;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGeneratorConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dallemini config}: the settings of the stages. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Explains the settings.",
        subcommands = {ConfigCommand.Show.class})
final class ConfigCommand extends CommandGroup {
    /** The stages and their settings. */
    enum StageName {
        PROMPT_INGEST(PromptIngestConfig.definition()),
        TOKEN_GENERATOR(TokenGeneratorConfig.definition()),
        IMAGE_DECODER(ImageDecoderConfig.definition()),
        STORAGE_SINK(StorageSinkConfig.definition());

        private final ConfigDef definition;

        StageName(ConfigDef definition) {
            this.definition = definition;
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Prints every setting of a stage with its value and where that came from; secrets are hidden.")
    static final class Show implements Callable<Integer> {
        @Parameters(
                paramLabel = "STAGE",
                converter = StageNameConverter.class,
                description = "prompt-ingest, token-generator, image-decoder or storage-sink.")
        private StageName stage;

        @Mixin
        private ConfigOptions config;

        @Override
        public Integer call() {
            ConfigSources sources = config.sources();
            sources.settings(stage.definition)
                    .forEach(setting -> System.out.printf(
                            "%-32s = %-40s (%s)%n",
                            setting.name(), setting.value() == null ? "" : setting.value(), setting.origin()));
            return ExitCode.OK;
        }
    }

    static final class StageNameConverter implements picocli.CommandLine.ITypeConverter<StageName> {
        @Override
        public StageName convert(String value) {
            for (StageName stage : StageName.values()) {
                if (stage.toString().equals(value)) {
                    return stage;
                }
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "'" + value + "' is none of prompt-ingest, token-generator, image-decoder, storage-sink");
        }
    }
}
