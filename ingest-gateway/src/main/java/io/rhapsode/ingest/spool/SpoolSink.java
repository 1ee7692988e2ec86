/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a packet that does not need Kafka to be there: straight to the producer while Kafka confirms, onto the disk
 * as soon as it does not. What is on the disk goes to Kafka in the order it came, and only when nothing is left there
 * the straight way opens again: so the packets of one key and one socket never overtake each other.
 */
public final class SpoolSink implements PacketSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolSink.class);

    /** At the limit of Kafka's speed the way may change many times a second. */
    private static final long BETWEEN_WORDS = TimeUnit.SECONDS.toNanos(10);

    private final SpoolLog log;
    private final Account account;
    private final LateCounts late;
    private final int mostInFlight;
    private final Flights flights = new Flights();
    private final AtomicLong packets = new AtomicLong();
    private final Drain drain;
    private final Thread drainThread;
    private final Thread syncThread;
    private long toldAt = System.nanoTime() - BETWEEN_WORDS;
    private boolean tell = true;
    private volatile KafkaSink kafka;
    private volatile boolean direct;
    private volatile boolean closing;

    SpoolSink(SpoolLog log, LateCounts late, int mostInFlight, int syncMillis, Account account) {
        this.log = log;
        this.account = account;
        this.mostInFlight = mostInFlight;
        this.late = late;
        this.drain = new Drain(this, log, late);
        this.drainThread = new Thread(drain, "ingest-spool");
        this.syncThread = new Thread(() -> sync(syncMillis), "ingest-spool-sync");
    }

    /**
     * @param most bytes on the disk
     * @param mostInFlight bytes of packets that Kafka may have been given and not confirmed
     * @param syncMillis time after which what was written is on the disk itself; 0 leaves it to the operating system
     * @param instance who counts
     * @throws IllegalStateException if the folder cannot be used, or another gateway uses it
     */
    public static SpoolSink open(
            Path folder, long most, int mostInFlight, int syncMillis, String instance, Account account) {
        SpoolLog log = SpoolLog.open(folder, most);
        var sink = new SpoolSink(log, new LateCounts(folder, instance, account), mostInFlight, syncMillis, account);
        sink.drainThread.start();
        if (syncMillis > 0) {
            sink.syncThread.setDaemon(true);
            sink.syncThread.start();
        }
        return sink;
    }

    /** Kafka is there for the first time: what waits may go. */
    public void kafka(KafkaSink way) {
        kafka = way;
    }

    KafkaSink kafka() {
        return kafka;
    }

    @Override
    public void packet(HepPacket packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        byte[] value = RawRecord.encode(packet, receivedAtMicros, origin);
        take(new Entry(RawRecord.key(packet), value, account.node, receivedAtMicros, length), account);
    }

    @Override
    public void packet(HepView packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        byte[] value = RawRecord.ofThread().encode(packet, receivedAtMicros, origin);
        take(new Entry(RawRecord.key(packet), value, account.node, receivedAtMicros, length), account);
    }

    void take(Entry entry, NodeMinute account) {
        if (direct || !spooled(entry, account)) {
            send(entry, account);
        }
    }

    private void send(Entry entry, NodeMinute account) {
        var flight = new Flight(entry, account);
        flights.begin(flight);
        kafka.send(entry.key(), entry.value(), entry.receivedAtMicros(), flight);
        if (!flight.refused) {
            account.received(entry.length());
        }
        if (flights.bytes() > mostInFlight) {
            toDisk("more waits for Kafka than memory is given to it");
        }
    }

    /** False if the straight way has opened meanwhile. */
    private boolean spooled(Entry entry, NodeMinute account) {
        synchronized (log) {
            if (direct) {
                return false;
            }
            String refused = log.append(entry);
            if (refused == null) {
                packets.incrementAndGet();
                account.spooled(entry.length());
            } else {
                account.received(entry.length());
                account.failed(refused);
            }
            return true;
        }
    }

    /** From the next packet on, packets go to the disk. */
    void toDisk(String why) {
        synchronized (log) {
            if (direct) {
                direct = false;
                log.newChapter();
                tell = System.nanoTime() - toldAt > BETWEEN_WORDS;
                if (tell) {
                    toldAt = System.nanoTime();
                    LOG.warn("Packets go to the spool {}: {}", log.folder(), why);
                }
            }
        }
    }

    /** Opens the straight way if nothing is on the disk behind the offset. */
    void toKafka(long offset) {
        synchronized (log) {
            if (log.isEnd(offset)) {
                direct = true;
                if (tell) {
                    LOG.info("Packets go straight to Kafka");
                }
            }
        }
    }

    /** Frees the disk if the straight way is open, and everything up to the offset has arrived. */
    void clear(long offset) {
        synchronized (log) {
            if (direct && log.isEnd(offset)) {
                log.clear();
            }
        }
    }

    boolean isDirect() {
        return direct;
    }

    boolean isClosing() {
        return closing;
    }

    Drain drain() {
        return drain;
    }

    Flights flights() {
        return flights;
    }

    /** A packet of the spool has met its fate. */
    void left() {
        packets.decrementAndGet();
    }

    /** Packets that an earlier run left. */
    void found(long more, long bytes) {
        packets.addAndGet(more);
        account.found(more, bytes);
    }

    private final class Flight extends Flights.Flight implements Callback {
        private final NodeMinute account;

        /** It went to the disk instead, before {@link #send} had done with it: it is not received yet. */
        private boolean refused;

        Flight(Entry entry, NodeMinute account) {
            super(entry);
            this.account = account;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            if (failure == null) {
                account.onCompletion(metadata, null);
            } else if (closing) {
                return;
            } else if (NodeMinute.isNotNow(failure)) {
                refused = true;
                toDisk(failure.getMessage());
                take(entry(), account);
            } else {
                account.failed(failure);
            }
            flights.end(this);
        }
    }

    @Override
    public void deadLetter(
            byte[] datagram,
            int length,
            String reason,
            String detail,
            long atMicros,
            String sender,
            NodeMinute account) {
        KafkaSink way = kafka;
        if (way == null) {
            account.notStored("kafka-timeout");
        } else {
            way.deadLetter(datagram, length, reason, detail, atMicros, sender, account);
        }
    }

    @Override
    public void flush() {
        if (!direct) {
            log.flush();
        }
    }

    @Override
    public boolean hasRoom() {
        return direct || log.hasRoom();
    }

    /** Tells the counts of what left the spool, see {@link Account#publish}. */
    public void publish(int atMost, long nowMicros) {
        late.publish(kafka, atMost, nowMicros);
    }

    /** Packets on the disk. */
    public long packets() {
        return packets.get();
    }

    /** Whether all that came has gone to Kafka: the straight way is open, and every packet of the disk has met its fate. */
    public boolean isEmpty() {
        return direct && packets() == 0;
    }

    /** Bytes on the disk. */
    public long bytes() {
        return log.bytes();
    }

    /** Bytes of files that could not be read. */
    public long damaged() {
        return drain.damaged();
    }

    /** 1 while packets go to the disk, else 0. */
    public int spooling() {
        return direct ? 0 : 1;
    }

    /** Why packets are lost, if any are. */
    public Optional<String> trouble() {
        return drain.trouble().or(log::trouble);
    }

    private void sync(int everyMillis) {
        try {
            while (!closing) {
                Thread.sleep(everyMillis);
                log.sync();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives Kafka 10 s to confirm what is in flight, if it confirms anything; what is left then waits on the disk. */
    public void closePackets() {
        long end = System.nanoTime() + KafkaSink.FLUSH_AT_MOST.toNanos();
        try {
            while (!flights.isEmpty() && !drain.isStalled() && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            drain.stop();
            drainThread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closing = true;
        if (kafka != null) {
            kafka.closePackets(drain.isStalled() ? Duration.ZERO : KafkaSink.FLUSH_AT_MOST);
        }
        drain.settle();
        keepFlight();
    }

    private void keepFlight() {
        try {
            if (flights.isEmpty()) {
                log.dropFlight();
            } else {
                toDisk("Kafka has not confirmed them, and the gateway closes");
                log.keepFlight(flights.entries());
            }
        } catch (IOException e) {
            LOG.error("Packets that were in flight are lost: {}", e.toString());
        }
    }

    /** Keeps the counts that Kafka has not confirmed, for the next run to tell. */
    @Override
    public void close() {
        late.keep();
        log.sync();
        log.close();
    }
}
