/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a thread that died: of something that passes it is worth another. What comes back again and again is not,
 * and stops this instance, so that somebody looks.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {

    static final int MOST = 10;
    static final Duration WITHIN = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);

    private final LongSupplier nanos;
    private final ArrayDeque<Long> deaths = new ArrayDeque<>();
    private String last = "";

    /** @param nanos a clock as {@link System#nanoTime()} is one */
    ThreadReplacement(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable trouble) {
        last = trouble.toString();
        long now = nanos.getAsLong();
        while (!deaths.isEmpty() && now - deaths.peekFirst() > WITHIN.toNanos()) {
            deaths.removeFirst();
        }
        if (deaths.size() == MOST) {
            LOG.error("A thread died after {} others within {}: this stream-processor stops", MOST, WITHIN, trouble);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        deaths.addLast(now);
        LOG.error("A thread died and is replaced, {} of {} times within {}", deaths.size(), MOST, WITHIN, trouble);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** What the last thread died of; empty if none did. */
    synchronized String last() {
        return last;
    }
}
