/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

import io.rhapsode.schema.CaptureTime;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What became of one capture node's packets of one minute. It is itself the callback of the packets it counts, so that
 * a packet needs none of its own.
 */
public final class NodeMinute implements Callback {

    private static final Consumer<Tally.Count> NOBODY = count -> {};

    /** What is later or earlier by more was recorded long ago, and tells nothing of a clock. */
    private static final long USABLE_DELAY = Duration.ofDays(1).toNanos() / 1_000;

    private static final long NONE = Long.MAX_VALUE;

    public final String node;
    public final long minute;

    /** Sets accounts of the same gateway apart; empty for the main one. */
    public final String part;

    final Tally tally = new Tally(NOBODY);
    private final Tally total;
    private final NodeTotals totals;
    private final AtomicLong leastDelay = new AtomicLong(NONE);

    /** How often the counts changed, and which of these states was handed over as a whole, and has arrived. */
    long revision;

    volatile long handedRevision;
    volatile long confirmedRevision;

    /**
     * @param minute seconds since 1970-01-01 UTC, a multiple of 60
     * @param total the counts of the whole gateway, which count the same
     * @param totals of the node, null if it has none
     */
    NodeMinute(String node, long minute, String part, Tally total, NodeTotals totals) {
        this.part = part;
        this.node = node;
        this.minute = minute;
        this.total = total;
        this.totals = totals;
    }

    public String site() {
        return totals == null ? "" : totals.site;
    }

    Optional<NodeTotals> totals() {
        return Optional.ofNullable(totals);
    }

    public Collection<Tally.Count> counts() {
        return tally.counts();
    }

    /** Compares the two clocks by one packet; times in microseconds since 1970-01-01 UTC. */
    public void captured(long capturedAtMicros, long receivedAtMicros) {
        long delay = receivedAtMicros - capturedAtMicros;
        if (delay < leastDelay.get()
                && capturedAtMicros > 0
                && Math.abs(delay) <= USABLE_DELAY
                && !CaptureTime.isAbsurd(capturedAtMicros, receivedAtMicros)) {
            leastDelay.accumulateAndGet(delay, Math::min);
        }
    }

    /** The least difference of receive and capture time, microseconds; empty if no packet told a usable time. */
    public OptionalLong leastDelay() {
        long least = leastDelay.get();
        return least == NONE ? OptionalLong.empty() : OptionalLong.of(least);
    }

    /** The same over the last minutes. */
    public OptionalLong clockOffset() {
        return totals == null ? OptionalLong.empty() : totals.clockOffset();
    }

    /** What was told of this minute as a whole has arrived, or has not. */
    public void told(long ofRevision, boolean arrived) {
        if (arrived) {
            confirmedRevision = Math.max(confirmedRevision, ofRevision);
        } else {
            handedRevision = -1;
        }
    }

    public void received(int length) {
        tally.received.add(1);
        tally.bytes.add(length);
        total.received.add(1);
        total.bytes.add(length);
    }

    /**
     * It came, and is on the disk: in the total alone. Of a minute it is received by whoever takes it from there, see
     * {@link #unspooled}; counted here first and taken back, it would make a count fall that was told already.
     */
    public void spooled(int length) {
        total.received.add(1);
        total.bytes.add(length);
        total.spooled.add(1);
    }

    /** It was on the disk, and met its fate now. */
    public void unspooled(int length) {
        tally.received.add(1);
        tally.bytes.add(length);
        tally.spooled.add(1);
    }

    public void rejected(String reason) {
        count("rejected", reason, 1);
    }

    /** A rejected datagram that was not stored as a dead letter. */
    public void notStored(String reason) {
        count("not-stored", reason, 1);
    }

    public void dropped(long packets) {
        dropped(packets, "socket-buffer-full");
    }

    public void dropped(long packets, String reason) {
        count("dropped", reason, packets);
    }

    /** A captured frame that brought no message: not among the received, for nobody meant it for us. */
    public void ignored(String reason) {
        ignored(1, reason);
    }

    public void ignored(long frames, String reason) {
        count("ignored", reason, frames);
    }

    /** Messages, or places between them, that were not captured whole. */
    public void incomplete(long places, String reason) {
        count("incomplete", reason, places);
    }

    public void failed(Exception cause) {
        failed(reason(cause));
    }

    public void failed(String reason) {
        count("failed", reason, 1);
    }

    public void sent() {
        tally.sent.add(1);
        total.sent.add(1);
    }

    @Override
    public void onCompletion(RecordMetadata metadata, Exception exception) {
        if (exception == null) {
            sent();
        } else {
            failed(exception);
        }
    }

    private void count(String outcome, String reason, long packets) {
        tally.of(outcome, reason).add(packets);
        total.of(outcome, reason).add(packets);
    }

    /** Whether the producer did not take a packet because it has no room, or does not know Kafka yet. */
    public static boolean isNotNow(Exception cause) {
        return cause instanceof TimeoutException;
    }

    public static String reason(Exception cause) {
        if (cause instanceof BufferExhaustedException) {
            return "buffer-full";
        }
        if (cause instanceof TimeoutException) {
            return "kafka-timeout";
        }
        return cause instanceof RecordTooLargeException ? "too-large" : "kafka-error";
    }
}
