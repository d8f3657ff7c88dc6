package org.dallemini.ingest.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Env;
import org.rocksdb.Options;
import org.rocksdb.RocksMemEnv;

/**
 * {@link RocksDbMemory} without a disk: the test driver commits after each record, and each commit would sync files.
 */
public final class InMemoryRocksDb implements RocksDBConfigSetter {
    private static final Env ENV = new RocksMemEnv(Env.getDefault());

    private final RocksDbMemory usual = new RocksDbMemory();

    @Override
    public void setConfig(String store, Options options, Map<String, Object> settings) {
        usual.setConfig(store, options, settings);
        options.setEnv(ENV);
    }

    @Override
    public void close(String store, Options options) {
        usual.close(store, options);
    }
}
