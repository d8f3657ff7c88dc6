package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.SampleEvents.Sample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Whatever the bytes: a record, or a MalformedRecordException, and never much more memory than the bytes take. */
class WireFormatFuzzTest {
    private static final int MAX_BYTES = 4 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<String> TOPICS =
            SampleEvents.all(new Topics("")).map(Sample::topic).toList();

    private static final List<AvroDeserializer<SpecificRecord>> READERS = new ArrayList<>();
    private static StubRegistry registry;
    private static AvroSerializer<SpecificRecord> writer;

    @BeforeAll
    static void start() throws Exception {
        registry = new StubRegistry();
        List<Sample> samples = SampleEvents.all(new Topics("")).toList();
        for (int id = 0; id < samples.size(); id++) {
            SpecificRecord event = samples.get(id).event();
            registry.schema(id, PlainSchemas.of(event.getSchema()))
                    .answer(
                            "POST",
                            "/subjects/" + samples.get(id).topic() + "-value",
                            200,
                            "{\"subject\":\"s\",\"version\":1,\"id\":" + id + ",\"schema\":\"{}\"}");
            READERS.add(reader(event.getClass()));
        }
        writer = new AvroSerializer<>();
        Map<String, Object> settings = new HashMap<>(registry.settings());
        settings.put("auto.register.schemas", false);
        writer.configure(settings, false);
        // Now the registry has been asked for all there is: Jazzer takes connections from within a target for a
        // finding.
        for (int id = 0; id < samples.size(); id++) {
            byte[] written = writer.serialize(TOPICS.get(id), samples.get(id).event());
            assertThat(READERS.get(id).deserialize("topic", written))
                    .isEqualTo(samples.get(id).event());
        }
    }

    @SuppressWarnings("unchecked") // only looked at as what all events are
    private static AvroDeserializer<SpecificRecord> reader(Class<? extends SpecificRecord> type) {
        var reader = new AvroDeserializer<>((Class<SpecificRecord>) type);
        reader.configure(registry.settings(), false);
        return reader;
    }

    @AfterAll
    static void stop() {
        registry.close();
        READERS.clear();
    }

    /** The first byte chooses the type, the others are the body of its record. */
    @FuzzTest
    void shouldReadBodyOrRefuseIt(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int type = Byte.toUnsignedInt(input[0]) % READERS.size();
        byte[] record = ByteBuffer.allocate(WireFormat.PREFIX_LENGTH + input.length - 1)
                .put(WireFormat.prefix(type))
                .put(input, 1, input.length - 1)
                .array();
        long bound = MAX_BYTES + 200L * input.length;
        if (allocatedBy(type, record) > bound) {
            // The first time classes may have been loaded, and rewritten by Jazzer.
            assertThat(allocatedBy(type, record)).isLessThan(bound);
        }
    }

    private static long allocatedBy(int type, byte[] record) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        readOrRefuse(type, record);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void readOrRefuse(int type, byte[] record) {
        try {
            SpecificRecord read = READERS.get(type).deserialize("topic", record);
            assertThat(read).isNotNull();
            byte[] written = writer.serialize(TOPICS.get(type), read);
            assertThat(READERS.get(type).deserialize("topic", written)).isEqualTo(read);
        } catch (MalformedRecordException e) {
            assertThat(SerdeErrors.isOutage(e)).isFalse();
        }
    }

    /** The first byte says how long a header with the schema's name is, 0 for none; the others are the record. */
    @FuzzTest
    void shouldFindTheSchemaOrRefuse(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int length = Math.min(Byte.toUnsignedInt(input[0]), input.length - 1);
        Headers headers = new RecordHeaders();
        if (length > 0) {
            headers.add(WireFormat.headerName(false), Arrays.copyOfRange(input, 1, 1 + length));
        }
        byte[] data = Arrays.copyOfRange(input, 1 + length, input.length);
        try {
            WireFormat.Frame frame = WireFormat.parse(headers, data, false);
            assertThat(frame.bodyStart()).isBetween(0, data.length);
            assertThat(frame.schema().toString()).isNotEmpty();
        } catch (MalformedRecordException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
