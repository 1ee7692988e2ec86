/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.netty.channel.epoll.Epoll;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets the JIT compile the way of a packet, from a socket to the record for Kafka, before there is one: a gateway that
 * starts under full load would lose packets in its first second, when its code is still interpreted. The packets go
 * through a socket of loopback that nobody else knows, and to nowhere.
 */
public final class WarmUp {

    private static final int RECEIVE_BUFFER = 1 << 20;

    private static final byte[] SAMPLE_MESSAGE = """
            INVITE sip:bob@example.org SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds
            Max-Forwards: 70
            From: "Alice" <sip:alice@example.org>;tag=1928301774
            To: <sip:bob@example.org>
            Call-ID: a84b4c76e66710@192.0.2.1
            CSeq: 314159 INVITE

            """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    private static final HepPacket SAMPLE = new HepPacket(
            3,
            17,
            new byte[] {(byte) 192, 0, 2, 1},
            new byte[] {(byte) 192, 0, 2, 2},
            5060,
            5060,
            0,
            RawRecord.SIP,
            1,
            null,
            null,
            -1,
            null,
            SAMPLE_MESSAGE,
            0,
            SAMPLE_MESSAGE.length,
            List.of());

    /**
     * Makes the records and lets go of them. Three classes of it take turns: of a single one the JIT would build in the
     * code, and throw all of it away when the real sink comes.
     */
    private static class Nowhere implements PacketSink {
        final AtomicLong bytes = new AtomicLong();

        @Override
        public void packet(HepPacket packet, Origin origin, int length, long at, NodeMinute account) {
            bytes.addAndGet(RawRecord.encode(packet, at, origin).length);
        }

        @Override
        public void packet(HepView packet, Origin origin, int length, long at, NodeMinute account) {
            byte[] key = RawRecord.key(packet);
            bytes.addAndGet(key.length + RawRecord.ofThread().encode(packet, at, origin).length);
            account.received(length);
            account.onCompletion(null, null);
        }

        @Override
        public void deadLetter(
                byte[] datagram, int length, String reason, String detail, long at, String from, NodeMinute account) {
            throw new IllegalStateException("cannot read its own sample: " + reason);
        }
    }

    private static final class SecondNowhere extends Nowhere {
        @Override
        public void packet(HepView packet, Origin origin, int length, long at, NodeMinute account) {
            super.packet(packet, origin, length, at, account);
        }
    }

    private static final class ThirdNowhere extends Nowhere {
        @Override
        public void packet(HepView packet, Origin origin, int length, long at, NodeMinute account) {
            super.packet(packet, origin, length, at, account);
        }
    }

    private WarmUp() {}

    /**
     * @param sockets as many as there will be
     * @return bytes of records made, so that the work is not for nothing
     */
    public static long run(int sockets, Duration time) {
        var account = new Account(1, count -> {});
        long bytes = 0;
        for (Nowhere sink : List.of(new Nowhere(), new SecondNowhere(), new ThirdNowhere())) {
            bytes += run(sink, account, sockets, time.dividedBy(3));
        }
        return bytes;
    }

    private static long run(Nowhere sink, Account account, int sockets, Duration time) {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var server = HepUdpServer.open(
                loopback,
                sockets,
                RECEIVE_BUFFER,
                () -> new Intake(account, sink, () -> System.nanoTime() / 1_000),
                Epoll.isAvailable())) {
            send(server.port(), time);
        } catch (IOException e) {
            throw new IllegalStateException("loopback does not work: " + e.getMessage(), e);
        }
        return sink.bytes.get();
    }

    private static void send(int port, Duration time) throws IOException {
        ByteBuffer datagram = ByteBuffer.wrap(HepEncoder.encode(SAMPLE));
        try (var one = DatagramChannel.open();
                var other = DatagramChannel.open()) {
            var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                one.send(datagram.rewind(), to);
                other.send(datagram.rewind(), to);
            }
        }
    }
}
