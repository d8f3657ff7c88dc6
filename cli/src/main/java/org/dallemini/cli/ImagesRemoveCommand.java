package org.dallemini.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobStatus;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.jobs.FiledImages;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.moderation.ModerationLog;
import org.dallemini.stage.commands.JobCommandPublisher;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.deletions.Deletions;
import org.dallemini.stage.deletions.ImageDeletionPublisher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini images rm}. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Deletes images for good: they are shown no more, their files are deleted by the storage sink, and no image of such an id is ever stored again, whatever is replayed or released. Images are known as long as their job is; those that the image filter has refused, as long as 'moderation list' has them.",
            "",
            "Only says what it would do, unless --yes is given. Prints a line an image: id, bucket, key, or that it was refused. Tokens and texts stay in Kafka as long as their topics keep them."
        },
        footer = {
            "",
            "Examples:",
            "  dallemini images rm shapes.1/0 shapes.1/3 --reason \"asked for by its author\" --yes",
            "  dallemini images rm --job shapes --yes",
            "",
            "Exit codes: 0 done; 1 some image or the job is not known, or the job has not ended; 2 wrong usage or settings; 75 try again later."
        })
final class ImagesRemoveCommand extends ClusterAction {
    /** Of one batch, so that an outage in the middle costs little. */
    private static final int BATCH = 500;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids of images, such as shapes.1/0.")
    private List<String> imageIds = List.of();

    @Option(
            names = "--job",
            paramLabel = "JOB",
            description = "All images of this job, which must have ended, and the job itself.")
    private @Nullable String job;

    @Option(names = "--by", paramLabel = "NAME", description = "Who deletes them (default: the user).")
    private String by = System.getProperty("user.name", "");

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for those who read the topic; not for a job.")
    private @Nullable String reason;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
        if (imageIds.isEmpty() == (job == null)) {
            throw new ParameterException(spec.commandLine(), "Give ids of images, or --job JOB");
        }
        return job == null ? removeImages(config, admin) : removeJob(job, config, admin);
    }

    private int removeImages(StageConfig config, Admin admin) {
        Set<String> wanted = new LinkedHashSet<>(imageIds);
        List<StoredImage> found = FiledImages.read(config, admin, (jobId, imageId) -> wanted.contains(imageId));
        Instant now = Instant.now();
        List<ImageDeletion> deletions = new ArrayList<>();
        found.forEach(image -> deletions.add(Deletions.of(image, now, by(), reason)));
        Set<String> unknown = new LinkedHashSet<>(wanted);
        found.forEach(image -> unknown.remove(image.getRequest().getImageId()));
        for (ModerationDecision refusal : refused(unknown, config, admin)) {
            if (unknown.remove(refusal.getSubject())) {
                deletions.add(Deletions.ofRefused(refusal.getSubject(), refusal.getJobId(), now, by(), reason));
            }
        }
        if (yes) {
            publish(config, deletions);
        }
        deletions.forEach(this::print);
        unknown.forEach(imageId -> System.err.println("dallemini: no image " + imageId
                + " is known: it is not stored yet, was deleted, or its job was forgotten"));
        System.err.println(summary(deletions.size(), ""));
        return unknown.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private @Nullable String by() {
        return by.isEmpty() ? null : by;
    }

    /** What the image filter refused of these. */
    private static List<ModerationDecision> refused(Set<String> imageIds, StageConfig config, Admin admin) {
        if (imageIds.isEmpty()) {
            return List.of();
        }
        try (ModerationLog decisions = ModerationLog.open(config, admin)) {
            return decisions.list(decision -> decision.getDecision() == ModerationOutcome.REFUSED
                    && imageIds.contains(decision.getSubject())
                    && decision.getSubject().contains("/"));
        }
    }

    private static void publish(StageConfig config, List<ImageDeletion> deletions) {
        try (ImageDeletionPublisher publisher = new ImageDeletionPublisher(config)) {
            for (int i = 0; i < deletions.size(); i += BATCH) {
                publisher.publish(deletions.subList(i, Math.min(deletions.size(), i + BATCH)));
            }
        }
    }

    private int removeJob(String jobId, StageConfig config, Admin admin) {
        Optional<JobStatus> status;
        try (JobLog jobs = JobLog.open(config, admin)) {
            status = jobs.find(jobId);
        }
        if (status.isEmpty()) {
            return JobsCommand.Action.unknown(jobId);
        }
        if (!Jobs.hasEnded(status.get())) {
            System.err.println("dallemini: job " + jobId + " has not ended: " + JobText.outcome(status.get())
                    + ". Cancel it first: dallemini jobs cancel " + jobId);
            return ExitCode.FAILURE;
        }
        List<StoredImage> images = FiledImages.read(config, admin, (of, imageId) -> of.equals(jobId));
        if (yes) {
            try (JobCommandPublisher commands = new JobCommandPublisher(config)) {
                commands.publish(jobId, JobAction.DELETE, by());
            }
        }
        images.forEach(image -> print(Deletions.of(image, Instant.EPOCH, null, null)));
        System.err.println(summary(images.size(), " and the job"));
        return ExitCode.OK;
    }

    private String summary(int images, String more) {
        return images
                + (images == 1 ? " image" : " images")
                + more
                + (yes ? " deleted" : " would be deleted")
                + (yes || images == 0 && more.isEmpty() ? "" : "; --yes does it");
    }

    private void print(ImageDeletion deletion) {
        String id = deletion.getImageId();
        if (deletion.getKeys().isEmpty()) {
            System.out.printf(isJson() ? "{\"id\":\"%s\"}%n" : "%-40s refused by the image filter%n", id);
        } else {
            String line = isJson() ? "{\"id\":\"%s\",\"bucket\":\"%s\",\"key\":\"%s\"}%n" : "%-40s %s %s%n";
            System.out.printf(line, id, deletion.getBucket(), deletion.getKeys().get(0));
        }
    }
}
