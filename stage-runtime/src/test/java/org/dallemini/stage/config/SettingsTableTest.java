package org.dallemini.stage.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
    @Test
    void shouldBeInTheReadmeAsTheyAreInTheCode() throws IOException {
        String table = new TreeMap<>(StageConfig.definition().configKeys())
                .values().stream().map(SettingsTableTest::row).collect(Collectors.joining("\n"));

        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    private static String row(ConfigDef.ConfigKey key) {
        String byDefault = ConfigDef.convertToString(key.defaultValue, key.type);
        String range = key.validator == null || key.type == ConfigDef.Type.STRING || key.type == ConfigDef.Type.LIST
                ? ""
                : " " + key.validator;
        return "| `" + key.name + "` | " + (byDefault.isEmpty() ? "" : "`" + byDefault + "`") + range + " | "
                + key.documentation + " |";
    }
}
