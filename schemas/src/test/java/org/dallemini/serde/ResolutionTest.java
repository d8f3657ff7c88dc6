package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobCommand;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.events.StageTiming;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.ReleasedSchemas;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.SampleEvents.Sample;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose writers have schemas of their own: the same values, or a refusal that names the field. */
class ResolutionTest {
    private static final String MICROS = "{'type':'long','logicalType':'timestamp-micros'}";
    private static final Instant NOON = Instant.ofEpochMilli(1_700_000_000_123L);

    private StubRegistry registry;
    private int ids;

    @BeforeEach
    void start() throws Exception {
        TrustedEvents.allow();
        registry = new StubRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private <T extends SpecificRecord> T read(Class<T> type, Schema writer, Object record) throws Exception {
        int id = ++ids;
        registry.schema(id, writer);
        var deserializer = new AvroDeserializer<>(type);
        deserializer.configure(registry.settings(), false);
        return Objects.requireNonNull(deserializer.deserialize("topic", ForeignWriter.write(id, writer, record)));
    }

    /** @param fields name and type in turn, the types in JSON with single quotes */
    private static Schema schema(String... fields) {
        String all = String.join(
                ",",
                IntStream.range(0, fields.length / 2)
                        .mapToObj(i -> "{'name':'" + fields[2 * i] + "','type':" + fields[2 * i + 1] + "}")
                        .toList());
        return new Schema.Parser()
                .parse(("{'type':'record','name':'Foreign','namespace':'somebody','fields':[" + all + "]}")
                        .replace('\'', '"'));
    }

    /** A prompt that has one field besides its text. */
    private PromptRequest readField(String name, String type, @Nullable Object value) throws Exception {
        Schema writer = schema("text", "'string'", name, type);
        GenericRecord record = new GenericData.Record(writer);
        record.put("text", "a circle");
        record.put(name, value);
        return read(PromptRequest.class, writer, record);
    }

    private void assertRefused(String name, String type, @Nullable Object value, String... message) {
        assertThatThrownBy(() -> readField(name, type, value))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContainingAll("schema id ", ", field " + name + ": ")
                .hasMessageContainingAll(message)
                .satisfies(e -> assertThat(SerdeErrors.isOutage(e)).isFalse());
    }

    private static PromptRequest.Builder circle() {
        return PromptRequest.newBuilder().setText("a circle");
    }

    static Stream<Arguments> moments() {
        long millis = NOON.toEpochMilli();
        return Stream.of(
                Arguments.of(MICROS, millis * 1000 + 999, NOON),
                Arguments.of("['null'," + MICROS + "]", millis * 1000, NOON),
                Arguments.of("[" + MICROS + ",'null']", millis * 1000, NOON),
                Arguments.of("['string'," + MICROS + ",'null']", millis * 1000, NOON),
                Arguments.of(MICROS, -1L, Instant.ofEpochMilli(-1)),
                Arguments.of("{'type':'long','logicalType':'timestamp-nanos'}", millis * 1_000_000 + 1, NOON),
                Arguments.of("{'type':'long','logicalType':'timestamp-millis'}", millis, NOON),
                Arguments.of("['null',{'type':'long','logicalType':'timestamp-millis'}]", millis, NOON),
                Arguments.of("'long'", millis, NOON),
                Arguments.of("['null','long']", millis, NOON),
                Arguments.of("['null',{'type':'int','logicalType':'date'}]", null, null),
                Arguments.of("'null'", null, null));
    }

    @ParameterizedTest
    @MethodSource("moments")
    void shouldConvertMoments(String type, @Nullable Long value, @Nullable Instant moment) throws Exception {
        assertThat(readField("deadline", type, value))
                .isEqualTo(circle().setDeadline(moment).build());
    }

    static Stream<Arguments> noMoments() {
        return Stream.of(
                Arguments.of("{'type':'long','logicalType':'local-timestamp-millis'}", 1L),
                Arguments.of("{'type':'long','logicalType':'local-timestamp-micros'}", 1L),
                Arguments.of("['null',{'type':'long','logicalType':'local-timestamp-nanos'}]", 1L),
                Arguments.of("{'type':'long','logicalType':'time-micros'}", 1L),
                Arguments.of("{'type':'long','logicalType':'timestamp-seconds'}", 1L),
                Arguments.of("{'type':'int','logicalType':'date'}", 1),
                Arguments.of("{'type':'int','logicalType':'time-millis'}", 1),
                Arguments.of("'int'", 1_700_000_000),
                Arguments.of("'double'", 1.7e9),
                Arguments.of("'string'", "2026-01-01T00:00:00Z"),
                Arguments.of("'long'", NOON.toEpochMilli() * 1000));
    }

    @ParameterizedTest
    @MethodSource("noMoments")
    void shouldRefuseWhatIsNoMoment(String type, Object value) {
        assertRefused("deadline", type, value, "timestamp-millis, timestamp-micros or timestamp-nanos");
    }

    private static final String DECIMAL = "{'type':'bytes','logicalType':'decimal','precision':38,'scale':2}";

    private static ByteBuffer decimal(String number) {
        return ByteBuffer.wrap(
                new BigDecimal(number).setScale(2).unscaledValue().toByteArray());
    }

    static Stream<Arguments> counts() {
        return Stream.of(
                Arguments.of("'int'", 3),
                Arguments.of("'long'", 3L),
                Arguments.of("['null','long']", 3L),
                Arguments.of("['string','null','long']", 3L),
                Arguments.of("'float'", 3f),
                Arguments.of("'double'", 3.0),
                Arguments.of(DECIMAL, decimal("3")),
                Arguments.of("{'type':'int','logicalType':'somebodys-own'}", 3));
    }

    @ParameterizedTest
    @MethodSource("counts")
    void shouldTakeWholeNumbersThatFit(String type, Object value) throws Exception {
        assertThat(readField("count", type, value))
                .isEqualTo(circle().setCount(3).build());
    }

    static Stream<Arguments> noCounts() {
        return Stream.of(
                Arguments.of("'long'", 1L << 31, "2147483648"),
                Arguments.of("'long'", Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of("'double'", 2.5, "2.5"),
                Arguments.of("'double'", Double.NaN, "NaN"),
                Arguments.of("'double'", 1e300, "1.0E300"),
                Arguments.of("'float'", Float.POSITIVE_INFINITY, "Infinity"),
                Arguments.of(DECIMAL, decimal("2.5"), "2.50"),
                Arguments.of(DECIMAL, decimal("1e20"), "100000000000000000000.00"),
                Arguments.of(DECIMAL, ByteBuffer.allocate(100_000), "100000 bytes"),
                Arguments.of("'string'", "3", "'3' is of the type string"),
                Arguments.of("'boolean'", true, "true is of the type boolean"),
                Arguments.of("'bytes'", ByteBuffer.allocate(1), "of the type bytes"),
                Arguments.of("{'type':'int','logicalType':'date'}", 3, "int (date)"),
                Arguments.of(MICROS, 3L, "long (timestamp-micros)"));
    }

    @ParameterizedTest
    @MethodSource("noCounts")
    void shouldRefuseNumbersThatDoNotFit(String type, Object value, String message) {
        assertRefused("count", type, value, message, "write ");
    }

    @Test
    void shouldTakeSeedsOfAllWholeTypes() throws Exception {
        assertThat(readField("seed", "'int'", -7))
                .isEqualTo(circle().setSeed(-7L).build());
        assertThat(readField("seed", "'double'", 0x1p53))
                .isEqualTo(circle().setSeed(1L << 53).build());
        assertThat(readField("seed", DECIMAL, decimal("9223372036854775807")).getSeed())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseSeedsThatTheirTypeCannotTellApart() {
        assertRefused("seed", "'double'", 0x1p54, "1.8014398509481984E16 does not fit");
    }

    private Sampling readTemperature(String type, Object value) throws Exception {
        Schema writer = schema(
                "text",
                "'string'",
                "sampling",
                "{'type':'record','name':'How','fields':[{'name':'temperature','type':" + type + "}]}");
        GenericRecord sampling =
                new GenericData.Record(writer.getField("sampling").schema());
        sampling.put("temperature", value);
        GenericRecord record = new GenericData.Record(writer);
        record.put("text", "a circle");
        record.put("sampling", sampling);
        return read(PromptRequest.class, writer, record).getSampling();
    }

    @Test
    void shouldRoundFractions() throws Exception {
        Sampling expected = Sampling.newBuilder().setTemperature(0.7f).build();
        assertThat(readTemperature("'double'", 0.7)).isEqualTo(expected);
        assertThat(readTemperature("['null','double']", 0.7)).isEqualTo(expected);
        assertThat(readTemperature(DECIMAL, decimal("0.7"))).isEqualTo(expected);
        assertThat(readTemperature("'int'", 2).getTemperature()).isEqualTo(2f);
        assertThat(readTemperature("'double'", Double.NaN).getTemperature()).isNaN(); // for the validator
        assertThatThrownBy(() -> readTemperature("'double'", 1e300))
                .hasMessageContaining(
                        "field sampling.temperature: 1.0E300 does not fit: write a number of the type float");
        assertThatThrownBy(() -> readTemperature("'double'", 1e-300)).hasMessageContaining("1.0E-300 does not fit");
        assertThatThrownBy(() -> readTemperature("'string'", "0.7"))
                .hasMessageContaining("field sampling.temperature: '0.7'");
    }

    @Test
    void shouldNotBeHeldUpByMonstrousDecimals() {
        String type = "{'type':'bytes','logicalType':'decimal','precision':2000000000,'scale':2000000000}";
        ByteBuffer value = ByteBuffer.wrap(BigInteger.TEN.pow(100).toByteArray());
        assertRefused("count", type, value, "E-1999999900 does not fit");
    }

    @Test
    void shouldTakeDecimalsOfFixedLength() throws Exception {
        String type = "{'type':'fixed','name':'Money','size':4,'logicalType':'decimal','precision':9,'scale':0}";
        Schema fixed = schema("x", type).getField("x").schema();
        GenericFixed four = new GenericData.Fixed(fixed, new byte[] {0, 0, 0, 4});
        assertThat(readField("count", type, four).getCount()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'string'",
                "['null','string']",
                "{'type':'enum','name':'Queue','symbols':['BULK','INTERACTIVE']}",
                "['null',{'type':'enum','name':'Queue','symbols':['X','BULK']}]"
            })
    void shouldReadLanes(String type) throws Exception {
        Schema schema = schema("x", type).getField("x").schema();
        Object bulk = type.contains("enum")
                ? new GenericData.EnumSymbol(
                        schema.isUnion() ? schema.getTypes().get(1) : schema, "BULK")
                : "BULK";
        assertThat(readField("lane", type, bulk))
                .isEqualTo(circle().setLane(Lane.BULK).build());
    }

    @Test
    void shouldRefuseUnknownLanesOnlyAsText() throws Exception {
        assertRefused("lane", "'string'", "FAST\n", "'FAST?': write one of INTERACTIVE, BULK");
        String type = "{'type':'enum','name':'Queue','symbols':['FAST']}";
        Object fast = new GenericData.EnumSymbol(schema("x", type).getField("x").schema(), "FAST");
        // as Avro has it: symbols of a later version are our default
        assertThat(readField("lane", type, fast).getLane()).isEqualTo(Lane.INTERACTIVE);
    }

    @Test
    void shouldReadTextFromBytesButNotBytesFromText() throws Exception {
        ByteBuffer utf8 = ByteBuffer.wrap("é".getBytes(StandardCharsets.UTF_8));
        assertThat(readField("negativeText", "'bytes'", utf8).getNegativeText()).isEqualTo("é");
        assertRefused("negativeText", "'bytes'", ByteBuffer.wrap(new byte[] {-1}), "no UTF-8");
        assertRefused("negativeText", DECIMAL, decimal("1"), "bytes (decimal)", "write a string");
        Schema writer = schema(
                "text",
                "'string'",
                "prefix",
                "{'type':'record','name':'P','fields':[{'name':'tokens','type':'string'}]}");
        GenericRecord prefix = new GenericData.Record(writer.getField("prefix").schema());
        prefix.put("tokens", "AQID");
        GenericRecord record = new GenericData.Record(writer);
        record.put("text", "a circle");
        record.put("prefix", prefix);
        assertThatThrownBy(() -> read(PromptRequest.class, writer, record))
                .hasMessageContaining("field prefix.tokens: 'AQID' is of the type string", "write bytes");
    }

    @Test
    void shouldTakeNullForADefault() throws Exception {
        for (String name : List.of("count", "lane", "labels", "id", "sampling", "bestOf", "deadline")) {
            assertThat(readField(name, "['null','string']", null)).isEqualTo(circle().build());
            assertThat(readField(name, "'null'", null)).isEqualTo(circle().build());
        }
    }

    @Test
    void shouldNotShareDefaults() throws Exception {
        PromptRequest first = readField("labels", "'null'", null);
        first.getLabels().put("mine", "only");
        assertThat(readField("labels", "'null'", null).getLabels()).isEmpty();
    }

    @Test
    void shouldRefuseWhatHasNoDefault() {
        Schema nullable = schema("text", "['null','string']", "seed", "['null','long']");
        assertThatThrownBy(() -> read(PromptRequest.class, nullable, new GenericData.Record(nullable)))
                .hasMessageContaining("field text: it is null and has no default: write a string");
        Schema without = schema("prompt", "['null','string']", "seed", "['null','long']");
        assertThatThrownBy(() -> read(PromptRequest.class, without, new GenericData.Record(without)))
                .hasMessageContaining(
                        "field text: it is missing: the writer's Foreign has no such field, and PromptRequest no default for it");
    }

    @Test
    void shouldReadLabelsAsTheyAreWritten() throws Exception {
        Map<String, Object> labels = new HashMap<>();
        labels.put("a", "1");
        labels.put("b", null);
        assertThat(readField("labels", "{'type':'map','values':['null','string']}", labels)
                        .getLabels())
                .containsExactly(Map.entry("a", "1"));
        assertThatThrownBy(() -> readField("labels", "{'type':'map','values':'int'}", Map.of("a", 1)))
                .hasMessageContaining("field labels['a']: 1 is of the type int", "write a string");

        String type = "{'type':'array','items':{'type':'record','name':'E','fields':["
                + "{'name':'key','type':['null','string']},{'name':'value','type':['null','string']}]}}";
        Schema entry = schema("x", type).getField("x").schema().getElementType();
        assertThat(readField("labels", type, List.of(entry(entry, "a", "1"), entry(entry, "b", null)))
                        .getLabels())
                .containsExactly(Map.entry("a", "1"));
        assertThatThrownBy(() -> readField("labels", type, List.of(entry(entry, null, "1"))))
                .hasMessageContaining("field labels: null");
        assertThatThrownBy(() -> readField("labels", "{'type':'array','items':'string'}", List.of("a")))
                .hasMessageContaining("field labels: it is of the type array", "write a map");
    }

    private static GenericRecord entry(Schema schema, @Nullable String key, @Nullable String value) {
        GenericRecord entry = new GenericData.Record(schema);
        entry.put("key", key);
        entry.put("value", value);
        return entry;
    }

    @Test
    void shouldKnowNamesInAnyCaseWhereOneIsMeant() throws Exception {
        Schema upper = schema("TEXT", "['null','string']", "NEGATIVETEXT", "['null','string']");
        GenericRecord record = new GenericData.Record(upper);
        record.put("TEXT", "a circle");
        record.put("NEGATIVETEXT", "rain");
        assertThat(read(PromptRequest.class, upper, record))
                .isEqualTo(circle().setNegativeText("rain").build());

        Schema exact = schema("TEXT", "'string'", "text", "'string'");
        GenericRecord both = new GenericData.Record(exact);
        both.put("TEXT", "a square");
        both.put("text", "a circle");
        assertThat(read(PromptRequest.class, exact, both)).isEqualTo(circle().build());

        Schema unclear = schema("TEXT", "'string'", "Text", "'string'");
        GenericRecord either = new GenericData.Record(unclear);
        either.put("TEXT", "a square");
        either.put("Text", "a circle");
        assertThatThrownBy(() -> read(PromptRequest.class, unclear, either))
                .hasMessageContaining("field text: TEXT and Text may be meant");
    }

    @Test
    void shouldDoSoForEveryEvent() throws Exception {
        Schema command = schema("JOBID", "['null','string']", "ACTION", "['null','string']", "REQUESTEDAT", MICROS);
        GenericRecord record = new GenericData.Record(command);
        record.put("JOBID", "j-1");
        record.put("ACTION", "CANCEL");
        record.put("REQUESTEDAT", NOON.toEpochMilli() * 1000);
        JobCommand read = read(JobCommand.class, command, record);
        assertThat(read.getAction()).hasToString("CANCEL");
        assertThat(read.getRequestedAt()).isEqualTo(NOON);

        Schema timing = schema("startedAt", MICROS, "durationMillis", "{'type':'long','logicalType':'time-micros'}");
        GenericRecord took = new GenericData.Record(timing);
        took.put("startedAt", 1L);
        took.put("durationMillis", 1L);
        assertThatThrownBy(() -> read(StageTiming.class, timing, took))
                .hasMessageContaining("field durationMillis: 1 is of the type long (time-micros)");
    }

    @Test
    void shouldNameElementsOfArrays() throws Exception {
        Schema ours = EventSchemas.load().schema("JobStatus");
        Schema writer = new Schema.Parser()
                .parse(ours.toString()
                        .replace(
                                "\"name\":\"stage\",\"type\":\"string\"",
                                "\"name\":\"stage\",\"type\":[\"null\",\"string\"]"));
        GenericRecord status = (GenericRecord) new ForeignWriter(1).of(ours, writer, SampleEvents.job());
        ((GenericRecord) ((List<?>) status.get("failures")).get(0)).put("stage", null);
        assertThatThrownBy(() -> read(JobStatus.class, writer, status))
                .hasMessageContaining("field failures[0].stage: it is null and has no default");
    }

    @Test
    void shouldKeepNothingOfFieldsThatAreNotOurs() throws Exception {
        // Given: ten thousand bytes that are a hundred megabytes of nulls, in a field that is not ours and in one that
        // is
        String nulls = String.join(
                ",",
                IntStream.range(0, 2_500)
                        .mapToObj(i -> "{'name':'n" + i + "','type':'null'}")
                        .toList());
        String type = "{'type':'array','items':{'type':'record','name':'Nulls','fields':[{'name':'b','type':'boolean'},"
                + nulls + "]}}";
        for (String name : List.of("notOurs", "count")) {
            Schema writer = schema("text", "['null','string']", name, type);
            var body = new ByteArrayOutputStream();
            body.writeBytes(WireFormat.prefix(++ids));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(body, null);
            encoder.writeIndex(1);
            encoder.writeString("a circle");
            encoder.writeLong(10_000);
            encoder.writeFixed(new byte[10_000]);
            encoder.writeLong(0);
            registry.schema(ids, writer);
            var prompts = new AvroDeserializer<>(PromptRequest.class);
            prompts.configure(registry.settings(), false);

            // When
            Throwable first = catchThrowable(() -> prompts.deserialize("prompts", body.toByteArray()));
            long before = allocated();
            Throwable second = catchThrowable(() -> prompts.deserialize("prompts", body.toByteArray()));

            // Then
            assertThat(allocated() - before).isLessThan(20 << 20);
            assertThat(first == null).isEqualTo(name.equals("notOurs"));
            assertThat(second == null).isEqualTo(name.equals("notOurs"));
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    static Stream<Arguments> events() {
        return SampleEvents.all(new Topics("")).distinct().map(Arguments::of);
    }

    /** The property: whatever foreign schema says the same, the same is read. */
    @ParameterizedTest
    @MethodSource("events")
    void shouldReadTheSameFromEverySchemaThatSaysTheSame(Sample sample) throws Exception {
        Schema ours = EventSchemas.load().schema(sample.event().getSchema().getName());
        for (int seed = 0; seed < 40; seed++) {
            // Given
            SpecificRecord event = withDefaultsByChance(sample.event(), new Random(seed));
            var writer = new ForeignWriter(seed);
            Schema theirs = writer.schemaFor(ours);
            Object record = writer.of(ours, theirs, event);

            // When, Then
            assertThat(read(event.getClass(), theirs, record))
                    .as("%d: %s", seed, theirs)
                    .isEqualTo(event);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldReadOrRefuseWhateverTheBytes(Sample sample) throws Exception {
        Schema ours = EventSchemas.load().schema(sample.event().getSchema().getName());
        var deserializer = new AvroDeserializer<>(sample.event().getClass());
        deserializer.configure(registry.settings(), false);
        var random = new Random(42);
        int refused = 0;
        for (int id = 0; id < 20; id++) {
            // Given: what a schema allows, and what it does not
            var writer = new ForeignWriter(id);
            Schema theirs = writer.schemaFor(ours);
            registry.schema(id, theirs);
            byte[] good = ForeignWriter.write(id, theirs, writer.of(ours, theirs, sample.event()));
            for (int i = 0; i < 500; i++) {
                byte[] changed = good.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    changed[5 + random.nextInt(good.length - 5)] = (byte) random.nextInt(256);
                }

                // When
                Throwable failure = catchThrowable(() -> deserializer.deserialize("topic", changed));

                // Then
                if (failure != null) {
                    assertThat(failure).isInstanceOf(MalformedRecordException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    private static SpecificRecord withDefaultsByChance(SpecificRecord event, Random random) {
        SpecificRecord copy = SpecificData.get().deepCopy(event.getSchema(), event);
        forget(copy, random);
        return copy;
    }

    private static void forget(IndexedRecord record, Random random) {
        for (Field field : record.getSchema().getFields()) {
            if (field.hasDefaultValue() && random.nextInt(3) == 0) {
                record.put(field.pos(), SpecificData.get().getDefaultValue(field));
            } else if (record.get(field.pos()) instanceof IndexedRecord inner) {
                forget(inner, random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3", "v4", "v5", "v6", "v7"})
    void shouldLeaveOurOwnVersionsToAvro(String version) {
        List<String> slow = new ArrayList<>();
        SampleEvents.all(new Topics("")).map(Sample::event).forEach(event -> {
            String name = event.getSchema().getName();
            if (ReleasedSchemas.has(version, name)
                    && !Resolution.of(
                                    ReleasedSchemas.of(version).schema(name),
                                    event.getSchema(),
                                    SpecificData.getForClass(event.getClass()))
                            .isAvros()) {
                slow.add(name);
            }
        });
        assertThat(slow).isEmpty();
    }

    @Test
    void shouldNotLeaveToAvroWhatItReadsOtherwise() {
        Schema reader = ImageRequest.getClassSchema();
        String ours = EventSchemas.load().schema("ImageRequest").toString();
        for (String changed : List.of(
                ours.replace("timestamp-millis", "timestamp-micros"),
                ours.replace("\"requestedAt\"", "\"REQUESTEDAT\""),
                ours.replace("\"name\":\"candidates\",\"type\":\"int\"", "\"name\":\"candidates\",\"type\":\"long\""),
                ours.replace("[\"null\",\"double\"]", "[\"null\",\"double\",\"boolean\"]"))) {
            assertThat(changed).isNotEqualTo(ours);
            Schema writer = new Schema.Parser().parse(changed);
            assertThat(Resolution.of(writer, reader, SpecificData.getForClass(ImageRequest.class))
                            .isAvros())
                    .as(changed)
                    .isFalse();
        }
    }
}
