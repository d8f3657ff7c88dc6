package org.dallemini.ingest.openai;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.api.Admission;
import org.dallemini.ingest.api.IdempotencyKey;
import org.dallemini.ingest.api.ImageResource;
import org.dallemini.ingest.api.JobResource;
import org.dallemini.ingest.api.Submission;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.Call;
import org.dallemini.ingest.http.Form;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.previews.PreviewPictures;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes images while the caller waits: submits a job, and answers when it has ended. Who waits holds a connection and
 * no thread. A caller who hangs up is not noticed: the wait ends with the job or its time.
 */
public final class Generations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Generations.class);

    /** The copies of jobs and of images need not be as far as each other. */
    private static final Duration POLL = Duration.ofMillis(200);

    /** An object store that does not answer will not do so at once. */
    private static final Duration OUTAGE_POLL = Duration.ofSeconds(2);

    private final GenerationParser parser;
    private final FormParser forms;
    private final JobResource submitting;
    private final Jobs jobs;
    private final JobWatch watch;
    private final ImageResource images;
    private final ImageUrls urls;
    private final Previews previews;
    private final PreviewPictures pictures;
    private final Admission admission;
    private final Supplier<String> freshId;
    private final Duration maxWait;
    private final ScheduledThreadPoolExecutor clock;
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    /**
     * @param previews of images that are being drawn, for those who have them streamed
     * @param freshId draws the id of a job
     * @param maxWait how long a caller waits at most
     */
    public Generations(
            GenerationParser parser,
            FormParser forms,
            JobResource submitting,
            Jobs jobs,
            JobWatch watch,
            ImageResource images,
            ImageUrls urls,
            Previews previews,
            PreviewPictures pictures,
            Admission admission,
            Supplier<String> freshId,
            Duration maxWait) {
        this.parser = parser;
        this.forms = forms;
        this.submitting = submitting;
        this.jobs = jobs;
        this.watch = watch;
        this.images = images;
        this.urls = urls;
        this.previews = previews;
        this.pictures = pictures;
        this.admission = admission;
        this.freshId = freshId;
        this.maxWait = maxWait;
        this.clock = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "generations");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // after a close nobody waits
        clock.setRemoveOnCancelPolicy(true);
    }

    Answer generate(Call call) throws RefusedRequestException, IOException {
        byte[] body = call.json();
        return await(call, jobId -> parser.parse(call.caller(), body, jobId));
    }

    Answer edit(Call call) throws RefusedRequestException, IOException {
        Form form = call.form();
        return await(call, jobId -> forms.edit(call.caller(), form, jobId));
    }

    Answer vary(Call call) throws RefusedRequestException, IOException {
        Form form = call.form();
        return await(call, jobId -> forms.variation(call.caller(), form, jobId));
    }

    private interface Reading {
        GenerationRequest of(String jobId) throws RefusedRequestException;
    }

    private Answer await(Call call, Reading reading) throws RefusedRequestException, IOException {
        images.requireStore();
        Admission.Permit permit = admission.await(call.caller());
        boolean isAccepted = false;
        try {
            Optional<String> keyedId = IdempotencyKey.jobId(call);
            admission.submit(call.caller());
            GenerationRequest request = reading.of(keyedId.orElseGet(freshId));
            Submission submission = submitting.submit(call.caller(), request.submission(), keyedId.isPresent());
            isAccepted = true;
            return (response, callback) -> new Waiting(call, permit, request, submission, response, callback).start();
        } finally {
            if (!isAccepted) {
                permit.close();
            }
        }
    }

    /** Requests that wait at present. */
    public int waiting() {
        return waiting.size();
    }

    /** Tells all who wait that they wait in vain. */
    @Override
    public void close() {
        for (Waiting one : waiting) {
            one.refuse(Problem.of(503, "not-available", "The process stops; " + one.whereToLook()));
        }
        clock.shutdownNow();
    }

    /** One request whose job has been submitted. */
    private final class Waiting {
        private final Call call;
        private final Admission.Permit permit;
        private final GenerationRequest request;
        private final Submission submission;
        private final Response response;
        private final Callback callback;
        private final Executor executor;
        private JobWatch.@Nullable Subscription subscription;
        private Previews.@Nullable Subscription watched;
        private @Nullable Reply reply;
        private @Nullable Future<?> timeout;
        private boolean isAnswered;

        Waiting(
                Call call,
                Admission.Permit permit,
                GenerationRequest request,
                Submission submission,
                Response response,
                Callback callback) {
            this.call = call;
            this.permit = permit;
            this.request = request;
            this.submission = submission;
            this.response = response;
            this.callback = callback;
            this.executor = response.getRequest().getComponents().getExecutor();
        }

        synchronized void start() {
            response.getRequest().addIdleTimeoutListener(silence -> false);
            waiting.add(this);
            Integer partialImages = request.partialImages();
            if (partialImages == null) {
                reply = Reply.ofJson(response, callback);
            } else {
                String subject = request.prompt().getPrefix() == null ? "image_generation" : "image_edit";
                EventReply events =
                        EventReply.begin(response, callback, subject, pictures, partialImages, clock, this::forget);
                reply = events;
                watched = previews.watch(submission.jobId(), events::preview);
            }
            timeout = clock.schedule(this::giveUp, maxWait.toMillis(), TimeUnit.MILLISECONDS);
            subscription = watch.watch(submission.jobId(), this::changed);
        }

        private String whereToLook() {
            return "the job goes on: ask for it at /v1/jobs/" + submission.jobId() + ".";
        }

        private void giveUp() {
            refuse(Problem.of(
                    504,
                    "wait-timeout",
                    "The images are not done after " + maxWait.toSeconds() + " s (api.wait.timeout.ms); "
                            + whereToLook()));
        }

        private void changed(JobStatus job) {
            String content = job.getContent();
            if (content != null && !content.equals(submission.content())) {
                refuse(IdempotencyKey.reused()); // another request with the key was a moment faster
            } else if (Jobs.hasEnded(job)) {
                executor.execute(() -> look(job));
            }
        }

        /** Answers if all is there that the job has stored; else looks again, for as long as the caller waits. */
        private void look(JobStatus job) {
            Duration pause = POLL;
            try {
                Optional<Map<String, Object>> answer = answer(job);
                if (answer.isPresent()) {
                    finish(to -> to.images(answer.get()));
                    return;
                }
            } catch (RefusedRequestException e) {
                if (e.problem().status() != 503) {
                    refuse(e.problem());
                    return;
                }
                pause = OUTAGE_POLL;
            } catch (JobsUnavailableException e) {
                log.debug("Nobody can tell the images of job {}", job.getJobId(), e);
            } catch (RuntimeException e) {
                log.error("The images of job {} could not be sent", job.getJobId(), e);
                refuse(Problem.internalError());
                return;
            }
            clock.schedule(() -> again(job), pause.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void again(JobStatus job) {
            if (!isAnswered) {
                executor.execute(() -> look(job));
            }
        }

        private Optional<Map<String, Object>> answer(JobStatus job) throws RefusedRequestException {
            List<StoredImage> stored = new ArrayList<>();
            for (int i = 0; i < submission.images(); i++) {
                jobs.image(job.getJobId(), Ids.imageId(job.getJobId(), i)).ifPresent(stored::add);
            }
            if (stored.size() < job.getStored()) {
                return Optional.empty();
            }
            if (stored.isEmpty()) {
                throw new RefusedRequestException(nothing(job));
            }
            List<Map<String, Object>> data = new ArrayList<>();
            for (StoredImage image : stored) {
                data.add(image(image));
            }
            return Optional.of(GenerationJson.answer(job, stored.get(0), data));
        }

        private Map<String, Object> image(StoredImage image) throws RefusedRequestException {
            String size = GenerationJson.drawnSize(image);
            if (request.drawnSize() != null && !request.drawnSize().equals(size)) {
                throw new RefusedRequestException(Problem.of(
                        500,
                        "wrong-size",
                        "The model draws " + size + " and not " + request.drawnSize()
                                + ": whoever runs this should set api.image.sizes=" + size + "; "
                                + whereToLook()));
            }
            return switch (request.format()) {
                case URL -> GenerationJson.image(image, "url", urls.of(image, call));
                case B64_JSON ->
                    GenerationJson.image(
                            image, "b64_json", Base64.getEncoder().encodeToString(images.wantedContent(image)));
            };
        }

        /** Why there is no image. */
        private Problem nothing(JobStatus job) {
            if (job.getState() == JobState.CANCELED) {
                return Problem.of(409, "job-canceled", "The job " + job.getJobId() + " was canceled.");
            }
            String code = job.getFailures().isEmpty()
                    ? "failed"
                    : job.getFailures().get(0).getCode();
            String message = job.getFailures().isEmpty()
                    ? ""
                    : ": " + job.getFailures().get(0).getMessage();
            int status = code.equals(ErrorCode.CONTENT_POLICY.code()) ? 400 : 500;
            return Problem.of(status, code, "No image of job " + job.getJobId() + " could be drawn" + message);
        }

        /** To send it again would draw all of it again: OpenAI's clients do so unless they are told not to. */
        private void refuse(Problem problem) {
            finish(to -> to.refuse(problem.with("X-Should-Retry", "false")));
        }

        private synchronized void finish(Consumer<Reply> how) {
            Reply to = reply;
            if (!isAnswered && to != null) {
                forget();
                how.accept(to);
            }
        }

        /** Nobody waits any more. */
        private synchronized void forget() {
            if (isAnswered) {
                return;
            }
            isAnswered = true;
            waiting.remove(this);
            permit.close();
            if (timeout != null) {
                timeout.cancel(false);
            }
            if (subscription != null) {
                subscription.close();
            }
            if (watched != null) {
                watched.close();
            }
        }
    }
}
