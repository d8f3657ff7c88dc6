package org.dallemini.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.prompt.InvalidWebhookException;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict;
import org.dallemini.prompt.Verdict.Accepted;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/**
 * From the body of {@code POST /v1/jobs} to prompts. Whatever the bytes are, the outcome is a submission that the
 * intake will take, or a problem that says what is wrong and where. Thread-safe.
 */
public final class SubmissionParser {
    private static final Set<String> FIELDS = Set.of("id", "prompts", "labels", "deadline", "webhook");
    private static final Set<String> WEBHOOK_FIELDS = Set.of("url", "events");

    /** Some URL, where only events are in question. */
    private static final String WELL_FORMED = "https://example.org";

    private final JsonReader json;
    private final PromptCheck check;
    private final int maxPrompts;
    private final Supplier<String> freshId;
    private final WebhookRules webhooks;

    /**
     * @param check of each prompt
     * @param maxBytes of a body
     * @param maxPrompts of a body
     * @param freshId draws a valid id for a job that has none
     * @param webhooks which may be named
     */
    public SubmissionParser(
            PromptCheck check, int maxBytes, int maxPrompts, Supplier<String> freshId, WebhookRules webhooks) {
        this.check = check;
        this.maxPrompts = maxPrompts;
        this.freshId = freshId;
        this.webhooks = webhooks;
        this.json = new JsonReader(maxBytes);
    }

    /**
     * Does not look at deadlines, which a repetition of what was accepted may have missed: see {@link #late}.
     *
     * @param jobId that the job must have; empty if the body may choose
     * @throws RefusedRequestException if it asks for nothing that can be had
     */
    Submission parse(Caller caller, byte[] body, Optional<String> jobId) throws RefusedRequestException {
        return submission(caller, json.read(body), jobId);
    }

    /** What is wrong if a prompt's deadline has passed; empty if none has. */
    public static Optional<Problem> late(Submission submission, Instant now) {
        List<PromptRequest> prompts = submission.prompts();
        for (int i = 0; i < prompts.size(); i++) {
            if (PromptValidator.validateDeadline(prompts.get(i), now) instanceof Refused refused) {
                boolean isOfJob = Objects.equals(prompts.get(i).getDeadline(), submission.deadline());
                String pointer = (isOfJob ? "" : pointer(i)) + refused.field();
                return Optional.of(Problem.at(pointer, refused.code().code(), refused.message()));
            }
        }
        return Optional.empty();
    }

    private static String pointer(int prompt) {
        return "/prompts/" + prompt;
    }

