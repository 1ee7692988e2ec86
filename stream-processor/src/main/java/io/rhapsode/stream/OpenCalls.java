/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.stream.state.OpenCall;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The open calls of one partition: their store, and beside it those that were touched lately as objects. A call's
 * messages come close together, and reading its state for each was a tenth of this service's time. Every change goes to
 * the store at once, so what is remembered may be forgotten at any time; nobody else may write to the store.
 */
final class OpenCalls {

    /** Twice as many are remembered: with the next bound some 50 MB in eight partitions, if every call is as long. */
    static final int MOST_LATELY = 256;

    private static final int LONGEST_REMEMBERED = 4_096;

    private final KeyValueStore<Bytes, OpenCall> store;

    /** Touched since the last time that some were forgotten, and before that. */
    private Map<Bytes, OpenCall> lately = new HashMap<>();

    private Map<Bytes, OpenCall> before = new HashMap<>();

    OpenCalls(KeyValueStore<Bytes, OpenCall> store) {
        this.store = store;
    }

    /** Null if the call is not open. */
    OpenCall get(Bytes callId) {
        OpenCall call = lately.get(callId);
        if (call == null) {
            call = before.get(callId);
        }
        return call == null ? store.get(callId) : call;
    }

    void put(Bytes callId, OpenCall call) {
        store.put(callId, call);
        before.remove(callId);
        if (call.getSerializedSize() <= LONGEST_REMEMBERED) {
            if (lately.size() >= MOST_LATELY) {
                forgetOld();
            }
            lately.put(callId, call);
        } else {
            lately.remove(callId);
        }
    }

    /**
     * Forgets the objects that were not written since this was called last. Kept longer, those of calls that are silent would
     * be copied at each of the young generation's collections.
     */
    void forgetOld() {
        var forgotten = before;
        before = lately;
        lately = forgotten;
        lately.clear();
    }

    /** Not the store's own delete, which would read what it deletes. */
    void delete(Bytes callId) {
        lately.remove(callId);
        before.remove(callId);
        store.put(callId, null);
    }

    KeyValueIterator<Bytes, OpenCall> all() {
        return store.all();
    }
}
