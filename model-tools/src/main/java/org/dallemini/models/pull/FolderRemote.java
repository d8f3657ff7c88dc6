package org.dallemini.models.pull;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.dallemini.models.pull.Http.Answer;
import org.dallemini.models.pull.Http.Redirects;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in a folder of a web server. Such a folder has no list, so files are looked up by the names that are
 * known.
 */
final class FolderRemote implements Remote {
    private final Http http;
    private final URI folder;

    /** @param folder without a slash at its end */
    FolderRemote(Http http, URI folder) {
        this.http = http;
        this.folder = folder;
    }

    @Override
    public ModelOrigin.Origin origin() {
        return new ModelOrigin.Origin(folder.toString(), null, null);
    }

    @Override
    public String locate(String name) {
        return folder + "/" + name;
    }

    @Override
    public Optional<RemoteFile> find(String name) throws IOException {
        try (Answer answer = http.send("HEAD", URI.create(locate(name)), Map.of(), null, Redirects.ALL)) {
            if (answer.status() == 404 || answer.status() == 410) {
                return Optional.empty();
            }
            if (answer.status() != 200) {
                throw refusal(answer);
            }
            long size = HttpFiles.length(answer);
            if (size < 0) {
                throw new PullException(
                        Kind.REFUSED,
                        answer.address() + " does not say how large it is (no Content-Length), so it could not be"
                                + " told whether all of it came");
            }
            return Optional.of(new RemoteFile(name, locate(name), size, null, validator(answer)));
        }
    }

    /** Weak entity tags do not promise the same bytes. */
    private static @Nullable String validator(Answer answer) {
        return answer.header("ETag")
                .filter(tag -> tag.startsWith("\""))
                .or(() -> answer.header("Last-Modified"))
                .orElse(null);
    }

    @Override
    public Body open(RemoteFile file, long from) throws IOException {
        return HttpFiles.open(http, URI.create(locate(file.name())), file, from, null, FolderRemote::refusal);
    }

    private static PullException refusal(Answer answer) {
        int status = answer.status();
        return switch (status) {
            case 401, 403 ->
                new PullException(
                        Kind.DENIED, answer.address() + " may not be read (" + status + "); no credentials are sent");
            case 404, 410 -> new PullException(Kind.NOT_FOUND, "There is no " + answer.address() + " any more");
            default -> new PullException(Kind.REFUSED, answer.address() + " answers " + status);
        };
    }

    @Override
    public void close() {}
}
