import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * {@code java tools/TrimNatives.java LIB PLATFORM}: removes from the jars of a folder the native libraries of all
 * platforms but one, {@code linux-amd64} or {@code linux-arm64} (with glibc). A jar that has native libraries, but none
 * for that platform, is an error.
 */
final class TrimNatives {
    private static final Pattern NATIVE = Pattern.compile(".*([.](so|dll|dylib|jnilib|a)|[.]dsym/.*)");

    private TrimNatives() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("use: java tools/TrimNatives.java LIB linux-amd64|linux-arm64");
            System.exit(2);
        }
        Pattern wanted = wanted(arguments[1]);
        long before = 0;
        long after = 0;
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            for (Path jar : jars) {
                before += Files.size(jar);
                trim(jar, wanted, arguments[1]);
                after += Files.size(jar);
            }
        }
        System.out.printf(Locale.ROOT, "%d MB of jars, were %d MB%n", after >> 20, before >> 20);
    }

    /** In lower case. Each library has a spelling of its own. */
    private static Pattern wanted(String platform) {
        return Pattern.compile("(?!.*(musl|android))"
                + switch (platform) {
                    case "linux-amd64" -> ".*(linux.*(x86_64|x86-64|x64|amd64)|linux64).*";
                    case "linux-arm64" -> ".*linux.*(aarch64|arm64).*";
                    default -> throw new IllegalArgumentException(platform + ": use linux-amd64 or linux-arm64");
                });
    }

    private static void trim(Path jar, Pattern wanted, String platform) throws IOException {
        int kept = 0;
        int dropped = 0;
        Path trimmed = jar.resolveSibling(jar.getFileName() + ".trimmed");
        try (ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(trimmed))) {
            for (Enumeration<? extends ZipEntry> entries = from.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName().toLowerCase(Locale.ROOT);
                if (NATIVE.matcher(name).matches()) {
                    if (!wanted.matcher(name).matches()) {
                        dropped++;
                        continue;
                    }
                    kept++;
                }
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                try (InputStream content = from.getInputStream(entry)) {
                    content.transferTo(to);
                }
            }
        }
        if (dropped == 0) {
            Files.delete(trimmed);
        } else if (kept == 0) {
            Files.delete(trimmed);
            throw new IOException(jar + " has native libraries, but none for " + platform);
        } else {
            Files.move(trimmed, jar, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
