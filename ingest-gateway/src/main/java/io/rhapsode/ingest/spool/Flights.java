/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Kafka was given and has not confirmed, oldest first. An ended one behind an open one stays in the queue without
 * its entry; so the oldest open one must not be left to grow old.
 */
final class Flights {

    /** An entry on its way; without it, its way has ended. */
    abstract static class Flight {
        private volatile Entry entry;

        Flight(Entry entry) {
            this.entry = entry;
        }

        Entry entry() {
            return entry;
        }
    }

    private final Queue<Flight> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    void begin(Flight flight) {
        queue.add(flight);
        bytes.addAndGet(flight.entry.weight());
    }

    /** Once for each that began. */
    void end(Flight flight) {
        bytes.addAndGet(-flight.entry.weight());
        flight.entry = null;
        // Two threads may look at the same first: remove() takes out that one and no other.
        for (Flight first = queue.peek(); first != null && first.entry == null; first = queue.peek()) {
            queue.remove(first);
        }
    }

    /** What the open ones take in memory, about. */
    long bytes() {
        return bytes.get();
    }

    /** Null if none is open. */
    Flight oldest() {
        return queue.peek();
    }

    boolean isEmpty() {
        return bytes.get() == 0;
    }

    List<Entry> entries() {
        return queue.stream()
                .map(flight -> flight.entry)
                .filter(Objects::nonNull)
                .toList();
    }
}
