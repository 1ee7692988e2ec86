/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import io.rhapsode.ingest.account.NodeMinute;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread between disk and Kafka. It sees that Kafka confirms nothing, and turns packets to the disk; keeps there
 * what is in flight too; sends what is on the disk when Kafka confirms again; drops the oldest when the disk is full.
 */
final class Drain implements Runnable {

    /** Without a confirmation for so long Kafka counts as away. */
    static final long STALLED = TimeUnit.SECONDS.toNanos(1);

    /** Threads that saw the straight way open just before it closed have gone it by then. */
    static final long LAST_ON_STRAIGHT_WAY = TimeUnit.MILLISECONDS.toNanos(50);

    /** Sent and not confirmed, so many at most: what may come twice after a crash. */
    static final int WINDOW = 8_192;

    private static final int WINDOW_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long IDLE_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long BETWEEN_COUNTS = TimeUnit.SECONDS.toNanos(1);
    private static final long BETWEEN_COMPLAINTS = TimeUnit.SECONDS.toNanos(15);

    private final SpoolSink sink;
    private final SpoolLog log;
    private final LateCounts late;
    private final SpoolReader reader;
    private final long foundUpTo;
    private final Deque<Sent> window = new ArrayDeque<>();
    private long inWindow;
    private Sent next;
    private Sent sending;
    private boolean looked;
    private Object watched;
    private long watchedSince;
    private long onDiskSince;
    private boolean kept;
    private boolean over = true;
    private long countsKeptAt;
    private long lost;
    private long lostTold;
    private long complainedAt;
    private volatile boolean stopped;
    private volatile boolean stalled;
    private volatile long damaged;
    private volatile String trouble;

    Drain(SpoolSink sink, SpoolLog log, LateCounts late) {
        this.sink = sink;
        this.log = log;
        this.late = late;
        this.reader = new SpoolReader(log, log.from());
        this.foundUpTo = log.chapter();
        long now = System.nanoTime();
        this.complainedAt = now - BETWEEN_COMPLAINTS;
        this.countsKeptAt = now;
    }

    /** An entry of the log, on its way to Kafka. */
    private final class Sent implements Callback {
        private final Entry entry;
        private final SpoolLog.Part part;
        private final long end;
        private final NodeMinute account;
        private volatile boolean done;
        private boolean refused;

        Sent(Entry entry) {
            this.entry = entry;
            this.part = reader.part();
            this.end = reader.position();
            this.account = late.of(entry);
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            if (failure != null && sending == this && NodeMinute.isNotNow(failure)) {
                refused = true;
            } else if (failure == null || !sink.isClosing()) {
                leave();
                if (failure == null) {
                    account.onCompletion(metadata, null);
                } else {
                    account.failed(failure);
                }
                done = true;
            }
        }

        /** Counted as received only now, so that packets on the disk are counted once, whoever sends them. */
        private void leave() {
            sink.left();
            // What was in flight when an earlier run died was told as received by that run.
            if (!part.flight()) {
                account.unspooled(entry.length());
            }
        }

        void lose() {
            leave();
            account.failed(SpoolLog.FULL);
            lost++;
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            long pause = PAUSE;
            try {
                step(System.nanoTime());
                pause = over ? IDLE_PAUSE : PAUSE;
            } catch (IOException | RuntimeException e) {
                if (trouble == null) {
                    LOG.error("The spool cannot be read, and is tried again", e);
                }
                trouble = "the spool cannot be read: " + e;
                pause = PAUSE_AFTER_FAILURE;
            }
            LockSupport.parkNanos(pause);
        }
    }

    void stop() {
        stopped = true;
    }

    void step(long now) throws IOException {
        if (!looked) {
            look();
        }
        settle();
        watch(now);
        complain(now);
        if (sink.isDirect()) {
            onDiskSince = now;
            finish();
            return;
        }
        over = false;
        log.retry();
        keepCounts(now);
        makeRoom();
        if (sink.kafka() == null || !sink.flights().isEmpty()) {
            keepFlight(now);
        } else {
            log.dropFlight();
            kept = false;
            send();
        }
    }

