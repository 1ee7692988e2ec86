/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a gateway: HEP version 3 to the first of the receivers that is there, and back to the preferred one when
 * it is there again. Packets wait in a bounded buffer; sending never blocks.
 *
 * <p>HEP has no answers. So a packet counts as sent when its connection outlives it by {@link #GRACE}, and if the
 * connection ends before, it is sent again, to the next receiver: around a failure a packet may come twice. What was
 * lost on the way without a word from the network is not known here.
 */
public final class HepSink implements PacketSink, AutoCloseable {

    /** How often to look for the preferred receiver while using another. */
    static final Duration LOOK_BACK = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(HepSink.class);

    private static final Duration GRACE = Duration.ofMillis(300);
    private static final Duration OF_USE = Duration.ofSeconds(1);
    private static final Duration STALLED = Duration.ofSeconds(10);
    private static final Duration FLUSH_AT_MOST = Duration.ofSeconds(10);
    private static final long TICK_MILLIS = 100;
    private static final long SHORTEST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 15_000;

    /** What fits behind the headers of IPv4 and UDP. */
    private static final int LONGEST_DATAGRAM = 65_507;

    private static final int WRITES_A_FLUSH = 64;

    /** What a waiting packet takes beside its bytes. */
    private static final int OVERHEAD = 120;

    private static final class Waiting {
        final byte[] bytes;
        final NodeMinute account;
        long handedAt;
        long writtenAt;

        Waiting(byte[] bytes, NodeMinute account) {
            this.bytes = bytes;
            this.account = account;
        }

        int size() {
            return bytes.length + OVERHEAD;
        }
    }

    private final HepSinkConfig config;
    private final HepClient client;
    private final EventLoop loop;
    private final Duration flushAtMost;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean sendAsked = new AtomicBoolean();
    private volatile boolean closing;
    private volatile String trouble = "is not connected yet";

    // The rest belongs to the loop.
    private final Deque<Waiting> returned = new ArrayDeque<>();
    private final Deque<Waiting> unconfirmed = new ArrayDeque<>();
    private Channel connection;
    private int receiver;
    private long connectedAt;
    private int earlyLosses;
    private long pauseMillis = SHORTEST_PAUSE_MILLIS;

    /** @throws IllegalArgumentException if certificates or key cannot be used */
    public HepSink(HepSinkConfig config) {
        this(config, LOOK_BACK, FLUSH_AT_MOST);
    }

    HepSink(HepSinkConfig config, Duration lookBack, Duration flushAtMost) {
        this.config = config;
        this.flushAtMost = flushAtMost;
        this.client = new HepClient(config);
        this.loop = client.loop();
        loop.execute(() -> connect(0, 1));
        loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        long millis = lookBack.toMillis();
        loop.scheduleAtFixedRate(this::lookBack, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void packet(HepPacket packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        account.received(length);
        byte[] bytes = encoded(packet, origin.node);
        if (bytes == null) {
            account.failed("too-large");
            return;
        }
        var next = new Waiting(bytes, account);
        if (closing) {
            account.failed("closed");
        } else if (held.addAndGet(next.size()) > config.buffer()) {
            held.addAndGet(-next.size());
            account.failed("buffer-full");
        } else {
            waiting.add(next);
            if (!sendAsked.getAndSet(true)) {
                loop.execute(this::send);
            }
        }
    }

    /** The packet as version 3, under its node's name and with our key; null if it is too long. */
    private byte[] encoded(HepPacket packet, String node) {
        boolean isDatagram = config.transport() == HepSinkConfig.Transport.UDP;
        try {
            byte[] bytes = HepEncoder.encode(new HepPacket(
                    3,
                    packet.ipProtocol(),
                    packet.sourceAddress(),
                    packet.destinationAddress(),
                    packet.sourcePort(),
                    packet.destinationPort(),
                    packet.capturedAtMicros(),
                    RawRecord.protocolType(packet.protocolType()),
                    packet.agentId() >= 0 ? packet.agentId() : config.agentId(),
                    node,
                    packet.correlationId(),
                    packet.vlan(),
                    config.authKey(),
                    packet.bytes(),
                    packet.payloadOffset(),
                    packet.payloadLength(),
                    packet.otherChunks()));
            return isDatagram && bytes.length > LONGEST_DATAGRAM ? null : bytes;
        } catch (IllegalArgumentException tooLong) {
            LOG.debug("A packet of node {} is too long: {}", node, tooLong.getMessage());
            return null;
        }
    }

    /** Nobody to keep it for: it is counted, and that is all. */
    @Override
    public void deadLetter(
            byte[] datagram,
            int length,
            String reason,
            String detail,
            long atMicros,
            String sender,
            NodeMinute account) {
        account.notStored("agent");
    }

    /** Bytes that wait, or may have to be sent again. */
    public long held() {
        return held.get();
    }

    /** Why nothing can be sent, if so. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void send() {
        sendAsked.set(false);
        int written = 0;
        while (connection != null && connection.isWritable()) {
            Waiting next = returned.isEmpty() ? waiting.poll() : returned.poll();
            if (next == null) {
                break;
            }
            write(next, connection);
            if (++written % WRITES_A_FLUSH == 0) {
                connection.flush();
            }
        }
        if (connection != null && written > 0) {
            connection.flush();
        }
    }

    private void write(Waiting next, Channel to) {
        next.handedAt = System.nanoTime();
        next.writtenAt = 0;
        unconfirmed.add(next);
        to.write(Unpooled.wrappedBuffer(next.bytes)).addListener(written -> {
            if (written.isSuccess()) {
                next.writtenAt = System.nanoTime();
            } else {
                to.close();
            }
        });
    }

    private void tick() {
        confirm(GRACE.toNanos());
        Waiting oldest = unconfirmed.peek();
        if (connection != null
                && oldest != null
                && oldest.writtenAt == 0
                && System.nanoTime() - oldest.handedAt > STALLED.toNanos()) {
            LOG.warn("{} takes nothing any more", config.to().get(receiver));
            connection.close();
        }
        send();
    }

    /** Counts as sent what was written so long ago. */
    private void confirm(long afterNanos) {
        long now = System.nanoTime();
        Waiting oldest = unconfirmed.peek();
        while (oldest != null && oldest.writtenAt != 0 && now - oldest.writtenAt >= afterNanos) {
            unconfirmed.remove();
            held.addAndGet(-oldest.size());
            oldest.account.sent();
            oldest = unconfirmed.peek();
        }
    }

    private void connect(int candidate, int tried) {
        if (!loop.isShuttingDown()) {
            client.connect(
                    config.to().get(candidate), (made, cause) -> connected(candidate, tried, made, cause), this::lost);
        }
    }

    private void connected(int candidate, int tried, Channel made, Throwable cause) {
        if (made != null) {
            use(candidate, made);
            return;
        }
        boolean isNews = trouble == null || !trouble.startsWith("cannot send");
        trouble = "cannot send to " + name(candidate) + ": " + cause.getMessage();
        if (tried < config.to().size()) {
            connect(next(candidate), tried + 1);
        } else {
            if (isNews) {
                LOG.warn("The agent {}; it goes on trying", trouble);
            }
            connectLater(0);
        }
    }

    private void connectLater(int candidate) {
        loop.schedule(() -> connect(candidate, 1), pauseMillis, TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    }

    private void use(int candidate, Channel made) {
        connection = made;
        receiver = candidate;
        connectedAt = System.nanoTime();
        trouble = null;
        LOG.info("Sending to {}", name(candidate));
        send();
    }

    private void lost(Channel ended) {
        if (ended != connection) {
            return;
        }
        connection = null;
        trouble = "has lost " + name(receiver);
        LOG.warn("The agent {}", trouble);
        takeBack();
        if (System.nanoTime() - connectedAt > OF_USE.toNanos()) {
            wasOfUse();
        }
        if (earlyLosses++ < config.to().size()) {
            connect(next(receiver), 1);
        } else {
            connectLater(next(receiver));
        }
    }

    private void wasOfUse() {
        earlyLosses = 0;
        pauseMillis = SHORTEST_PAUSE_MILLIS;
    }

    /** What may not have arrived goes before what has not been sent. */
    private void takeBack() {
        while (!unconfirmed.isEmpty()) {
            returned.addFirst(unconfirmed.removeLast());
        }
    }

    private void lookBack() {
        if (connection == null || receiver == 0 || loop.isShuttingDown()) {
            return;
        }
        client.connect(config.to().get(0), (made, cause) -> goBack(made), this::lost);
    }

    /** The other connection is written out first. */
    private void goBack(Channel preferred) {
        Channel other = connection;
        if (preferred == null || other == null || receiver == 0) {
            if (preferred != null) {
                preferred.close();
            }
            return;
        }
        connection = null;
        wasOfUse();
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (!written.isSuccess()) {
                takeBack();
            }
            use(0, preferred);
            other.close();
        });
    }

    private int next(int candidate) {
        return (candidate + 1) % config.to().size();
    }

    private String name(int candidate) {
        InetSocketAddress address = config.to().get(candidate);
        return address.getHostString() + ":" + address.getPort() + " by " + config.transport();
    }

    /** Sends what waits, for 10 s at most; what is left then is told as failed. */
    @Override
    public void close() {
        closing = true;
        long end = System.nanoTime() + flushAtMost.toNanos();
        try {
            while (held.get() > 0 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.submit(this::giveUp).awaitUninterruptibly();
        client.close();
    }

    private void giveUp() {
        confirm(0);
        returned.addAll(unconfirmed);
        unconfirmed.clear();
        waiting.forEach(returned::add);
        waiting.clear();
        returned.forEach(left -> {
            held.addAndGet(-left.size());
            left.account.failed("not-sent");
        });
        returned.clear();
        if (connection != null) {
            Channel last = connection;
            connection = null;
            last.close();
        }
    }
}
