/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * How many packets met which outcome: received = rejected + sent + failed + in flight. Any thread may count; a count
 * never goes back, but that of a packet which is received and then put on the disk.
 */
public final class Tally {

    /** Reasons come from our own code, so there are few; the bound holds even if one day they do not. */
    private static final int MOST_COUNTS = 64;

    /** One count, and how much of it Kafka has. */
    public static final class Count {
        public final String outcome;
        public final String reason;
        private final LongAdder value = new LongAdder();

        /** The value last handed to Kafka, and the value it has confirmed. */
        public volatile long published;

        public volatile long confirmed;

        /** The value that is in the node's totals. */
        long totalled;

        private Count(String outcome, String reason) {
            this.outcome = outcome;
            this.reason = reason;
        }

        void add(long more) {
            value.add(more);
        }

        public long value() {
            return value.sum();
        }
    }

    private final Map<String, Count> counts = new ConcurrentHashMap<>();
    private final Consumer<Count> onNew;
    public final Count received;
    public final Count bytes;
    public final Count sent;

    /** Packets that took the way over the disk; in the account of a minute, those that have come to its end. */
    public final Count spooled;

    /** @param onNew told of every count when it begins */
    Tally(Consumer<Count> onNew) {
        this.onNew = onNew;
        received = of("received", "");
        bytes = of("bytes", "");
        sent = of("sent", "");
        spooled = of("spooled", "");
    }

    /** The count of this outcome and reason. */
    public Count of(String outcome, String reason) {
        String key = outcome + '/' + reason;
        Count known = counts.get(key);
        if (known == null && counts.size() >= MOST_COUNTS) {
            return of(outcome, "other", outcome + "/other");
        }
        return known != null ? known : of(outcome, reason, key);
    }

    private Count of(String outcome, String reason, String key) {
        return counts.computeIfAbsent(key, absent -> {
            var count = new Count(outcome, reason);
            onNew.accept(count);
            return count;
        });
    }

    Collection<Count> counts() {
        return counts.values();
    }

    /** How many met the outcome for each reason. */
    public Map<String, Long> reasons(String outcome) {
        var reasons = new TreeMap<String, Long>();
        counts.values().stream()
                .filter(count -> count.outcome.equals(outcome))
                .forEach(count -> reasons.put(count.reason, count.value()));
        return reasons;
    }

    /** The sum over all reasons. */
    public long total(String outcome) {
        return counts.values().stream()
                .filter(count -> count.outcome.equals(outcome))
                .mapToLong(Count::value)
                .sum();
    }

    /**
     * Packets whose fate is open, those on the disk included. What is counted last is read first, so that it is not negative;
     * but for the moment in which Kafka confirms a packet before the thread that gave it has counted it.
     */
    public long inFlight() {
        long ended = total("rejected") + total("sent") + total("failed");
        return received.value() - ended;
    }
}
