package org.dallemini.models.pull;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.models.pull.PullException.Kind;

/**
 * A repository of a hub.
 *
 * @param id owner and name
 * @param revision branch, tag or commit
 */
public record HubRepository(String id, String revision) {
    static final String DEFAULT_REVISION = "main";

    private static final String NAME = "[A-Za-z0-9_][\\w.-]{0,95}";
    private static final Pattern TEXT =
            Pattern.compile("(?<id>" + NAME + "/" + NAME + ")(@(?<revision>[\\w./-]{1,200}))?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][\\w.-]*(/[A-Za-z0-9_][\\w.-]*)*");

    /** Whether this is written as a repository is, whatever its revision. */
    static boolean isRepository(String text) {
        return TEXT.matcher(text).matches();
    }

    /**
     * Reads {@code OWNER/NAME} or {@code OWNER/NAME@REVISION}.
     *
     * @throws PullException {@link Kind#MISUSE} if it is written otherwise
     */
    static HubRepository parse(String text) throws PullException {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || parts.group("id").contains("..")) {
            throw new PullException(
                    Kind.MISUSE, "\"" + text + "\" is not written as OWNER/NAME or OWNER/NAME@REVISION");
        }
        var repository = new HubRepository(parts.group("id"), DEFAULT_REVISION);
        String revision = parts.group("revision");
        return revision == null ? repository : repository.at(revision);
    }

    HubRepository at(String other) throws PullException {
        if (!REVISION.matcher(other).matches() || other.contains("..")) {
            throw new PullException(Kind.MISUSE, "\"" + other + "\" is not a branch, tag or commit");
        }
        return new HubRepository(id, other);
    }
}
