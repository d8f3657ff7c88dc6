package org.dallemini.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dallemini.schemas.EventSchemas.Subject;
import org.dallemini.serde.RegisteredSchema;
import org.dallemini.serde.RegistryException;
import org.dallemini.serde.SchemaRegistryClient;

/**
 * Brings the pipeline's schemas to a registry and compares the two: {@code schemas register|check|show}. Every method
 * throws {@link RegistryException} when the registry refuses or is not there.
 */
public final class SchemaRegistration {
    private final SchemaRegistryClient registry;
    private final List<Subject> subjects;

    public SchemaRegistration(SchemaRegistryClient registry, EventSchemas schemas, Topics topics) {
        this.registry = registry;
        this.subjects = schemas.subjects(topics);
    }

    /**
     * A subject after registration.
     *
     * @param created false if the registry had this very schema already
     */
    public record Registered(String subject, int version, int id, boolean created) {}

    /** How a schema of ours stands to its subject. */
    public enum Status {
        /** The registry does not know the subject. */
        MISSING,
        /** The very same schema is registered. */
        IDENTICAL,
        /** It may become the next version. */
        COMPATIBLE,
        /** It may not become the next version. */
        INCOMPATIBLE
    }

    /**
     * What a check found.
     *
     * @param messages the registry's reasons if incompatible
     */
    public record Checked(String subject, Status status, List<String> messages) {
        public boolean usable() {
            return status == Status.IDENTICAL;
        }
    }

    /**
     * A subject of the registry, ours or not.
     *
     * @param level what applies to it, its own or the registry's default
     * @param latest its latest version
     */
    public record Shown(String subject, String level, List<Integer> versions, RegisteredSchema latest) {}

    /** Sets the level of every subject of ours and registers its schema; doing it again changes nothing. */
    public List<Registered> register() {
        return subjects.stream().map(this::register).toList();
    }

    private Registered register(Subject subject) {
        String level = subject.level().name();
        if (!registry.compatibilityLevel(subject.name()).equals(Optional.of(level))) {
            registry.setCompatibilityLevel(subject.name(), subject.level());
        }
        Optional<RegisteredSchema> before = registry.find(subject.name(), subject.schema());
        RegisteredSchema now = before.orElseGet(() -> {
            registry.register(subject.name(), subject.schema(), false);
            return registry.find(subject.name(), subject.schema())
                    .orElseThrow(() -> new IllegalStateException(
                            "The registry took a schema for " + subject.name() + " and does not know it any more"));
        });
        return new Registered(subject.name(), now.version(), now.id(), before.isEmpty());
    }

    /** Compares without changing anything. */
    public List<Checked> check() {
        return subjects.stream().map(this::check).toList();
    }

    private Checked check(Subject subject) {
        if (registry.find(subject.name(), subject.schema()).isPresent()) {
            return new Checked(subject.name(), Status.IDENTICAL, List.of());
        }
        if (registry.versions(subject.name()).isEmpty()) {
            return new Checked(subject.name(), Status.MISSING, List.of());
        }
        List<String> messages = registry.incompatibilities(subject.name(), subject.schema());
        return new Checked(subject.name(), messages.isEmpty() ? Status.COMPATIBLE : Status.INCOMPATIBLE, messages);
    }

    /** Everything in the registry, by name. */
    public List<Shown> show() {
        String defaultLevel = registry.defaultCompatibilityLevel();
        List<Shown> shown = new ArrayList<>();
        for (String subject : registry.subjects().stream().sorted().toList()) {
            shown.add(new Shown(
                    subject,
                    registry.compatibilityLevel(subject).orElse(defaultLevel),
                    registry.versions(subject),
                    registry.latest(subject)));
        }
        return List.copyOf(shown);
    }
}
