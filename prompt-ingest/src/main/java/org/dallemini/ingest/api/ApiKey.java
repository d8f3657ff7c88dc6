package org.dallemini.ingest.api;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dallemini.ingest.http.Role;
import org.dallemini.policy.PromptFilterSettings;
import org.dallemini.schemas.Hashes;
import org.dallemini.stage.config.FilterMode;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the API. The key itself is not here, only its SHA-256: it has 256 random bits, so nobody finds it by
 * trying, and a slow hash would protect nothing.
 *
 * @param name for people, and to revoke it by
 * @param roles at least one
 * @param sha256 of the key's characters, in hexadecimal
 * @param promptFilter what is done with unwelcome prompts of this key; null for what the process does
 */
public record ApiKey(
        String name,
        Set<Role> roles,
        String sha256,
        @Nullable FilterMode promptFilter) {
    /** Lets scanners for leaked secrets recognise one. */
    private static final String MARK = "dallemini_";

    private static final int KEY_BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** The optional fourth field. */
    private static final Pattern FILTER = Pattern.compile(PromptFilterSettings.MODE + "=(refuse|flag|off)");

    public ApiKey {
        roles = Set.copyOf(roles);
    }

    /** Whether a name is 1 to 64 letters, digits, {@code .}, {@code _} and {@code -}, the first of the former two. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Draws a key, to be shown once. */
    public static String draw(SecureRandom random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is kept of a key. */
    public static ApiKey of(String name, Set<Role> roles, String key) {
        return new ApiKey(name, roles, HexFormat.of().formatHex(hash(key)), null);
    }

    /** The same key with another mode of the prompt filter. */
    public ApiKey withPromptFilter(@Nullable FilterMode mode) {
        return new ApiKey(name, roles, sha256, mode);
    }

    /** Takes the same time whatever the difference. */
    boolean isOf(byte[] hashOfKey) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(sha256), hashOfKey);
    }

    static byte[] hash(String key) {
        return Hashes.sha256(key);
    }

    boolean may(Role role) {
        return roles.stream().anyMatch(own -> own.includes(role));
    }

    /** One line of the keys file. */
    public String line() {
        return name + " " + words(roles) + " " + sha256 + (promptFilter == null ? "" : " " + words(promptFilter));
    }

    /** As it is written as a setting. */
    public static String words(FilterMode mode) {
        return PromptFilterSettings.MODE + "=" + mode.key();
    }

    /** The roles in the order of their reach, separated by commas. */
    public static String words(Set<Role> roles) {
        return new TreeSet<>(roles).stream().map(Role::word).collect(Collectors.joining(","));
    }

    /** Empty if it is no such line. */
    static Optional<ApiKey> parse(String line) {
        String[] fields = line.trim().split("\\s+");
        if (fields.length < 3
                || fields.length > 4
                || !isName(fields[0])
                || !HASH.matcher(fields[2]).matches()) {
            return Optional.empty();
        }
        Matcher filter = FILTER.matcher(fields.length == 4 ? fields[3] : "");
        if (fields.length == 4 && !filter.matches()) {
            return Optional.empty();
        }
        FilterMode mode = fields.length == 4 ? FilterMode.of(filter.group(1)) : null;
        List<Role> roles = Arrays.stream(fields[1].split(",", -1))
                .map(word -> Role.of(word).orElse(null))
                .filter(Objects::nonNull)
                .toList();
        return roles.size() == fields[1].split(",", -1).length
                ? Optional.of(new ApiKey(fields[0], Set.copyOf(roles), fields[2], mode))
                : Optional.empty();
    }
}
