/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.stream.state.OpenCall;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The open calls of one partition: their store, and beside it those written last as objects. A call's messages come close
 * together, and reading its state for each was a tenth of this service's time. Every change goes to the store at once,
 * so what is remembered may be forgotten at any time; nobody else may write to the store.
 */
final class OpenCalls {

    /** With the next bound some 50 MB in eight partitions, if every call is as long; 10 as calls are. */
    static final int MOST_REMEMBERED = 512;

    private static final int LONGEST_REMEMBERED = 4_096;

    private final KeyValueStore<Bytes, OpenCall> store;
    private final Map<Bytes, OpenCall> latest = new LinkedHashMap<>(2 * MOST_REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, OpenCall> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    OpenCalls(KeyValueStore<Bytes, OpenCall> store) {
        this.store = store;
    }

    /** Null if the call is not open. */
    OpenCall get(Bytes callId) {
        OpenCall call = latest.get(callId);
        return call == null ? store.get(callId) : call;
    }

    void put(Bytes callId, OpenCall call) {
        store.put(callId, call);
        if (call.getSerializedSize() <= LONGEST_REMEMBERED) {
            latest.put(callId, call);
        } else {
            latest.remove(callId);
        }
    }

    /** Not the store's own delete, which would read what it deletes. */
    void delete(Bytes callId) {
        latest.remove(callId);
        store.put(callId, null);
    }

    KeyValueIterator<Bytes, OpenCall> all() {
        return store.all();
    }
}
