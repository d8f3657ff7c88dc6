package org.dallemini.stage;

import java.util.List;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * All that tells one transactional stage from another.
 *
 * @param name as in the metrics and the default consumer group, for example {@code token-generator}
 * @param inputs most urgent first; the index is the lane of the tasks
 * @param inputType class of the records on all inputs
 * @param outputTopic where results go
 * @param outputKey the key of a result's record
 * @param engine closed with the stage
 */
public record StageDefinition<I extends SpecificRecord, O extends SpecificRecord>(
        String name,
        List<StageInput> inputs,
        Class<I> inputType,
        String outputTopic,
        Function<O, String> outputKey,
        Engine<I, O> engine) {}