    /** What an earlier run left is counted first. */
    private void look() throws IOException {
        long packets = 0;
        long bytes = 0;
        reader.seek(log.from());
        for (Entry entry = reader.next(); entry != null && reader.position() <= foundUpTo; entry = reader.next()) {
            packets++;
            bytes += entry.length();
        }
        damaged = reader.damaged();
        if (damaged > 0) {
            LOG.error("{} bytes of the spool {} are torn or damaged, and passed over", damaged, log.folder());
        }
        if (packets > 0) {
            LOG.info("{} packets are in the spool {} from an earlier run", packets, log.folder());
        }
        sink.found(packets, bytes);
        reader.seek(log.from());
        looked = true;
    }

    /** What Kafka has confirmed is wanted no more. */
    void settle() {
        long from = -1;
        for (Sent first = window.peek(); first != null && first.done; first = window.peek()) {
            window.remove();
            inWindow -= first.entry.weight();
            from = first.end;
        }
        if (from >= 0) {
            log.from(from);
        }
    }

    private void watch(long now) {
        Object oldest = sink.flights().oldest();
        oldest = oldest != null ? oldest : window.peek();
        if (oldest == null || oldest != watched) {
            watched = oldest;
            watchedSince = now;
            stalled = false;
        } else if (now - watchedSince >= STALLED) {
            stalled = true;
            sink.toDisk("Kafka has confirmed nothing for a second");
        }
    }

    private void complain(long now) {
        if (lost > lostTold && now - complainedAt >= BETWEEN_COMPLAINTS) {
            LOG.error("The spool is full: {} packets were dropped, the oldest first", lost - lostTold);
            trouble = "the spool is full, " + lost + " packets were dropped so far";
            lostTold = lost;
            complainedAt = now;
        } else if (lost == lostTold && now - complainedAt >= BETWEEN_COMPLAINTS) {
            trouble = null;
        }
    }

    private void keepFlight(long now) throws IOException {
        if (stalled && !kept && now - onDiskSince >= LAST_ON_STRAIGHT_WAY) {
            log.keepFlight(sink.flights().entries());
            late.keep();
            kept = true;
        }
    }

    private void keepCounts(long now) {
        if (now - countsKeptAt >= BETWEEN_COUNTS) {
            countsKeptAt = now;
            late.keep();
        }
    }

    private void makeRoom() throws IOException {
        while (log.isNearlyFull()) {
            Sent first = next != null ? next : read();
            if (first == null) {
                return;
            }
            next = first;
            while (next != null && next.part.base() == first.part.base()) {
                next.lose();
                next = read();
            }
            log.from(next == null ? reader.position() : next.part.base());
        }
    }

    private Sent read() throws IOException {
        Entry entry = reader.next();
        damaged = Math.max(damaged, reader.damaged());
        return entry == null ? null : new Sent(entry);
    }

    private void send() throws IOException {
        while (window.size() < WINDOW && inWindow < WINDOW_BYTES) {
            next = next != null ? next : read();
            if (next == null) {
                sink.toKafka(reader.position());
                return;
            }
            if (!accepted(next)) {
                return;
            }
            window.add(next);
            inWindow += next.entry.weight();
            next = null;
        }
    }

    private boolean accepted(Sent packet) {
        packet.refused = false;
        sending = packet;
        Entry entry = packet.entry;
        sink.kafka().send(entry.key(), entry.value(), entry.receivedAtMicros(), packet);
        sending = null;
        return !packet.refused;
    }

    /** Once for each time that packets went over the disk: when the last of them has arrived. */
    private void finish() {
        if (!over && window.isEmpty() && late.isInheritanceTold()) {
            over = true;
            sink.clear(reader.position());
            late.over();
        }
    }

    boolean isStalled() {
        return stalled;
    }

    long damaged() {
        return damaged;
    }

    /** What makes packets be lost here. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
