package org.dallemini.training.data;

import io.minio.DownloadObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies what lies below {@code s3://BUCKET/PREFIX} into a folder, once: training reads each picture many times. The
 * store is that of the variables {@code DALLEMINI_S3_ENDPOINT}, {@code _REGION}, {@code _ACCESS_KEY} and
 * {@code _SECRET_KEY}.
 */
public final class BucketMirror {
    private static final String SCHEME = "s3://", VARIABLE = "DALLEMINI_S3_";

    private final Map<String, String> environment;
    private final PrintStream err;

    /** @param environment variables of the process */
    public BucketMirror(Map<String, String> environment, PrintStream err) {
        this.environment = environment;
        this.err = err;
    }

    /**
     * The places of a data set as files and folders: buckets are copied, anything else is left as it is.
     *
     * @param target where copies go; what is there with its full size is not fetched again
     * @throws DataException if a bucket cannot be read
     */
    public List<Path> local(List<String> places, Path target) throws IOException {
        List<Path> local = new ArrayList<>();
        for (String place : places) {
            local.add(place.startsWith(SCHEME) ? copy(place, target) : Path.of(place));
        }
        return local;
    }

    private Path copy(String place, Path target) throws IOException {
        String[] parts = place.substring(SCHEME.length()).split("/", 2);
        String bucket = parts[0];
        String prefix = parts.length == 1 ? "" : parts[1];
        Path folder = target.resolve(bucket);
        int fetched = 0;
        try (MinioClient client = client()) {
            var listing = ListObjectsArgs.builder()
                    .bucket(bucket)
                    .prefix(prefix)
                    .recursive(true)
                    .build();
            for (Result<Item> result : client.listObjects(listing)) {
                Item object = result.get();
                Path file = folder.resolve(object.objectName()).normalize();
                if (!file.startsWith(folder)) {
                    throw new DataException(place + ": the object " + object.objectName() + " would lie outside "
                            + folder + "; rename it");
                }
                if (!object.isDir() && (!Files.exists(file) || Files.size(file) != object.size())) {
                    Files.createDirectories(file.getParent());
                    client.downloadObject(DownloadObjectArgs.builder()
                            .bucket(bucket)
                            .object(object.objectName())
                            .filename(file.toString())
                            .overwrite(true)
                            .build());
                    fetched++;
                }
            }
        } catch (MinioException e) {
            throw new DataException(place + " cannot be read: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // of AutoCloseable and of the client's signatures
            throw new DataException(place + " cannot be read: " + e, e);
        }
        err.println(place + ": " + fetched + " objects fetched");
        return folder.resolve(prefix);
    }

    private MinioClient client() {
        return MinioClient.builder()
                .endpoint(variable("ENDPOINT"))
                .region(environment.getOrDefault(VARIABLE + "REGION", "us-east-1"))
                .credentials(variable("ACCESS_KEY"), variable("SECRET_KEY"))
                .build();
    }

    private String variable(String name) {
        @Nullable String value = environment.get(VARIABLE + name);
        if (value == null) {
            throw new DataException("s3://... needs the variable " + VARIABLE + name);
        }
        return value;
    }
}
