/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

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

    public final String node;
    public final long minute;

    /** Sets accounts of the same gateway apart; empty for the main one. */
    public final String part;

    final Tally tally = new Tally(NOBODY);
    private final Tally total;

    /**
     * @param minute seconds since 1970-01-01 UTC, a multiple of 60
     * @param total the counts of the whole gateway, which count the same
     */
    NodeMinute(String node, long minute, String part, Tally total) {
        this.part = part;
        this.node = node;
        this.minute = minute;
        this.total = total;
    }

    public void received(int length) {
        tally.received.add(1);
        tally.bytes.add(length);
        total.received.add(1);
        total.bytes.add(length);
    }

    /** It is on the disk now; it is received by whoever takes it from there, see {@link #unspooled}. */
    public void spooled(int length) {
        tally.received.add(-1);
        tally.bytes.add(-length);
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
        count("dropped", "socket-buffer-full", packets);
    }

    public void failed(Exception cause) {
        failed(reason(cause));
    }

    public void failed(String reason) {
        count("failed", reason, 1);
    }

    @Override
    public void onCompletion(RecordMetadata metadata, Exception exception) {
        if (exception == null) {
            tally.sent.add(1);
            total.sent.add(1);
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
