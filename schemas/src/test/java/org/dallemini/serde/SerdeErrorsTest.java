package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.EOFException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.PromptRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SerdeErrorsTest {
    private static final byte[] ID_7 = {0, 0, 0, 0, 7, 2, 'a'};

    /** Which of the two a status of the registry means, for our deserializer and for Confluent's. */
    @ParameterizedTest
    @CsvSource({
        "404, 40403, false",
        "404, 404, true",
        "401, 40101, true",
        "403, 40301, true",
        "408, 408, true",
        "422, 42205, true",
        "429, 42901, true",
        "500, 50001, true",
        "502, 502, true",
        "503, 503, true",
        "504, 504, true"
    })
    void shouldJudgeTheRegistrysAnswers(int status, int code, boolean outage) throws Exception {
        try (StubRegistry registry = new StubRegistry()) {
            // Given
            String body = "{\"error_code\":" + code + ",\"message\":\"no\"}";
            registry.answer("GET", "/schemas/ids/7", status, body);
            Map<String, Object> ours = new HashMap<>(registry.settings());
            ours.put("max.retries", 0);
            Map<String, Object> genuine = new HashMap<>(ours);
            genuine.put("value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer");

            for (Map<String, Object> settings : List.of(ours, genuine)) {
                // When
                Deserializer<PromptRequest> deserializer = EventSerdes.deserializer(PromptRequest.class, settings);
                Throwable failure = catchThrowable(() -> deserializer.deserialize("prompts", ID_7));

                // Then
                assertThat(failure).isNotNull();
                assertThat(SerdeErrors.isOutage(failure)).as("%s", failure).isEqualTo(outage);
            }
        }
    }

    static Stream<Throwable> outages() {
        return Stream.of(
                new SerializationException("wrapped", new ConnectException("refused")),
                new InterruptException("stopping"),
                new RuntimeException(new RegistryUnavailableException(503, "busy", null)));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void shouldLookAtTheCauses(Throwable failure) {
        assertThat(SerdeErrors.isOutage(failure)).isTrue();
    }

    @Test
    void shouldBlameTheRecordForItsBytes() {
        assertThat(SerdeErrors.isOutage(new SerializationException("wrapped", new EOFException())))
                .isFalse();
        assertThat(SerdeErrors.isOutage(new SerializationException("Unknown magic byte!")))
                .isFalse();
        assertThat(SerdeErrors.isOutage(new MalformedRecordException("no", new ConnectException())))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.example.Nowhere", "java.lang.String"})
    void shouldRefuseToMakeOtherClasses(String name) {
        assertThat(catchThrowable(() -> EventSerdes.deserializer(
                        PromptRequest.class,
                        Map.of("schema.registry.url", "http://localhost", "value.deserializer", name))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }
}
