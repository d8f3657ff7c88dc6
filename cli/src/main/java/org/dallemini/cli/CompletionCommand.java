package org.dallemini.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
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
            "  source <(dallemini completion zsh)       in ~/.zshrc, behind compinit",
            "  dallemini completion fish | source       in ~/.config/fish/config.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    /** One script serves bash and zsh: in zsh it loads bashcompinit. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell;

    @Override
    public Integer call() {
        CommandLine program = spec.root().commandLine();
        System.out.println(
                shell == Shell.FISH
                        ? FishCompletion.of(program)
                        : AutoComplete.bash(spec.root().name(), program));
        return ExitCode.OK;
    }
}
