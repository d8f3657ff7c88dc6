package org.dallemini.dalle.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of a model, as it comes from strangers. What lies under its name in its place is told apart: nothing, a link
 * that leads nowhere, a folder, the pointer of git-lfs, an archive, a web page.
 */
public final class ModelFile {
    /** What to do about most damage. */
    public static final String ADVICE = "copy it from the published checkpoint";

    private static final int SNIFFED_BYTES = 512;

    /** Far above any file that is read as a whole. */
    private static final long MAX_BYTES = 1L << 28;

    private static final Pattern LFS_POINTER =
            Pattern.compile("version https://(?:git-lfs|hawser)\\.github\\.com/spec/.*", Pattern.DOTALL);
    private static final Pattern LFS_SIZE = Pattern.compile("\nsize ([0-9]{1,18})(?:\r?\n|$)");
    private static final Pattern MARKUP = Pattern.compile(
            "(?:\u00EF\u00BB\u00BF)?\\s*<(?:!doctype|!--|\\?xml|html|head|body|error|title)[\\s>-].*",
            Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    /** How archives begin. */
    private static final Map<String, String> ARCHIVES = Map.of(
            "\u001F\u008B", "gzip",
            "PK\u0003\u0004", "ZIP",
            "\u0028\u00B5\u002F\u00FD", "Zstandard",
            "\u00FD7zXZ\u0000", "xz",
            "BZh", "bzip2");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ModelFile() {}

    /** Whether anything has this name, be it a folder or a link that leads nowhere. */
    public static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Checks that there is a file that may be read, and that it is no other than what its name says as far as its first
     * bytes tell.
     *
     * @throws ModelException if not, saying what is there in its place and what to do
     */
    public static void require(Path file) throws IOException {
        require(file, ADVICE);
    }

    /**
     * The same where more can be said of a file that is missing.
     *
     * @param advice what to do then
     */
    public static void require(Path file, String advice) throws IOException {
        byte[] beginning;
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                String what = attributes.isDirectory() ? " is a folder, not a file; " : " is not a regular file; ";
                throw new ModelException(file + what + "put the file of this name there: " + ADVICE);
            }
            try (InputStream in = Files.newInputStream(file)) {
                beginning = in.readNBytes(SNIFFED_BYTES);
            }
        } catch (NoSuchFileException e) {
            throw new ModelException(file + missing(file) + "; " + advice, e);
        } catch (AccessDeniedException e) {
            throw new ModelException(
                    file + " may not be read by the user " + System.getProperty("user.name")
                            + "; give it the right to (chmod a+r for files, a+rx for folders)",
                    e);
        } catch (FileSystemException e) {
            if (Files.isSymbolicLink(file)) {
                throw new ModelException(file + " is a link that leads nowhere; " + advice, e);
            }
            throw e;
        }
        String problem = problem(beginning);
        if (problem != null) {
            throw new ModelException(file + " " + problem);
        }
    }

    private static String missing(Path file) throws IOException {
        return Files.isSymbolicLink(file)
                ? " is a link to " + Files.readSymbolicLink(file) + ", which is not there"
                : " is missing";
    }

    /** What the first bytes of a file tell of it; null if it may be what it should be. */
    private static @Nullable String problem(byte[] beginning) {
        if (beginning.length == 0) {
            return "is empty; " + ADVICE;
        }
        String latin = new String(beginning, ISO_8859_1);
        if (LFS_POINTER.matcher(latin).matches()) {
            Matcher size = LFS_SIZE.matcher(latin);
            return "is the pointer that git-lfs puts in place of a file"
                    + (size.find() ? " of " + size.group(1) + " bytes" : "")
                    + "; install git-lfs and run \"git lfs pull\" in the repository that was cloned, or fetch the model"
                    + " with \"dallemini models pull\"";
        }
        if (MARKUP.matcher(latin).matches()) {
            return "is a web page or a server's error saved under this name; fetch the file itself";
        }
        for (Map.Entry<String, String> archive : ARCHIVES.entrySet()) {
            if (latin.startsWith(archive.getKey())) {
                return "is compressed (" + archive.getValue() + "); unpack it";
            }
        }
        return null;
    }

    /**
     * The whole of a file that is to be small.
     *
     * @throws ModelException if it is not there or cannot be what it should be
     */
    public static byte[] read(Path file) throws IOException {
        require(file);
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new ModelException(file + " has " + size + " bytes, more than any file of this name; " + ADVICE);
        }
        return Files.readAllBytes(file);
    }

    /**
     * The JSON object in a file.
     *
     * @throws ModelException if it is not there or holds none
     */
    public static ObjectNode json(Path file) throws IOException {
        return json(read(file), file.toString());
    }

    /**
     * A JSON object. A byte order mark is skipped; a key that is there twice is refused.
     *
     * @param file where it comes from, for messages
     * @throws ModelException if it is none
     */
    public static ObjectNode json(byte[] bytes, String file) throws IOException {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw new ModelException(file + " is not a JSON object but "
                    + (json.isMissingNode()
                            ? "empty"
                            : json.getNodeType().toString().toLowerCase(Locale.ROOT)) + "; "
                    + ADVICE);
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " " + what(e) + "; " + ADVICE, e);
        } catch (CharacterCodingException e) {
            throw new ModelException(file + " is not UTF-8 text; " + ADVICE, e);
        }
    }

    /** What is wrong, without the parser's terms. */
    private static String what(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        String message = String.valueOf(e.getOriginalMessage());
        if (e instanceof JsonEOFException || message.contains("end-of-input") || message.contains("end-of-String")) {
            return "is cut off: its JSON has no end" + where;
        }
        if (message.startsWith("Duplicate field")) {
            return "has the key "
                    + message.substring("Duplicate field".length()).strip() + " twice" + where;
        }
        if (e instanceof MismatchedInputException) { // FAIL_ON_TRAILING_TOKENS
            return "goes on after its JSON object" + where;
        }
        return "is not JSON" + where;
    }
}
