package org.dallemini.ingest.intake;

import java.time.Duration;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;

/**
 * What all tasks of the intake share.
 *
 * @param releases believed, of what the prompt filter refuses
 * @param tracing begins a span for each prompt
 * @param retention how long an id is remembered
 * @param commitInterval how long requests of the interactive lane may lie in a transaction with others
 * @param homes among how many partitions the ids are divided: those of {@link IntakeTopology#byIdTopic}
 */
public record IntakeSettings(
        Topics topics,
        PromptValidator validator,
        Releases releases,
        Tracing tracing,
        Duration retention,
        Duration commitInterval,
        int homes,
        PromptCodec codec,
        IntakeMetrics metrics) {}
