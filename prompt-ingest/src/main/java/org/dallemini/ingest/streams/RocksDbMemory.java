package org.dallemini.ingest.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * Keeps stores small in memory: what they hold of a prompt, an image or a job is some hundred bytes, and asked for a
 * few times. Kafka Streams' defaults are 50 MB of cache and three write buffers of 16 MB, for each store of each
 * partition, and for each of the three segments of a window store; here each takes at most 3 MB.
 */
public final class RocksDbMemory implements RocksDBConfigSetter {
    private static final long CACHE_BYTES = 1 << 20;
    private static final long WRITE_BUFFER_BYTES = 1 << 20;

    private final Cache cache = new LRUCache(CACHE_BYTES);

    /** For Kafka Streams, which makes one for each store, or segment of one. */
    public RocksDbMemory() {}

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(cache);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
        // Nobody reads them, and where a process ends at once, as on a full disk, their thread can crash it on the way.
        options.setStatsDumpPeriodSec(0);
        options.setStatsPersistPeriodSec(0);
    }

    @Override
    public void close(String storeName, Options options) {
        cache.close();
    }
}
