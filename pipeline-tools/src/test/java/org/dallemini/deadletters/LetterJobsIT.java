package org.dallemini.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.AvroSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LetterJobsIT {
    @TempDir
    Path dataDir;

    @Test
    void shouldFindTheJobAsTheIntakeReadsIt() {
        // Given: prompts of somebody who has a schema of his own, one of which does not fit ours
        Schema schema = SchemaBuilder.record("KsqlDataSourceSchema")
                .fields()
                .optionalString("TEXT")
                .optionalString("JOBID")
                .optionalLong("COUNT")
                .endRecord();
        GenericData.Record prompt = new GenericData.Record(schema);
        prompt.put("TEXT", "a circle");
        prompt.put("JOBID", "j-1");
        GenericRecord tooMany = new GenericData.Record(prompt, true);
        tooMany.put("COUNT", 1L << 40);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dataDir, 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            Map<String, Object> serde = Map.of("schema.registry.url", registry.url());

            // When, Then
            try (var serializer = new AvroSerializer<GenericRecord>();
                    var jobs = new LetterJobs(new Topics("team."), serde)) {
                serializer.configure(serde, false);
                assertThat(jobs.jobOf(letter(serializer.serialize("anywhere", prompt))))
                        .contains("j-1");
                assertThat(jobs.jobOf(letter(serializer.serialize("anywhere", tooMany))))
                        .contains("p-1");
                assertThat(jobs.jobOf(letter(new byte[] {1, 2, 3}))).isEqualTo(Optional.of("p-1"));
            }
        }
    }

    private static DeadLetter letter(byte @Nullable [] value) {
        return Letters.of("team.prompts.dlq", 0, 0, "p-1", value, new RecordHeaders());
    }
}
