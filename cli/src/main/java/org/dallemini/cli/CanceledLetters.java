package org.dallemini.cli;

import java.util.function.Predicate;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.stage.ErrorCode;
import picocli.CommandLine.Option;

/** Letters of images that were given up because their job was canceled: nothing went wrong, and there may be many. */
final class CanceledLetters {
    @Option(
            names = "--canceled",
            description =
                    "Those of canceled jobs too, as --code canceled means them alone; otherwise they are left out.")
    private boolean areMeant;

    private int leftOut;

    /** What is meant without those, which are counted, unless an option names them. */
    Predicate<DeadLetter> leaveOut(DlqFilterOptions options, Predicate<DeadLetter> meant) {
        return areMeant || options.names(ErrorCode.CANCELED) ? meant : meant.and(this::isOther);
    }

    private boolean isOther(DeadLetter letter) {
        boolean isCanceled = letter.code().equals(ErrorCode.CANCELED.code());
        leftOut += isCanceled ? 1 : 0;
        return !isCanceled;
    }

    /** How many were left out, as the end of a summary; empty if none. */
    String summary() {
        return leftOut == 0 ? "" : "; " + leftOut + " of canceled jobs left out (--canceled)";
    }
}
