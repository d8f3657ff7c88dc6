package org.dallemini.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini completion}: a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script by which a shell completes commands and options.",
        footer = {
            "",
            "Put one of these where your shell begins:",
            "  source <(dallemini completion bash)      in ~/.bashrc",
            "  source <(dallemini completion zsh)       in ~/.zshrc, behind compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    /** One script serves both: in zsh it loads bashcompinit. */
    enum Shell {
        BASH,
        ZSH
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell;

    @Override
    public Integer call() {
        System.out.println(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
        return ExitCode.OK;
    }
}
