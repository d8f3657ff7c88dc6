package org.dallemini.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.ingest.ApiSettings;
import org.dallemini.ingest.api.ApiKey;
import org.dallemini.ingest.api.KeysFile;
import org.dallemini.ingest.http.Role;
import org.dallemini.lock.ProcessLock;
import org.dallemini.stage.config.FilterMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dallemini keys}: who may use the HTTP API. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Creates, lists and revokes the keys of the HTTP API.",
        subcommands = {KeysCommand.Create.class, KeysCommand.ListKeys.class, KeysCommand.Revoke.class})
final class KeysCommand extends CommandGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What all have in common. */
    abstract static class Action extends ConfiguredAction {
        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "The keys file (default: the setting api.keys.file).")
        private @Nullable Path file;

        @Option(names = "--output", paramLabel = "FORMAT", defaultValue = "text", description = "text or json.")
        private OutputFormat format;

        Path file() {
            if (file != null) {
                return file.toAbsolutePath();
            }
            String setting = values().getOrDefault(ApiSettings.KEYS_FILE, "");
            if (setting.isEmpty()) {
                throw misuse("Which file? Give --file, or set " + ApiSettings.KEYS_FILE + ".");
            }
            return Path.of(setting).toAbsolutePath();
        }

        /** What is to be done to the keys; its exit code. */
        interface Change {
            int apply(List<ApiKey> keys) throws IOException;
        }

        /** Reads the keys, changes them, and writes them unless that failed; nobody else does so meanwhile. */
        int change(Change change) throws IOException {
            Path path = file();
            var lock = ProcessLock.tryAcquire(path.resolveSibling(path.getFileName() + ".lock"));
            if (lock.isEmpty()) {
                System.err.println("dallemini: another process changes " + path + ": try again");
                return ExitCode.TRY_AGAIN;
            }
            try (ProcessLock held = lock.get()) {
                List<ApiKey> keys = new ArrayList<>(KeysFile.readIfThere(path));
                int code = change.apply(keys);
                if (code == ExitCode.OK) {
                    KeysFile.write(path, keys);
                }
                return code;
            }
        }

        /** @param text printed as it is unless JSON is wanted */
        void print(String text, Map<String, ?> fields) throws JsonProcessingException {
            System.out.println(format == OutputFormat.JSON ? JSON.writeValueAsString(fields) : text);
        }

        static Map<String, Object> fields(ApiKey key) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", key.name());
            fields.put("roles", List.of(ApiKey.words(key.roles()).split(",")));
            fields.put(
                    "filterPrompt",
                    key.promptFilter() == null ? null : key.promptFilter().key());
            return fields;
        }
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Draws a key, prints it this once, and adds its SHA-256 to the keys file.")
    static final class Create extends Action {
        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Whose key it is: letters, digits, '.', '_' and '-'.")
        private String name;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "read: ask for jobs; submit: submit them too; admin: everything. May be repeated.")
        private List<Role> roles;

        @Option(
                names = "--filter-prompt",
                paramLabel = "MODE",
                description =
                        "What is done with unwelcome prompts of this key: refuse, flag (let pass with a mark) or off (default: what the setting filter.prompt of the prompt ingest says). A laxer mode than that needs moderation.release.key there.")
        private @Nullable FilterMode promptFilter;

        @Override
        public Integer call() throws IOException {
            if (!ApiKey.isName(name)) {
                throw misuse("--name is not allowed: use 1 to 64 letters, digits, '.', '_' and '-', a letter or digit"
                        + " first.");
            }
            String drawn = ApiKey.draw(new SecureRandom());
            ApiKey key = ApiKey.of(name, EnumSet.copyOf(roles), drawn).withPromptFilter(promptFilter);
            int code = change(keys -> {
                if (keys.stream().anyMatch(other -> other.name().equals(name))) {
                    System.err.println(
                            "dallemini: there is a key " + name + ": revoke it first, or choose another name");
                    return ExitCode.FAILURE;
                }
                keys.add(key);
                return ExitCode.OK;
            });
            if (code == ExitCode.OK) {
                System.err.println("The key of " + name + "; it is kept nowhere and cannot be shown again:");
                Map<String, Object> fields = fields(key);
                fields.put("key", drawn);
                print(drawn, fields);
            }
            return code;
        }
    }

    @Command(
            name = "list",
            aliases = "ls",
            mixinStandardHelpOptions = true,
            description = "Prints names, roles and modes of the prompt filter, one key a line.")
    static final class ListKeys extends Action {
        @Override
        public Integer call() throws IOException {
            for (ApiKey key : KeysFile.read(file())) {
                FilterMode filter = key.promptFilter();
                print(
                        key.name() + " " + ApiKey.words(key.roles())
                                + (filter == null ? "" : " " + ApiKey.words(filter)),
                        fields(key));
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Takes a key out of the file; processes that read it notice at their next request.")
    static final class Revoke extends Action {
        @Parameters(index = "0", paramLabel = "NAME", description = "The key's name.")
        private String name;

        @Override
        public Integer call() throws IOException {
            return change(keys -> {
                if (keys.removeIf(key -> key.name().equals(name))) {
                    System.err.println("Revoked the key of " + name);
                    return ExitCode.OK;
                }
                System.err.println("dallemini: there is no key of that name: see 'dallemini keys list'");
                return ExitCode.FAILURE;
            });
        }
    }
}
