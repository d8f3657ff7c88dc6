package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobManifest;
import org.dallemini.jobs.JobManifest.Written;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to write what became of a job. */
final class ManifestOptions {
    private static final String JSON_LINES = "application/jsonl";

    @Option(
            names = "--manifest",
            paramLabel = "DIR",
            description =
                    "When the job has ended, write manifest.jsonl (a line an image: where it is stored) and errors.jsonl (a line a failure) into this folder.")
    private @Nullable Path folder;

    @Option(
            names = "--bucket-manifest",
            description =
                    "When the job has ended, write the same two as objects into the bucket of the settings (s3.*): manifests/JOB/manifest.jsonl and errors.jsonl.")
    private boolean inBucket;

    boolean isWanted() {
        return folder != null || inBucket;
    }

    /** The folder on disk; null if none is asked for. */
    @Nullable
    Path folder() {
        return folder;
    }

    /** @throws org.apache.kafka.common.config.ConfigException if a manifest is asked for that could not be written */
    void check(Map<String, String> settings) {
        if (inBucket) {
            new StorageSinkConfig(settings);
        }
    }

    /**
     * Writes what is asked for, and says where.
     *
     * @param badLines JSON lines that come first among the errors; null for none
     */
    void write(StageConfig config, Admin admin, JobStatus job, Map<String, String> settings, @Nullable Path badLines)
            throws IOException {
        if (!isWanted()) {
            return;
        }
        Path target = folder == null ? Files.createTempDirectory("dallemini-manifest-") : folder;
        try {
            Written written = new JobManifest(config, admin, job).write(target, badLines);
            String where =
                    folder == null ? "" : target.resolve(JobManifest.IMAGES).toString();
            if (inBucket) {
                String bucket = upload(job.getJobId(), target, settings);
                where = where.isEmpty() ? bucket : where + " and " + bucket;
            }
            System.err.println(where + ": " + written.images() + (written.images() == 1 ? " image" : " images") + "; "
                    + written.errors() + (written.errors() == 1 ? " error" : " errors") + " beside it in "
                    + JobManifest.ERRORS);
            if (written.images() < job.getStored()) {
                System.err.println("dallemini: " + (job.getStored() - written.images())
                        + " images are older than what the topic stored-images keeps, and are not listed");
            }
        } finally {
            if (folder == null) {
                Files.deleteIfExists(target.resolve(JobManifest.IMAGES));
                Files.deleteIfExists(target.resolve(JobManifest.ERRORS));
                Files.deleteIfExists(target);
            }
        }
    }

    private static String upload(String jobId, Path from, Map<String, String> settings) throws IOException {
        try (var store = new MinioObjectStore(new StorageSinkConfig(settings).s3())) {
            String prefix = "manifests/" + jobId + "/";
            store.put(prefix + JobManifest.ERRORS, from.resolve(JobManifest.ERRORS), JSON_LINES);
            store.put(prefix + JobManifest.IMAGES, from.resolve(JobManifest.IMAGES), JSON_LINES);
            return "s3://" + store.bucket() + "/" + prefix + JobManifest.IMAGES;
        }
    }
}