    private Submission submission(Caller caller, JsonNode root, Optional<String> jobId) throws RefusedRequestException {
        JsonFields body = JsonFields.of(root, "", FIELDS);
        String given = body.text("id");
        if (given != null && jobId.isPresent()) {
            throw refuse(
                    "/id",
                    ErrorCode.INVALID_PARAMETER.code(),
                    "id and Idempotency-Key both name the job: leave one of them out.");
        }
        Map<String, String> labels = body.texts("labels");
        Instant deadline = body.time("deadline");
        Webhook webhook = webhook(body);
        List<JsonNode> nodes = prompts(body);
        List<PromptRequest> prompts = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            prompts.add(PromptFields.read(nodes.get(i), pointer(i)));
        }
        String id = jobId(jobId.orElse(given), prompts);
        List<PromptRequest> named = named(id, labels, deadline, prompts);
        Map<String, Release> releases = new HashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            PromptRequest prompt = named.get(i);
            check(caller, prompt, prompts.get(i), nodes.get(i), i)
                    .ifPresent(release -> releases.put(String.valueOf(prompt.getId()), release));
        }
        checkIds(named);
        return new Submission(id, named, webhook, deadline, releases);
    }

    private @Nullable Webhook webhook(JsonFields body) throws RefusedRequestException {
        JsonNode node = body.node("webhook");
        if (node == null) {
            return null;
        }
        JsonFields fields = JsonFields.of(node, body.pointer("webhook"), WEBHOOK_FIELDS);
        String url = fields.text("url");
        List<String> events = events(fields);
        if (url == null) {
            throw refuse(
                    fields.pointer("url"),
                    ErrorCode.INVALID_PARAMETER.code(),
                    "url is missing: name the address that shall be told.");
        }
        for (int i = 0; i < events.size(); i++) {
            webhook(fields.pointer("events") + "/" + i, WELL_FORMED, List.of(events.get(i)));
        }
        Webhook webhook = webhook(fields.pointer("url"), url, events);
        try {
            webhooks.check(webhook);
            return webhook;
        } catch (InvalidWebhookException e) {
            boolean isOff = webhooks == WebhookRules.NONE;
            throw unusable(isOff ? body.pointer("webhook") : fields.pointer("url"), e);
        }
    }

    /** @param pointer what is to blame if there is no such webhook */
    private static Webhook webhook(String pointer, String url, List<String> events) throws RefusedRequestException {
        try {
            return Webhook.of(url, events);
        } catch (InvalidWebhookException e) {
            throw unusable(pointer, e);
        }
    }

    private static RefusedRequestException unusable(String pointer, InvalidWebhookException why) {
        return refuse(pointer, ErrorCode.INVALID_PARAMETER.code(), "webhook cannot be used: " + why.getMessage() + ".");
    }

    private static List<String> events(JsonFields webhook) throws RefusedRequestException {
        JsonNode node = webhook.node("events");
        List<String> events = new ArrayList<>();
        if (node != null) {
            if (!node.isArray() || node.isEmpty()) {
                return webhook.refuse("events", "an array of at least one event");
            }
            node.forEach(event -> events.add(event.asText()));
        }
        return events;
    }

    private List<JsonNode> prompts(JsonFields body) throws RefusedRequestException {
        JsonNode prompts = body.node("prompts");
        if (prompts == null || !prompts.isArray() || prompts.isEmpty()) {
            throw refuse(
                    "/prompts",
                    ErrorCode.INVALID_PARAMETER.code(),
                    "prompts is missing, empty or no array: give at least one prompt.");
        }
        if (prompts.size() > maxPrompts) {
            throw refuse(
                    "/prompts",
                    ErrorCode.INVALID_PARAMETER.code(),
                    "prompts has " + prompts.size() + " entries, the limit is " + maxPrompts
                            + ": split it over several jobs.");
        }
        List<JsonNode> all = new ArrayList<>();
        prompts.forEach(all::add);
        return all;
    }

    private String jobId(@Nullable String given, List<PromptRequest> prompts) throws RefusedRequestException {
        String own = prompts.size() == 1 ? prompts.get(0).getId() : null;
        if (given != null && !Ids.isValid(given)) {
            throw refuse("/id", ErrorCode.INVALID_ID.code(), "id is not allowed: use " + Ids.RULE + ".");
        }
        return given != null ? given : own != null ? own : freshId.get();
    }

    /**
     * Every prompt gets an id that follows from the job's, so that the same request again is the same prompts again.
     *
     * @param labels of the job; a prompt's own are stronger
     * @param deadline of prompts that have none
     */
    private static List<PromptRequest> named(
            String jobId, Map<String, String> labels, @Nullable Instant deadline, List<PromptRequest> prompts) {
        boolean isSingle = prompts.size() == 1;
        List<PromptRequest> named = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            PromptRequest prompt = prompts.get(i);
            String id = prompt.getId() != null ? prompt.getId() : isSingle ? jobId : jobId + "." + i;
            Map<String, String> all = new TreeMap<>(labels);
            all.putAll(prompt.getLabels());
            named.add(PromptRequest.newBuilder(prompt)
                    .setId(id)
                    .setJobId(jobId)
                    .setLabels(all)
                    .setDeadline(prompt.getDeadline() != null ? prompt.getDeadline() : deadline)
                    .build());
        }
        return named;
    }

    /**
     * The release that a prompt needs, if it does.
     *
     * @param given the prompt as the body has it, which may have got the rest from the job
     */
    private Optional<Release> check(Caller caller, PromptRequest prompt, PromptRequest given, JsonNode node, int index)
            throws RefusedRequestException {
        Verdict verdict = check.check(caller, prompt);
        if (verdict instanceof Refused refused) {
            String field = refused.field();
            boolean isOfJob = field.equals("/id") && given.getId() == null
                    || field.startsWith("/labels") && PromptValidator.areAllowed(given.getLabels());
            String place = isOfJob ? "" : pointer(index);
            throw refuse(
                    node.isTextual() && !isOfJob ? place : place + field,
                    refused.code().code(),
                    refused.message());
        }
        return ((Accepted) verdict).release();
    }

    private static void checkIds(List<PromptRequest> prompts) throws RefusedRequestException {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            String id = String.valueOf(prompts.get(i).getId());
            if (!ids.add(id)) {
                throw refuse(
                        pointer(i) + "/id",
                        ErrorCode.ID_REUSED.code(),
                        "Another prompt of this request has the id " + id + ": give each an id of its own, or none.");
            }
        }
    }

    private static RefusedRequestException refuse(String pointer, String code, String detail) {
        return new RefusedRequestException(Problem.at(pointer, code, detail));
    }
}
