package org.dallemini.serde;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Makes the serdes of the pipeline's values. The settings {@code value.serializer} and {@code value.deserializer} may
 * name other classes of the same wire format and settings, such as Confluent's
 * {@code io.confluent.kafka.serializers.KafkaAvroSerializer} and {@code KafkaAvroDeserializer}.
 *
 * <p>Unless set otherwise, records are written with the id of their own schema, which must have been registered:
 * {@code auto.register.schemas=false}, {@code avro.remove.java.properties=true} (ours never send those properties).
 * Failures to read are told apart by {@link SerdeErrors#isOutage}.
 */
public final class EventSerdes {
    static final String SERIALIZER = "value.serializer";
    static final String DESERIALIZER = "value.deserializer";

    private EventSerdes() {}

    /** Writes values of any of the pipeline's topics. Thread-safe. */
    public static <T extends SpecificRecord> Serializer<T> serializer(Map<String, ?> config) {
        TrustedEvents.allow(); // Confluent's serializer loads the class by its schema's name
        Map<String, Object> settings = new HashMap<>(config);
        settings.putIfAbsent(SerdeConfig.AUTO_REGISTER, "false");
        settings.putIfAbsent("avro.remove.java.properties", "true");
        Serializer<T> serializer = instance(settings, SERIALIZER, AvroSerializer.class, Serializer.class);
        serializer.configure(settings, false);
        return serializer;
    }

    /**
     * Reads values into the generated class, whatever version of the schema they were written with, or whatever other
     * schema that says the same: {@code docs/events.md} has the rules. A value of another type, or one that does not
     * fit, is an error. Another class that is set is asked for generic records, so that the rules are the same.
     */
    public static <T extends SpecificRecord> Deserializer<T> deserializer(Class<T> type, Map<String, ?> config) {
        TrustedEvents.allow();
        Map<String, Object> settings = new HashMap<>(config);
        Deserializer<?> chosen = instance(settings, DESERIALIZER, AvroDeserializer.class, Deserializer.class);
        if (chosen instanceof AvroDeserializer) {
            var ours = new AvroDeserializer<>(type);
            ours.configure(settings, false);
            return ours;
        }
        chosen.configure(ConvertingDeserializer.settings(settings), false);
        return new ConvertingDeserializer<>(chosen, type, new SerdeConfig(settings).getInt(SerdeConfig.MAX_SCHEMAS));
    }

    /** Both in one, for Kafka Streams. */
    public static <T extends SpecificRecord> Serde<T> serde(Class<T> type, Map<String, ?> config) {
        return Serdes.serdeFrom(serializer(config), deserializer(type, config));
    }

    @SuppressWarnings(
            "unchecked") // the class is named in the configuration; its type parameter is not known at run time
    private static <S> S instance(
            Map<String, Object> settings, String setting, Class<?> byDefault, Class<? super S> expected) {
        Object chosen = settings.getOrDefault(setting, byDefault);
        try {
            Class<?> type = chosen instanceof Class<?> c ? c : Utils.loadClass(chosen.toString(), Object.class);
            return (S) expected.cast(Utils.newInstance(type));
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new ConfigException(setting, chosen, "is no " + expected.getSimpleName() + " on the class path");
        }
    }
}
