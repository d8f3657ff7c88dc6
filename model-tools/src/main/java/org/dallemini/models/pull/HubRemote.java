package org.dallemini.models.pull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dallemini.models.pull.FileHash.Algorithm;
import org.dallemini.models.pull.Http.Answer;
import org.dallemini.models.pull.Http.Redirects;
import org.dallemini.models.pull.PullException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in a repository of a Hugging Face-style hub, at the commit that the revision was when it was opened:
 *
 * <pre>
 * GET /api/models/OWNER/NAME/revision/REVISION?blobs=true   commit, names, sizes and hashes
 * GET /OWNER/NAME/resolve/COMMIT/FILE                       the file, mostly by way of a storage host
 * </pre>
 */
final class HubRemote implements Remote {
    private static final int MAX_LISTING_BYTES = 32 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Http http;
    private final HubAccess hub;
    private final HubRepository repository;
    private final String commit;
    private final Map<String, JsonNode> listing;

    private HubRemote(
            Http http, HubAccess hub, HubRepository repository, String commit, Map<String, JsonNode> listing) {
        this.http = http;
        this.hub = hub;
        this.repository = repository;
        this.commit = commit;
        this.listing = listing;
    }

    /** Asks for the commit and the files of a repository. */
    static HubRemote open(Http http, HubAccess hub, HubRepository repository) throws IOException {
        URI uri = URI.create(hub.endpoint() + "/api/models/" + repository.id() + "/revision/"
                + repository.revision().replace("/", "%2F") + "?blobs=true");
        JsonNode answer = listing(http, hub, repository, uri);
        String commit = answer.path("sha").asText();
        if (!FileHash.isHex(Algorithm.GIT_SHA1, commit)) {
            throw noHub(uri, "it names no commit");
        }
        Map<String, JsonNode> files = new HashMap<>();
        answer.path("siblings").forEach(file -> files.put(file.path("rfilename").asText(), file));
        return new HubRemote(http, hub, repository, commit, files);
    }

    private static JsonNode listing(Http http, HubAccess hub, HubRepository repository, URI uri) throws IOException {
        try (Answer answer = http.send("GET", uri, Map.of(), hub.token(), Redirects.ALL)) {
            if (answer.status() != 200) {
                throw refusal(answer, hub, repository, "");
            }
            byte[] text = read(answer.body());
            if (text.length > MAX_LISTING_BYTES) {
                throw noHub(uri, "its list of files has no end");
            }
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw noHub(uri, "no JSON comes");
        }
    }

    private static byte[] read(InputStream body) throws PullException {
        try {
            return body.readNBytes(MAX_LISTING_BYTES + 1);
        } catch (IOException e) {
            throw new PullException(Kind.UNAVAILABLE, "The hub's list of files was cut off: " + Http.reason(e), e);
        }
    }

    private static PullException noHub(URI uri, String reason) {
        return new PullException(
                Kind.DAMAGED,
                Http.withoutQuery(uri) + " is not a hub's answer, " + reason + "; check " + HubAccess.ENDPOINT);
    }

    @Override
    public ModelOrigin.Origin origin() {
        return new ModelOrigin.Origin(hub.endpoint() + "/" + repository.id(), repository.revision(), commit);
    }

    @Override
    public String locate(String name) {
        return hub.endpoint() + "/" + repository.id() + "/resolve/" + commit + "/" + name;
    }

    @Override
    public Optional<RemoteFile> find(String name) throws IOException {
        JsonNode entry = listing.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        JsonNode large = entry.path("lfs");
        long size = large.path("size").asLong(entry.path("size").asLong(-1));
        FileHash hash = hash(large.path("sha256").asText(entry.path("blobId").asText()));
        if (size < 0 || hash == null) {
            return Optional.of(ask(name));
        }
        return Optional.of(new RemoteFile(name, locate(name), size, hash, null));
    }

    @Override
    public Optional<RemoteFile> readme() throws IOException {
        return find(Readme.FILE);
    }

    /** Some mirrors list names only; the rest then stands in the headers of the file's own address. */
    private RemoteFile ask(String name) throws IOException {
        try (Answer answer = http.send("HEAD", uri(name), Map.of(), hub.token(), Redirects.SAME_HOST)) {
            if (answer.status() >= 400) {
                throw refusal(answer, hub, repository, name);
            }
            String size = answer.anyHeader("X-Linked-Size")
                    .orElse(answer.status() == 200 ? String.valueOf(HttpFiles.length(answer)) : "");
            if (!size.matches("[0-9]{1,18}")) {
                throw new PullException(Kind.DAMAGED, "The hub does not say how large " + locate(name) + " is");
            }
            String tag = answer.anyHeader("X-Linked-Etag")
                    .or(() -> answer.anyHeader("ETag"))
                    .orElse("");
            return new RemoteFile(name, locate(name), Long.parseLong(size), hash(tag.replaceAll("^W/|\"", "")), null);
        }
    }

    private static @Nullable FileHash hash(String hex) {
        String lower = hex.toLowerCase(Locale.ROOT);
        for (Algorithm algorithm : Algorithm.values()) {
            if (FileHash.isHex(algorithm, lower)) {
                return new FileHash(algorithm, lower);
            }
        }
        return null;
    }

    private URI uri(String name) {
        return URI.create(locate(name));
    }

    @Override
    public Body open(RemoteFile file, long from) throws IOException {
        return HttpFiles.open(
                http,
                uri(file.name()),
                file,
                from,
                hub.token(),
                answer -> refusal(answer, hub, repository, file.name()));
    }

    private static PullException refusal(Answer answer, HubAccess hub, HubRepository repository, String file) {
        int status = answer.status();
        String code = answer.anyHeader("X-Error-Code").orElse("");
        String what = repository.id() + (file.isEmpty() ? "" : "/" + file) + " at " + hub.endpoint();
        if (answer.moved()) {
            return new PullException(
                    status == 404 ? Kind.NOT_FOUND : Kind.DENIED,
                    "The storage host behind the hub answers " + status + " for " + answer.address());
        }
        if (status == 401 || status == 403) {
            return new PullException(Kind.DENIED, denied(code, what, hub, repository));
        }
        if (status == 404) {
            return new PullException(
                    Kind.NOT_FOUND,
                    switch (code) {
                        case "RevisionNotFound" -> "There is no revision " + repository.revision() + " of " + what;
                        case "EntryNotFound" -> "There is no " + what + ", revision " + repository.revision();
                        default -> "There is no " + what + "; check the name";
                    });
        }
        return new PullException(Kind.REFUSED, "The hub answers " + status + " for " + answer.address());
    }

    /** A hub says 401 also for repositories that do not exist, so that nobody learns which private ones do. */
    private static String denied(String code, String what, HubAccess hub, HubRepository repository) {
        boolean gated = code.equals("GatedRepo");
        String conditions = "accept the conditions at " + hub.endpoint() + "/" + repository.id();
        if (hub.token() == null) {
            return what + (gated ? " is gated: " + conditions + " and set " : " is private or does not exist: set ")
                    + HubAccess.TOKEN + " to a token of an account that may read it";
        }
        return "The hub refuses the token in " + HubAccess.TOKEN + " for " + what
                + (gated
                        ? ", which is gated: " + conditions + " with the token's account"
                        : "; check that it is valid and may read this repository, and that the repository exists");
    }

    @Override
    public void close() {}
}
