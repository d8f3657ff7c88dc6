package org.dallemini.models.pull;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.models.pull.PullException.Kind;

/** Where a model is fetched from. */
sealed interface ModelSource {

    /** Two repositories of a hub, one for each checkpoint. */
    record Hub(HubRepository bart, HubRepository vqgan) implements ModelSource {}

    /** A repository of a hub with a CLIP, which ranks pictures and draws none. */
    record Clip(HubRepository repository) implements ModelSource {}

    /**
     * A folder of a web server with {@code dalle-bart/} and {@code vqgan/} in it.
     *
     * @param address without a slash at its end
     */
    record Web(URI address) implements ModelSource {}

    /**
     * A folder of a bucket, likewise.
     *
     * @param prefix of its keys, with a slash at its end; empty for the whole bucket
     */
    record Bucket(String bucket, String prefix) implements ModelSource {
        /** Amazon's rules for names of buckets; no control characters in keys. */
        private static final Pattern TEXT =
                Pattern.compile("s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?<prefix>[^\\p{Cntrl}]*))?");

        /** Reads {@code s3://BUCKET/PREFIX}. */
        static Bucket parse(String text) throws PullException {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new PullException(Kind.MISUSE, "\"" + text + "\" is not written as s3://BUCKET/PREFIX");
            }
            String given = parts.group("prefix");
            String prefix = given == null ? "" : given.replaceAll("^/+|/+$", "");
            return new Bucket(parts.group("bucket"), prefix.isEmpty() ? "" : prefix + "/");
        }
    }
}
