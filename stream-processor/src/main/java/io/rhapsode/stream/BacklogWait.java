/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/**
 * Calls that changed while a backlog is read. It passes fast, and their records would be replaced at once: each waits for
 * its next messages. A new call waits five seconds, since others may be waiting to be told of it; one that was published
 * waits a tenth of the time that is behind, five to thirty seconds.
 */
final class BacklogWait {

    /** This far behind, what changes waits. */
    private static final long BEHIND_MICROS = 30_000_000;

    private static final long SHORTEST_MICROS = 5_000_000;
    private static final long LONGEST_MICROS = 30_000_000;
    private static final int SHARE = 10;

    /** Since when each waits, by the wall clock; the longest first. */
    private final Map<Bytes, Long> fresh = new LinkedHashMap<>();

    private final Map<Bytes, Long> known = new LinkedHashMap<>();

    static boolean isFor(long behindMicros) {
        return behindMicros > BEHIND_MICROS;
    }

    void add(Bytes callId, boolean isNew, long wallMicros) {
        if (isNew) {
            fresh.put(callId, wallMicros);
        } else if (!fresh.containsKey(callId)) {
            known.putIfAbsent(callId, wallMicros);
        }
    }

    void remove(Bytes callId) {
        fresh.remove(callId);
        known.remove(callId);
    }

    /** Since when the one has waited that has waited longest; {@link Long#MAX_VALUE} if none waits. */
    long oldest() {
        return Math.min(oldest(fresh), oldest(known));
    }

    private static long oldest(Map<Bytes, Long> waiting) {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.values().iterator().next();
    }

    /** Moves those that have waited long enough, or all where no backlog is left. */
    void takeInto(Set<Bytes> changed, long wallMicros, long behindMicros) {
        if (isFor(behindMicros)) {
            take(fresh, changed, wallMicros - SHORTEST_MICROS);
            long wait = Math.min(LONGEST_MICROS, behindMicros / SHARE);
            take(known, changed, wallMicros - Math.max(SHORTEST_MICROS, wait));
        } else {
            take(fresh, changed, Long.MAX_VALUE);
            take(known, changed, Long.MAX_VALUE);
        }
    }

    private static void take(Map<Bytes, Long> waiting, Set<Bytes> changed, long since) {
        Iterator<Map.Entry<Bytes, Long>> calls = waiting.entrySet().iterator();
        while (calls.hasNext()) {
            var call = calls.next();
            if (call.getValue() > since) {
                return;
            }
            changed.add(call.getKey());
            calls.remove();
        }
    }
}
