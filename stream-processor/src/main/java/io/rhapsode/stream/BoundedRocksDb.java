/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One block cache for all stores of the process, which write buffers, indexes and filters are charged to: without it
 * each store of each partition takes its own, and memory grows with the partitions.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

    /** Setting: bytes for all stores together. The first store that opens decides for the process. */
    static final String BYTES = "rhapsode.rocksdb.bytes";

    private static final long DEFAULT_BYTES = 64L << 20;

    /** Part of a write buffer for a filter of its keys: most of what is looked for is not there. */
    private static final double FILTER_OF_WRITE_BUFFER = 0.02;

    private static Cache cache;
    private static WriteBufferManager writeBuffers;

    private BloomFilter filter;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        share((Long) configs.getOrDefault(BYTES, DEFAULT_BYTES));
        filter = new BloomFilter();
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(cache);
        table.setCacheIndexAndFilterBlocks(true);
        table.setPinTopLevelIndexAndFilter(true);
        table.setPinL0FilterAndIndexBlocksInCache(true);
        table.setFilterPolicy(filter);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(writeBuffers);
        options.setWriteBufferSize(4L << 20);
        options.setMaxWriteBufferNumber(2);
        options.setMemtablePrefixBloomSizeRatio(FILTER_OF_WRITE_BUFFER);
        options.setMemtableWholeKeyFiltering(true);
    }

    private static synchronized void share(long bytes) {
        if (cache == null) {
            RocksDB.loadLibrary();
            cache = new LRUCache(bytes);
            writeBuffers = new WriteBufferManager(bytes / 2, cache);
        }
    }

    /** Closes what is of this store; the shared cache lives as long as the process. */
    @Override
    public void close(String storeName, Options options) {
        filter.close();
    }
}
