package org.dallemini.models.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A server that behaves as a Hugging Face-style hub does: weights are large files that it sends on to a storage host of
 * another port, all others come from itself, under an address relative to it. Both speak plain http.
 */
public final class FakeHub implements AutoCloseable {
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A request that came. */
    public record Seen(
            String host,
            String method,
            String path,
            @Nullable String authorization,
            @Nullable String range,
            @Nullable String ifRange) {}

    private final HttpServer hub;
    private final HttpServer storage;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Map<String, byte[]>> repositories = new ConcurrentHashMap<>();
    private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    public volatile String commit = COMMIT;
    public volatile @Nullable String requiredToken;
    public volatile boolean listsNamesOnly;
    public volatile long claimedSize = -1;

    private FakeHub(HttpServer hub, HttpServer storage) {
        this.hub = hub;
        this.storage = storage;
    }

    public static FakeHub start() throws IOException {
        var fake = new FakeHub(server(), server());
        fake.hub.createContext("/", exchange -> fake.serve("hub", exchange));
        fake.storage.createContext("/", exchange -> fake.serve("storage", exchange));
        for (HttpServer server : List.of(fake.hub, fake.storage)) {
            server.setExecutor(fake.threads);
            server.start();
        }
        return fake;
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    public URI address() {
        return address(hub);
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Publishes all files of a folder. */
    public FakeHub publish(String repository, Path folder) throws IOException {
        var files = new ConcurrentHashMap<String, byte[]>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            for (Path file : found) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        repositories.put(repository, files);
        return this;
    }

    /** The files of a repository, to be changed. */
    public Map<String, byte[]> files(String repository) {
        return repositories.getOrDefault(repository, Map.of());
    }

    /** The next answers to GET for addresses that end so are these, whoever gives them at last. */
    public void failGet(String end, Fault... next) {
        faults.computeIfAbsent(end, e -> new ArrayDeque<>()).addAll(List.of(next));
    }

    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Requests for the contents of files whose path ends so, at the host that has them. */
    public List<Seen> downloads(String host, String end) {
        return seen.stream()
                .filter(s -> s.host().equals(host)
                        && s.method().equals("GET")
                        && s.path().endsWith(end))
                .toList();
    }

    private void serve(String host, HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        var headers = exchange.getRequestHeaders();
        seen.add(new Seen(
                host,
                exchange.getRequestMethod(),
                path,
                headers.getFirst("Authorization"),
                headers.getFirst("Range"),
                headers.getFirst("If-Range")));
        try (exchange) {
            if (host.equals("storage")) {
                String[] parts = path.substring(1).split("/", 3);
                answer(exchange, path, content(parts[0] + "/" + parts[1], parts[2]));
            } else if (path.startsWith("/web/")) {
                web(exchange, path);
            } else if (path.startsWith("/api/models/")) {
                api(exchange, path.substring("/api/models/".length()));
            } else {
                resolve(exchange, path);
            }
        }
    }

    /** A plain folder: {@code /web/OWNER/NAME/FILE} is a file of a repository, with an entity tag. */
    private void web(HttpExchange exchange, String path) throws IOException {
        String[] parts = path.substring("/web/".length()).split("/", 3);
        byte[] content = content(parts[0] + "/" + parts[1], parts[2]);
        if (content != null) {
            String tag = "\"" + gitSha1(content) + "\"";
            exchange.getResponseHeaders().set("ETag", tag);
            String wanted = exchange.getRequestHeaders().getFirst("If-Range");
            if (wanted != null && !wanted.equals(tag)) {
                Fault.whole().answer(exchange, content);
                return;
            }
        }
        answer(exchange, path, content);
    }

    private void api(HttpExchange exchange, String path) throws IOException {
        if (refused(exchange) || failed(exchange, path, new byte[0])) {
            return;
        }
        String[] parts = path.split("/revision/", 2);
        Map<String, byte[]> files = repositories.get(parts[0]);
        if (files == null) {
            Fault.status(404, "X-Error-Code", "RepoNotFound").answer(exchange, new byte[0]);
        } else if (!List.of("main", "refs/pr/1", commit).contains(parts[1])) {
            Fault.status(404, "X-Error-Code", "RevisionNotFound").answer(exchange, new byte[0]);
        } else {
            Fault.whole().answer(exchange, listing(files).getBytes(UTF_8));
        }
    }

    private String listing(Map<String, byte[]> files) {
        ObjectNode answer = JSON.createObjectNode().put("sha", commit);
        var siblings = answer.putArray("siblings");
        new TreeMap<>(files).forEach((name, content) -> {
            ObjectNode file = siblings.addObject().put("rfilename", name);
            if (listsNamesOnly) {
                return;
            }
            file.put("size", content.length).put("blobId", gitSha1(content));
            if (isLarge(name)) {
                file.putObject("lfs")
                        .put("sha256", sha256(content))
                        .put("size", claimedSize < 0 ? content.length : claimedSize);
            }
        });
        return answer.toString();
    }

    /** Small files are first sent on to another address of the hub's own. */
    private void resolve(HttpExchange exchange, String path) throws IOException {
        String[] parts = path.substring(1).split("/resolve/" + commit + "/", 2);
        byte[] content = parts.length < 2 ? null : content(parts[0], parts[1]);
        if (refused(exchange)) {
            return;
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        if (path.startsWith("/cache/")) {
            String[] cached = path.substring("/cache/".length()).split("/", 3);
            answer(exchange, path, content(cached[0] + "/" + cached[1], cached[2]));
        } else if (content == null) {
            answer(exchange, path, null);
        } else if (isLarge(parts[1])) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(content) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
            redirect(exchange, address(storage) + "/" + parts[0] + "/" + parts[1] + "?signature=secret");
        } else {
            exchange.getResponseHeaders().set("ETag", "\"" + gitSha1(content) + "\"");
            redirect(exchange, "/cache/" + parts[0] + "/" + parts[1]);
        }
    }

    private static void redirect(HttpExchange exchange, String location) throws IOException {
        Fault.status(302, "Location", location).answer(exchange, new byte[0]);
    }

    private boolean refused(HttpExchange exchange) throws IOException {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (requiredToken == null || ("Bearer " + requiredToken).equals(given)) {
            return false;
        }
        Fault.status(401, "X-Error-Code", given == null ? "RepoNotFound" : "GatedRepo")
                .answer(exchange, new byte[0]);
        return true;
    }

    private byte @Nullable [] content(String repository, String name) {
        Map<String, byte[]> files = repositories.get(repository);
        return files == null ? null : files.get(name);
    }

    private void answer(HttpExchange exchange, String path, byte @Nullable [] content) throws IOException {
        if (content == null) {
            Fault.status(404, "X-Error-Code", "EntryNotFound").answer(exchange, new byte[0]);
        } else if (!failed(exchange, path, content)) {
            begin(exchange, content, from(exchange));
            if (!exchange.getRequestMethod().equals("HEAD")) {
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(content, from(exchange), content.length - from(exchange));
                }
            }
        }
    }

    private boolean failed(HttpExchange exchange, String path, byte[] content) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            return false;
        }
        for (Map.Entry<String, Deque<Fault>> entry : faults.entrySet()) {
            Fault fault = path.endsWith(entry.getKey()) ? entry.getValue().poll() : null;
            if (fault != null) {
                fault.answer(exchange, content);
                return true;
            }
        }
        return false;
    }

    /** The first byte that is asked for. */
    static int from(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    }

    /** The head of a right answer. */
    static void begin(HttpExchange exchange, byte[] content, int from) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length - from));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, head ? -1 : content.length - from);
    }

    static boolean isLarge(String name) {
        return name.endsWith(".msgpack");
    }

    public static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    public static String gitSha1(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(UTF_8);
        byte[] all = new byte[head.length + content.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return hash("SHA-1", all);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
        threads.shutdownNow();
    }
}
