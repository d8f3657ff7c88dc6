package org.dallemini.serde;

import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro instantiate our generated classes. Since 1.12.2 Avro refuses every class that its process-wide validator
 * does not trust, and by default that is every class outside of the JDK. {@link EventSerdes} and every serializer and
 * deserializer of ours call {@link #allow()}; who builds events before making one of those calls it first.
 */
public record TrustedEvents(ClassSecurityPredicate others) implements ClassSecurityPredicate {
    private static final String PACKAGE = "org.dallemini.events.";

    /** Adds our events to whatever is trusted already; a second call changes nothing. */
    public static synchronized void allow() {
        ClassSecurityPredicate global = ClassSecurityValidator.getGlobal();
        if (!(global instanceof TrustedEvents)) {
            ClassSecurityValidator.setGlobal(new TrustedEvents(global));
        }
    }

    @Override
    public boolean isTrusted(Class<?> type) {
        return type.getName().startsWith(PACKAGE) || others.isTrusted(type);
    }

    @Override
    public void forbiddenClass(String className) {
        others.forbiddenClass(className);
    }
}
