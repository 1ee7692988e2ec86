/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;

/** When to look at which call again, in buckets of a second. In memory; rebuilt from the store at start. */
final class ExpiryBuckets {

    private static final long WIDTH = 1_000_000;

    private final TreeMap<Long, LinkedHashSet<Bytes>> buckets = new TreeMap<>();
    private final Map<Bytes, Long> bucketOf = new HashMap<>();

    int size() {
        return bucketOf.size();
    }

    boolean contains(Bytes callId) {
        return bucketOf.containsKey(callId);
    }

    /**
     * Looks at the call at this time, or earlier if that was asked for before: putting off is left to the look itself,
     * so that a message costs no move from bucket to bucket.
     */
    void notLaterThan(Bytes callId, long micros) {
        long bucket = Math.floorDiv(micros, WIDTH);
        Long known = bucketOf.get(callId);
        if (known != null && known <= bucket) {
            return;
        }
        if (known != null) {
            remove(callId, known);
        }
        bucketOf.put(callId, bucket);
        buckets.computeIfAbsent(bucket, ignored -> new LinkedHashSet<>()).add(callId);
    }

    /** Takes out one call whose bucket is over; null if there is none. */
    Bytes pollDue(long nowMicros) {
        return buckets.isEmpty() || (buckets.firstKey() + 1) * WIDTH > nowMicros ? null : poll();
    }

    /** Takes out the call that is next, due or not; null if there is none. */
    Bytes poll() {
        if (buckets.isEmpty()) {
            return null;
        }
        var first = buckets.firstEntry();
        Bytes callId = first.getValue().iterator().next();
        bucketOf.remove(callId);
        remove(callId, first.getKey());
        return callId;
    }

    void remove(Bytes callId) {
        Long bucket = bucketOf.remove(callId);
        if (bucket != null) {
            remove(callId, bucket);
        }
    }

    private void remove(Bytes callId, long bucket) {
        var calls = buckets.get(bucket);
        calls.remove(callId);
        if (calls.isEmpty()) {
            buckets.remove(bucket);
        }
    }
}
