package org.dallemini.dalle.bart;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.precision.Precision;
import org.jspecify.annotations.Nullable;

/**
 * The decoder on a bare ONNX Runtime session: keys and values are updated in place through pinned outputs, which DJL
 * cannot do. All memory is allocated for the largest batch at the start; a step sees the first rows of it. When a row
 * ends, a new one takes its place or the last one moves there, so that the rows of a step always lie together.
 */
final class OrtDecoder implements Decoder {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int startToken;
    private final int length;
    private final int vocabulary;
    private final DecoderMemory memory;
    /** By place; null where a row was closed. */
    private final List<@Nullable Row> rows = new ArrayList<>();

    private final int capacity;
    /** The graph must be run with a multiple of so many rows; those that are missing are filled up. */
    private final int multiple;

    private @Nullable DecoderTensors tensors;

    /**
     * @param session of the graph {@link BartGraphs#decoder}; not closed here
     * @param capacity how many rows can be open at a time
     * @param multiple of so many rows the graph must be run with, see {@link Precision#rowMultiple}
     */
    OrtDecoder(OrtEnvironment environment, OrtSession session, BartConfig config, int capacity, int multiple) {
        this.environment = environment;
        this.session = session;
        this.startToken = config.decoderStartTokenId();
        this.length = config.imageLength();
        this.vocabulary = config.vocabulary();
        this.capacity = capacity;
        this.multiple = multiple;
        this.memory = new DecoderMemory(config, capacity + multiple - 1);
    }

    @Override
    public Row open(EncodedText text) {
        int index = rows.indexOf(null);
        if (index < 0) {
            if (rows.size() == capacity) {
                throw new IllegalStateException("all " + capacity + " rows of the decoder are open");
            }
            index = rows.size();
            rows.add(null);
        }
        Row row = new Row(text, index, startToken, vocabulary);
        rows.set(index, row);
        return row;
    }

    @Override
    public void close(Row row) {
        if (rows.get(row.index) != row) {
            throw new IllegalStateException("the row is closed already");
        }
        rows.set(row.index, null);
    }

    @Override
    public void step() {
        compact();
        if (rows.isEmpty()) {
            return;
        }
        arrange();
        int filled = (rows.size() + multiple - 1) / multiple * multiple;
        fill(rows.size(), filled);
        run(view(filled), 0, rows.size());
        for (Row row : rows) {
            if (row != null) {
                row.position++;
            }
        }
    }

    @Override
    public void step(List<Row> some) {
        compact();
        arrange();
        for (Row row : some) {
            int next = row.index + 1;
            // Rows behind are run along if need be: fed what they were fed first, they change nothing but their logits
            float[] logitsBehind = new float[(multiple - 1) * vocabulary];
            memory.logits.get(next * vocabulary, logitsBehind);
            fill(next, row.index + multiple);
            try (DecoderTensors alone = new DecoderTensors(environment, memory, row.index, multiple)) {
                run(alone, row.index, 1);
            } catch (OrtException e) {
                throw failed(1, e);
            } finally {
                memory.logits.put(next * vocabulary, logitsBehind);
            }
        }
        for (Row row : some) {
            row.position++;
        }
    }

    @Override
    public FloatBuffer logits() {
        return memory.logits;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public void close() {
        forgetView();
    }

    private void run(DecoderTensors view, int first, int count) {
        int furthest = 0;
        for (int i = first; i < first + count; i++) {
            Row row = rows.get(i);
            if (row == null) {
                throw new IllegalStateException("no row at " + i);
            }
            if (row.position == length) {
                throw new IllegalStateException("the row has all its " + length + " tokens");
            }
            memory.feed(i, row.token, row.position);
            furthest = Math.max(furthest, row.position);
        }
        memory.total(furthest + 1);
        try {
            view.run(session);
        } catch (OrtException e) {
            throw failed(count, e);
        }
    }

    /** Feeds rows the start token. */
    private void fill(int from, int to) {
        for (int i = from; i < to; i++) {
            memory.feed(i, startToken, 0);
        }
    }

    private static ModelException failed(int count, OrtException e) {
        return new ModelException("a decoder step of " + count + " rows failed: " + e.getMessage(), e);
    }

    /** Fills the places of closed rows with the last ones. */
    private void compact() {
        for (int i = 0; i < rows.size(); i++) {
            while (rows.size() > i && rows.get(rows.size() - 1) == null) {
                rows.remove(rows.size() - 1);
            }
            if (i < rows.size() && rows.get(i) == null) {
                Row last = rows.remove(rows.size() - 1);
                if (last != null) { // never null: trailing nulls are gone
                    memory.moveSelf(last.index, i, last.position);
                    last.index = i;
                    last.packed = false;
                    rows.set(i, last);
                }
            }
        }
    }

    /** Makes room for the longest text and packs the cross attention of rows that are not in place. */
    private void arrange() {
        int longest = 0;
        for (Row row : rows) {
            if (row != null) {
                longest = Math.max(longest, row.text.length());
            }
        }
        boolean all = memory.textLength(longest);
        if (all) {
            forgetView();
        }
        for (Row row : rows) {
            if (row != null && (all || !row.packed)) {
                memory.pack(row.index, row.text);
                row.packed = true;
            }
        }
    }

    private DecoderTensors view(int count) {
        if (tensors == null || tensors.rows() != count) {
            forgetView();
            try {
                tensors = new DecoderTensors(environment, memory, 0, count);
            } catch (OrtException e) {
                throw failed(count, e);
            }
        }
        return tensors;
    }

    private void forgetView() {
        if (tensors != null) {
            tensors.close();
            tensors = null;
        }
    }
}
