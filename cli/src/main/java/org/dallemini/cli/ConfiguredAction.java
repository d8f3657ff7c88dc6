package org.dallemini.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command of a group that needs the settings. */
abstract class ConfiguredAction implements Callable<Integer> {
    @ParentCommand
    private CommandGroup parent;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions log;

    final ProgramFolders home() {
        return parent.root().home();
    }

    final Map<String, String> values() {
        return config.values(home());
    }

    final boolean isTerminal() {
        return log.isTerminal();
    }

    final ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
