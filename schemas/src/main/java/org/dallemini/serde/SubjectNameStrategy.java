package org.dallemini.serde;

import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;

/** Under which subject the registry keeps a schema. Named by Confluent's class names, which are not loaded. */
enum SubjectNameStrategy {
    /** {@code <topic>-value}: one record type a topic. The default. */
    TOPIC("TopicNameStrategy"),
    /** The record's full name: one schema whatever the topic. */
    RECORD("RecordNameStrategy"),
    /** {@code <topic>-<record name>}: several record types in a topic. */
    TOPIC_RECORD("TopicRecordNameStrategy");

    private static final String PACKAGE = "io.confluent.kafka.serializers.subject.";

    private final String simpleName;

    SubjectNameStrategy(String simpleName) {
        this.simpleName = simpleName;
    }

    String className() {
        return PACKAGE + simpleName;
    }

    /** @param name a class name of Confluent's, with or without its package */
    static SubjectNameStrategy named(String setting, String name) {
        return Arrays.stream(values())
                .filter(s -> name.equals(s.simpleName) || name.equals(s.className()))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        setting,
                        name,
                        "must be one of " + List.of(TOPIC.className(), RECORD.className(), TOPIC_RECORD.className())));
    }

    String subject(String topic, boolean isKey, Schema schema) {
        return switch (this) {
            case TOPIC -> topic + (isKey ? "-key" : "-value");
            case RECORD -> schema.getFullName();
            case TOPIC_RECORD -> topic + "-" + schema.getFullName();
        };
    }
}
