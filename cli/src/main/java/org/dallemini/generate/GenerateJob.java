package org.dallemini.generate;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.dallemini.events.PromptRequest;
import org.dallemini.generate.ImageOutcome.Failed;
import org.dallemini.generate.ImageOutcome.Stored;
import org.dallemini.lists.PromptPublisher;

/**
 * Publishes prompts and follows each image to its end. Prompts whose images all came to an end in an earlier run are
 * not published again; the intake ignores those that are still on their way.
 */
final class GenerateJob {
    private static final Duration POLL = Duration.ofMillis(100);

    private final PromptPublisher publisher;
    private final OutcomeReader outcomes;
    private final Listener listener;
    private final BooleanSupplier stopped;

    /** Is told of each image once. */
    interface Listener {
        /** @param fresh whether it was drawn since this run began */
        void stored(RequestedPrompt submission, Stored outcome, boolean fresh);

        void failed(RequestedPrompt submission, int index, Failed outcome);

        void progress(int done, int total, int fresh);
    }

    /** @param stopped asked often; the job ends early when it says true */
    GenerateJob(PromptPublisher publisher, OutcomeReader outcomes, Listener listener, BooleanSupplier stopped) {
        this.publisher = publisher;
        this.outcomes = outcomes;
        this.listener = listener;
        this.stopped = stopped;
    }

    /** @return false if it was stopped before every image had come to an end */
    boolean run(List<RequestedPrompt> submissions) {
        var pending = new HashMap<String, RequestedPrompt>();
        var byPrompt = new HashMap<String, RequestedPrompt>();
        for (RequestedPrompt submission : submissions) {
            PromptRequest request = submission.request();
            byPrompt.put(request.getId(), submission);
            for (int index = 0; index < request.getCount(); index++) {
                pending.put(RequestedPrompt.imageId(request.getId(), index), submission);
            }
        }
        int total = pending.size();
        settle(outcomes.readToEnd(), pending, byPrompt, false);
        int earlier = total - pending.size();
        listener.progress(earlier, total, 0);

        for (RequestedPrompt submission : submissions) {
            if (isUnfinished(submission, pending)) {
                publisher.publish(submission.request(), List.of());
            }
        }
        publisher.flush();

        while (!pending.isEmpty() && !stopped.getAsBoolean()) {
            settle(outcomes.poll(POLL), pending, byPrompt, true);
            listener.progress(total - pending.size(), total, total - earlier - pending.size());
        }
        return pending.isEmpty();
    }

    private static boolean isUnfinished(RequestedPrompt submission, Map<String, RequestedPrompt> pending) {
        PromptRequest request = submission.request();
        return IntStream.range(0, request.getCount())
                .anyMatch(index -> pending.containsKey(RequestedPrompt.imageId(request.getId(), index)));
    }

    private void settle(
            List<ImageOutcome> news,
            Map<String, RequestedPrompt> pending,
            Map<String, RequestedPrompt> byPrompt,
            boolean fresh) {
        for (ImageOutcome outcome : news) {
            if (outcome instanceof Stored stored) {
                RequestedPrompt submission =
                        pending.remove(stored.image().getRequest().getImageId());
                if (submission != null) {
                    listener.stored(submission, stored, fresh);
                }
            } else if (outcome instanceof Failed failed) {
                fail(failed, pending, byPrompt);
            }
        }
    }

    private void fail(Failed failed, Map<String, RequestedPrompt> pending, Map<String, RequestedPrompt> byPrompt) {
        RequestedPrompt whole = byPrompt.get(failed.id());
        if (whole == null) {
            RequestedPrompt submission = pending.remove(failed.id());
            if (submission != null) {
                listener.failed(
                        submission,
                        Integer.parseInt(failed.id().substring(failed.id().lastIndexOf('/') + 1)),
                        failed);
            }
            return;
        }
        for (int index = 0; index < whole.request().getCount(); index++) {
            if (pending.remove(RequestedPrompt.imageId(failed.id(), index)) != null) {
                listener.failed(whole, index, failed);
            }
        }
    }
}
