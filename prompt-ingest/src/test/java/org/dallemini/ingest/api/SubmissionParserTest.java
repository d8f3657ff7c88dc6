package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.prompt.EventType;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Webhook;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubmissionParserTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final long SEED = 20261125;
    private static final String WHOLE = """
            {"id": "j", "labels": {"campaign": "spring", "x": "job"}, "prompts": ["a cat", {
              "text": "a dog", "id": "p", "negativeText": "a cow", "count": 3, "bestOf": 6, "seed": "9007199254740993",
              "sampling": {"temperature": 0.5, "topK": 10, "topP": 0.9, "guidanceScale": 8, "batchIndex": 0, "batchSize": 1},
              "lane": "bulk", "labels": {"x": "prompt"}, "deadline": "2026-11-25T13:00:00Z",
              "prefix": {"tokens": "AQACAA=="}}]}
            """;

    private static final PromptValidator VALIDATOR = new PromptValidator(PromptLimits.DEFAULT);
    private static final PromptCheck CHECK = (caller, prompt) -> VALIDATOR.validateContent(prompt);

    private final SubmissionParser parser = new SubmissionParser(CHECK, 1 << 20, 3, () -> "drawn", WebhookRules.NONE);

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    /** A {@link Submission} or a {@link Problem}. */
    private Object parse(String body) {
        Object outcome = parse(parser, body.getBytes(UTF_8));
        return outcome instanceof Submission submission
                ? SubmissionParser.late(submission, NOW)
                        .<Object>map(problem -> problem)
                        .orElse(submission)
                : outcome;
    }

    private static Object parse(SubmissionParser parser, byte[] body) {
        try {
            return parser.parse(Caller.ANYBODY, body, Optional.empty());
        } catch (RefusedRequestException e) {
            return e.problem();
        }
    }

    private Submission understood(String body) {
        Object outcome = parse(body);
        assertThat(outcome).isInstanceOf(Submission.class);
        return (Submission) outcome;
    }

    @Test
    void shouldReadEveryField() {
        // When
        Submission submission = understood(WHOLE);

        // Then
        assertThat(submission.jobId()).isEqualTo("j");
        assertThat(submission.images()).isEqualTo(4);
        assertThat(submission.prompts())
                .extracting(PromptRequest::getId, PromptRequest::getJobId, PromptRequest::getText)
                .containsExactly(tuple("j.0", "j", "a cat"), tuple("p", "j", "a dog"));
        PromptRequest second = submission.prompts().get(1);
        assertThat(second.getSeed()).isEqualTo(9007199254740993L);
        assertThat(second.getBestOf()).isEqualTo(6);
        assertThat(second.getLane()).isEqualTo(Lane.BULK);
        assertThat(second.getLabels()).containsEntry("campaign", "spring").containsEntry("x", "prompt");
        assertThat(second.getDeadline()).isEqualTo(Instant.parse("2026-11-25T13:00:00Z"));
        assertThat(second.getSampling().getTopK()).isEqualTo(10);
        assertThat(second.getPrefix().getTokens().remaining()).isEqualTo(4);
        assertThat(submission.content()).isEqualTo(understood(WHOLE).content());
        assertThat(submission.content())
                .isNotEqualTo(understood(WHOLE.replace("a cow", "a pig")).content());
    }

    @Test
    void shouldReadWhoIsTold() {
        // Given
        var open = new SubmissionParser(CHECK, 1 << 20, 3, () -> "drawn", webhook -> {});
        String body =
                "{\"prompts\":[\"x\"],\"webhook\":{\"url\":\"https://example.com/\",\"events\":[\"job.failed\"]}}";

        // When
        Submission submission = (Submission) parse(open, body.getBytes(UTF_8));

        // Then
        assertThat(submission.webhook()).isEqualTo(new Webhook("https://example.com/", Set.of(EventType.JOB_FAILED)));
        assertThat(submission.content())
                .isEqualTo(understood("{\"prompts\":[\"x\"]}").content());
        assertThat(parse(open, body.replace("job.failed", "job.lost").getBytes(UTF_8)))
                .isInstanceOfSatisfying(Problem.class, refused -> assertThat(refused.detail())
                        .contains("image.deleted, job.completed"));
        assertThat(parse(open, body.replace("https:", "ftp:").getBytes(UTF_8))).isInstanceOf(Problem.class);
    }

    @Test
    void shouldTakeIntegersHoweverTheyAreWritten() {
        // When
        PromptRequest prompt = understood("{\"prompts\": [{\"text\": \"x\", \"count\": 2.0, \"seed\": 1e3}]}")
                .prompts()
                .get(0);

        // Then
        assertThat(prompt.getCount()).isEqualTo(2);
        assertThat(prompt.getSeed()).isEqualTo(1000);
    }

    @Test
    void shouldGiveTheDeadlineOfTheJobToPromptsThatHaveNone() {
        Submission submission = understood("{\"deadline\":\"2026-11-25T12:30:00Z\",\"prompts\":[\"x\","
                + "{\"text\":\"y\",\"deadline\":\"2026-11-25T13:00:00Z\"}]}");
        assertThat(submission.prompts())
                .extracting(PromptRequest::getDeadline)
                .containsExactly(Instant.parse("2026-11-25T12:30:00Z"), Instant.parse("2026-11-25T13:00:00Z"));
        assertThat(submission.content())
                .isNotEqualTo(understood("{\"prompts\":[\"x\",{\"text\":\"y\",\"deadline\":\"2026-11-25T13:00:00Z\"}]}")
                        .content());
    }

    @Test
    void shouldNameWhatHasNoName() {
        assertThat(understood("{\"prompts\": [\"x\"]}").prompts().get(0).getId())
                .isEqualTo("drawn");
        assertThat(understood("{\"prompts\": [{\"text\": \"x\", \"id\": \"p\"}]}")
                        .jobId())
                .isEqualTo("p");
        assertThat(understood("{\"id\": \"j\", \"prompts\": [\"x\"]}")
                        .prompts()
                        .get(0)
                        .getId())
                .isEqualTo("j");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | invalid-json | ``",
                "{ | invalid-json | ``",
                "nul | invalid-json | ``",
                "{\"prompts\":[\"x\"]} x | invalid-json | ``",
                "{\"prompts\":[\"x\"],\"prompts\":[\"y\"]} | invalid-json | ``",
                "[[[[[[[[[[]]]]]]]]]] | invalid-json | ``",
                "[] | invalid-parameter | ``",
                "{} | invalid-parameter | /prompts",
                "{\"prompts\":[]} | invalid-parameter | /prompts",
                "{\"prompts\":[\"1\",\"2\",\"3\",\"4\"]} | invalid-parameter | /prompts",
                "{\"prompts\":[7]} | invalid-parameter | /prompts/0",
                "{\"prompts\":[\"x\"],\"webhook\":{\"url\":\"https://example.com/\"}} | invalid-parameter | /webhook",
                "{\"prompts\":[\"x\"],\"webhook\":\"https://example.com/\"} | invalid-parameter | /webhook",
                "{\"prompts\":[\"x\"],\"webhook\":{\"uri\":\"x\"}} | unknown-field | /webhook/uri",
                "{\"prompts\":[\"x\"],\"webhook\":{\"url\":7}} | invalid-parameter | /webhook/url",
                "{\"prompts\":[\"x\"],\"webhook\":{\"events\":[]}} | invalid-parameter | /webhook/events",
                "{\"prompts\":[\"x\"],\"promts\":1} | unknown-field | /promts",
                "{\"prompts\":[{\"text\":\"x\",\"jobId\":\"j\"}]} | unknown-field | /prompts/0/jobId",
                "{\"prompts\":[{\"text\":\"x\",\"a/b~\":1}]} | unknown-field | /prompts/0/a~1b~0",
                "{\"prompts\":[{\"count\":1}]} | invalid-parameter | /prompts/0/text",
                "{\"prompts\":[{\"text\":\"x\",\"count\":1.5}]} | invalid-parameter | /prompts/0/count",
                "{\"prompts\":[{\"text\":\"x\",\"count\":99999999999}]} | invalid-parameter | /prompts/0/count",
                "{\"prompts\":[{\"text\":\"x\",\"count\":0}]} | invalid-parameter | /prompts/0/count",
                "{\"prompts\":[{\"text\":\"x\",\"count\":65}]} | invalid-parameter | /prompts/0/count",
                "{\"prompts\":[{\"text\":\"x\",\"count\":3,\"bestOf\":2}]} | invalid-parameter | /prompts/0/bestOf",
                "{\"prompts\":[{\"text\":\"x\",\"count\":2,\"seed\":\"9223372036854775807\"}]} | invalid-parameter | /prompts/0/seed",
                "{\"prompts\":[{\"text\":\"x\",\"sampling\":{\"topK\":-1}}]} | invalid-parameter | /prompts/0/sampling/topK",
                "{\"prompts\":[{\"text\":\"x\",\"negativeText\":\"\u0007\"}]} | invalid-json | ``",
                "{\"prompts\":[{\"text\":\"x\",\"negativeText\":\"\\u0007\"}]} | invalid-text | /prompts/0/negativeText",
                "{\"prompts\":[\"x\",{\"text\":\" \\u200b\"}]} | invalid-text | /prompts/1/text",
                "{\"prompts\":[\"\\u00a0\"]} | invalid-text | /prompts/0",
                "{\"prompts\":[{\"text\":\"x\",\"id\":\"a b\"}]} | invalid-id | /prompts/0/id",
                "{\"prompts\":[{\"text\":\"x\",\"seed\":9007199254740993.0}]} | invalid-parameter | /prompts/0/seed",
                "{\"prompts\":[{\"text\":\"x\",\"seed\":\"1x\"}]} | invalid-parameter | /prompts/0/seed",
                "{\"prompts\":[{\"text\":\"x\",\"lane\":\"fast\"}]} | invalid-parameter | /prompts/0/lane",
                "{\"prompts\":[{\"text\":\"x\",\"deadline\":\"soon\"}]} | invalid-parameter | /prompts/0/deadline",
                "{\"prompts\":[{\"text\":\"x\",\"deadline\":\"2020-01-01T00:00:00Z\"}]} | deadline-exceeded | /prompts/0/deadline",
                "{\"deadline\":\"2020-01-01T00:00:00Z\",\"prompts\":[\"x\"]} | deadline-exceeded | /deadline",
                "{\"deadline\":7,\"prompts\":[\"x\"]} | invalid-parameter | /deadline",
                "{\"prompts\":[{\"text\":\"x\",\"labels\":{\"a\":1}}]} | invalid-parameter | /prompts/0/labels/a",
                "{\"prompts\":[{\"text\":\"x\",\"labels\":{\"\\udc00\":\"a\"}}]} | invalid-parameter | /prompts/0/labels/?",
                "{\"labels\":{\"a\":\"b\\ud800\"},\"prompts\":[\"x\"]} | invalid-parameter | /labels/a",
                "{\"prompts\":[{\"text\":\"x\",\"sampling\":{\"temperature\":1e999}}]} | invalid-parameter | /prompts/0/sampling/temperature",
                "{\"prompts\":[{\"text\":\"x\",\"prefix\":{\"tokens\":\"?\"}}]} | invalid-parameter | /prompts/0/prefix/tokens",
                "{\"prompts\":[{\"text\":\"x\",\"prefix\":{}}]} | invalid-prefix | /prompts/0/prefix",
                "{\"prompts\":[{\"text\":\"x\",\"prefix\":{\"tokens\":\"AAA=\",\"rows\":2}}]} | invalid-prefix | /prompts/0/prefix/rows",
                "{\"prompts\":[\"a\\u0000b\"]} | invalid-text | /prompts/0",
                "{\"prompts\":[\"\\ud800\"]} | invalid-text | /prompts/0",
                "{\"id\":\"../x\",\"prompts\":[\"x\"]} | invalid-id | /id",
                "{\"prompts\":[{\"text\":\"x\",\"id\":\"p\"},{\"text\":\"y\",\"id\":\"p\"}]} | id-reused | /prompts/1/id"
            })
    void shouldSayWhatIsWrongAndWhere(String body, String code, String pointer) {
        assertThat(parse(body)).isInstanceOfSatisfying(Problem.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.pointer()).isEqualTo(pointer);
            assertThat(refused.status()).isEqualTo(400);
        });
    }

    /** Labels, deadline and id may be the job's, and so is what is wrong with them. */
    @Test
    void shouldBlameTheJobForWhatIsItsOwn() {
        String label = "\"" + "x".repeat(65) + "\":\"y\"";
        assertPointer("{\"labels\":{" + label + "},\"prompts\":[\"x\"]}", "/labels/" + "x".repeat(65));
        assertPointer(
                "{\"prompts\":[\"x\",{\"text\":\"y\",\"labels\":{" + label + "}}]}",
                "/prompts/1/labels/" + "x".repeat(65));
        assertPointer("{\"id\":\"" + "x".repeat(128) + "\",\"prompts\":[\"x\",\"y\"]}", "/id");
    }

    private void assertPointer(String body, String pointer) {
        assertThat(parse(body)).isInstanceOfSatisfying(Problem.class, refused -> assertThat(refused.pointer())
                .isEqualTo(pointer));
    }

    @Test
    void shouldGiveAdviceThatFits() {
        assertThat(detail("{\"prompts\":[{\"text\":\"x\",\"count\":-3}]}"))
                .isEqualTo("count is -3: ask for 1 to 64 images.");
        assertThat(detail("{\"prompts\":[{\"text\":\"x\",\"count\":65}]}")).contains("split it over several prompts");
        assertThat(detail("{\"prompts\":[{\"text\":\"x\",\"sampling\":{\"temperature\":1e999}}]}"))
                .isEqualTo("temperature is Infinity: give a finite number above 0.");
        assertThat(detail("{\"prompts\":[\"\"]}")).isEqualTo("text is blank: say what to draw.");
    }

    private String detail(String body) {
        return ((Problem) parse(body)).detail();
    }

    @Test
    void shouldSayWhichPartOfAWebhookCannotBeUsed() {
        // Given
        WebhookRules rules = new PromptIngestConfig(Map.of("webhook.secrets", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"))
                .webhooks()
                .orElseThrow();
        var open = new SubmissionParser(CHECK, 1 << 20, 3, () -> "drawn", rules);
        Map<String, String> pointers = Map.of(
                "{}", "/webhook/url",
                "{\"url\":\"\"}", "/webhook/url",
                "{\"url\":\"ftp://example.com/\"}", "/webhook/url",
                "{\"url\":\"https://10.0.0.1/\"}", "/webhook/url",
                "{\"url\":\"https://example.com/\",\"events\":[\"job.failed\",\"job.lost\"]}", "/webhook/events/1",
                "{\"url\":\"https://example.com/\",\"events\":[7]}", "/webhook/events/0",
                "{\"url\":\"https://example.com/\",\"events\":7}", "/webhook/events");

        // When, Then
        pointers.forEach((webhook, pointer) -> assertThat(
                        parse(open, ("{\"prompts\":[\"x\"],\"webhook\":" + webhook + "}").getBytes(UTF_8)))
                .as(webhook)
                .isInstanceOfSatisfying(
                        Problem.class, refused -> assertThat(refused.pointer()).isEqualTo(pointer)));
    }

    @Test
    void shouldRefuseLongTextsByTheirStableCode() {
        assertThat(parse("{\"prompts\":[\"" + "x".repeat(2001) + "\"]}"))
                .isInstanceOfSatisfying(
                        Problem.class, refused -> assertThat(refused.code()).isEqualTo("text-too-long"));
    }

    @Test
    void shouldTakeAnyBytesWithoutAnException() {
        // Given: a sound body with some bytes changed, cut off or repeated
        byte[] whole = WHOLE.getBytes(UTF_8);
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }

            // When, Then
            assertThat(parse(parser, body)).as("seed %d, round %d", SEED, i).isNotNull();
        }
        assertThat(List.of(parse(parser, new byte[0]), parse(parser, new byte[] {(byte) 0xff})))
                .allMatch(Problem.class::isInstance);
    }
}
