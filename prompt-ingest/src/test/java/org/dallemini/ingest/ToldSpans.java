package org.dallemini.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Headers;
import org.dallemini.stage.tracing.TraceSpan;
import org.dallemini.stage.tracing.Tracing;
import org.jspecify.annotations.Nullable;

/** Spans as lines of text, in the order of their ends: name, facts. */
public final class ToldSpans implements Tracing {
    private final List<String> ended = new CopyOnWriteArrayList<>();

    public List<String> ended() {
        return List.copyOf(ended);
    }

    @Override
    public TraceSpan process(Place place, Headers headers) {
        return new Told(place.partition() + ":" + place.offset());
    }

    @Override
    public TraceSpan request(String method, String route, UnaryOperator<@Nullable String> header) {
        return new Told(method + " " + route);
    }

    @Override
    public void close() {}

    private final class Told implements TraceSpan {
        private final String name;
        private volatile String facts = "";

        Told(String name) {
            this.name = name;
        }

        @Override
        public void write(Headers headers) {
            headers.remove("traceparent");
            headers.add("traceparent", name.getBytes(UTF_8));
        }

        @Override
        public void attribute(String name, String value) {
            facts += ", " + value;
        }

        @Override
        public void failed(String code) {
            facts += ", " + code;
        }

        @Override
        public void answered(int status) {
            facts += ", " + status;
        }

        @Override
        public void end() {
            ended.add(name + facts);
        }
    }
}
