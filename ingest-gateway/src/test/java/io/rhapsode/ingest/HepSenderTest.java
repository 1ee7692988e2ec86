/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.hep.HepPacket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HepSenderTest {

    private static final long RECORDED = 1_600_000_000_000_000L;

    @TempDir
    Path folder;

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A pcap of IPv4 packets (link type 228), each at its time. */
    private Path capture(long[] atMicros, byte[]... packets) throws IOException {
        var file = little(1 << 18).putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
        file.putLong(0).putInt(65_535).putInt(228);
        for (int i = 0; i < packets.length; i++) {
            file.putInt((int) (atMicros[i] / 1_000_000)).putInt((int) (atMicros[i] % 1_000_000));
            file.putInt(packets[i].length).putInt(packets[i].length).put(packets[i]);
        }
        var bytes = new byte[file.position()];
        file.flip().get(bytes);
        return Files.write(folder.resolve("capture.pcap"), bytes);
    }

    private static byte[] ip(int protocol, String payload) {
        byte[] bytes = payload.getBytes(UTF_8);
        var packet = ByteBuffer.allocate(28 + bytes.length);
        packet.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) packet.capacity())
                .putInt(0);
        packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.put(new byte[] {10, 0, 0, 1, 10, 0, 0, 2});
        packet.putShort((short) 5060)
                .putShort((short) 5080)
                .putShort((short) (8 + bytes.length))
                .putShort((short) 0);
        return packet.put(bytes).array();
    }

    private static HepSender.Options options(double pace, double rate, boolean now, String suffix) {
        return new HepSender.Options(pace, rate, Duration.ofMillis(200), now, suffix, "replay", 2001);
    }

    private static DatagramSocket receiver() throws IOException {
        var socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static List<HepPacket> receive(DatagramSocket socket, int count) throws Exception {
        var packets = new ArrayList<HepPacket>();
        for (int i = 0; i < count; i++) {
            var datagram = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(datagram);
            packets.add(HepDecoder.decode(datagram.getData(), 0, datagram.getLength()));
        }
        return packets;
    }

    private static String payload(HepPacket packet) {
        return new String(packet.bytes(), packet.payloadOffset(), packet.payloadLength(), UTF_8);
    }

    @Test
    void sipGoesOutAsRecordedAndTheRestIsSkippedByReason() throws Exception {
        var file = capture(
                new long[] {RECORDED, RECORDED, RECORDED, RECORDED, RECORDED + 7},
                ip(17, Packets.invite("first")),
                ip(1, "port unreachable"),
                ip(17, "not sip at all"),
                new byte[] {0x45, 0, 0},
                ip(17, Packets.invite("second")));
        try (var socket = receiver()) {
            var result = HepSender.send(
                    file, (InetSocketAddress) socket.getLocalSocketAddress(), HepSender.Options.asRecorded());

            assertThat(result.packets()).isEqualTo(5);
            assertThat(result.sent()).isEqualTo(2);
            assertThat(result.skipped()).isEqualTo(Map.of("other-protocol", 1L, "not-sip", 1L, "ip-truncated", 1L));
            var packets = receive(socket, 2);
            assertThat(packets)
                    .extracting(HepSenderTest::payload)
                    .containsExactly(Packets.invite("first"), Packets.invite("second"));
            assertThat(packets).extracting(HepPacket::capturedAtMicros).containsExactly(RECORDED, RECORDED + 7);
            assertThat(packets.get(0).sourceAddress()).containsExactly(10, 0, 0, 1);
            assertThat(packets.get(0).sourcePort()).isEqualTo(5060);
            assertThat(packets.get(0).destinationPort()).isEqualTo(5080);
            assertThat(packets.get(0).protocolType()).isEqualTo(1);
        }
    }

    @Test
    void timesMoveToNowAndKeepTheirDistanceAndOrderEvenIfOneWasRecordedLate() throws Exception {
        var file = capture(
                new long[] {RECORDED, RECORDED + 100_000, RECORDED + 60_000, RECORDED + 9_000_000},
                ip(17, Packets.invite("1")),
                ip(17, Packets.invite("2")),
                ip(17, Packets.invite("3")),
                ip(17, Packets.invite("4")));
        try (var socket = receiver()) {
            long before = Instant.now().toEpochMilli() * 1_000;
            var result = HepSender.send(
                    file, (InetSocketAddress) socket.getLocalSocketAddress(), options(2, 0, true, "-loop7"));

            var packets = receive(socket, 4);
            long first = packets.get(0).capturedAtMicros();
            assertThat(first).isBetween(before, before + 5_000_000);
            assertThat(packets)
                    .extracting(packet -> packet.capturedAtMicros() - first)
                    // twice as fast; the pause of nine seconds is cut to 200 ms before
                    .containsExactly(0L, 50_000L, 30_000L, 150_000L);
            assertThat(result.took()).isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
            assertThat(packets.get(1).nodeName()).isEqualTo("replay");
            assertThat(packets.get(1).agentId()).isEqualTo(2001);
            assertThat(payload(packets.get(1))).isEqualTo(Packets.invite("2-loop7"));
        }
    }

    @Test
    void rateIsKeptWhateverTheRecordedTimesAre() throws Exception {
        var file = capture(
                new long[] {RECORDED + 5_000_000, RECORDED, RECORDED + 99_000_000},
                ip(17, Packets.invite("1")),
                ip(17, Packets.invite("2")),
                ip(17, Packets.invite("3")));
        try (var socket = receiver()) {
            var result =
                    HepSender.send(file, (InetSocketAddress) socket.getLocalSocketAddress(), options(1, 20, true, ""));

            assertThat(result.took()).isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
            long first = receive(socket, 1).get(0).capturedAtMicros();
            assertThat(receive(socket, 2))
                    .extracting(packet -> packet.capturedAtMicros() - first)
                    .containsExactly(50_000L, 100_000L);
        }
    }

    /** A segment of TCP from 5060 to 5080. */
    private static byte[] tcp(int sequence, String data) {
        byte[] bytes = data.getBytes(UTF_8);
        byte[] packet = ip(6, " ".repeat(12) + data);
        ByteBuffer.wrap(packet)
                .putInt(24, sequence)
                .putInt(28, 0)
                .put(32, (byte) 0x50)
                .put(33, (byte) 0x10);
        return Arrays.copyOf(packet, 40 + bytes.length);
    }

    @Test
    void sipOverTcpGoesOutAtTheTimeOfItsLastSegment() throws Exception {
        String first = Packets.invite("first");
        String second = Packets.invite("second");
        var file = capture(
                new long[] {RECORDED, RECORDED + 5, RECORDED + 9},
                tcp(1, first + second.substring(0, 40)),
                tcp(1 + first.length() + 40, second.substring(40)),
                tcp(1, first));
        try (var socket = receiver()) {
            var result = HepSender.send(
                    file, (InetSocketAddress) socket.getLocalSocketAddress(), HepSender.Options.asRecorded());

            assertThat(result.packets()).isEqualTo(3);
            assertThat(result.sent()).isEqualTo(2);
            assertThat(result.skipped()).isEqualTo(Map.of("repeated", 1L));
            var packets = receive(socket, 2);
            assertThat(packets).extracting(HepSenderTest::payload).containsExactly(first, second);
            assertThat(packets).extracting(HepPacket::capturedAtMicros).containsExactly(RECORDED, RECORDED + 5);
            assertThat(packets).extracting(HepPacket::ipProtocol).containsOnly(6);
        }
    }

    @Test
    void whatNeverEndedGoesOutAtTheEnd() throws Exception {
        String cut = Packets.invite("cut").substring(0, 60);
        var file = capture(new long[] {RECORDED}, tcp(1, cut));
        try (var socket = receiver()) {
            var result = HepSender.send(
                    file, (InetSocketAddress) socket.getLocalSocketAddress(), HepSender.Options.asRecorded());

            assertThat(result.skipped()).isEqualTo(Map.of("segment", 1L, "incomplete", 1L));
            assertThat(payload(receive(socket, 1).get(0))).isEqualTo(cut);
        }
    }

    @Test
    void messageWithoutCallIdGoesOutUnchangedUnderASuffix() throws Exception {
        var file = capture(new long[] {RECORDED}, ip(17, "OPTIONS sip:x SIP/2.0\r\n\r\n"));
        try (var socket = receiver()) {
            HepSender.send(file, (InetSocketAddress) socket.getLocalSocketAddress(), options(0, 0, true, "-x"));

            assertThat(payload(receive(socket, 1).get(0))).isEqualTo("OPTIONS sip:x SIP/2.0\r\n\r\n");
        }
    }

    @Test
    void fileThatEndsWithinAPacketSendsWhatIsBeforeAndSaysSo() throws Exception {
        var file = capture(new long[] {RECORDED, RECORDED}, ip(17, Packets.invite("1")), ip(17, Packets.invite("2")));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));
        try (var socket = receiver()) {
            var result =
                    HepSender.send(file, (InetSocketAddress) socket.getLocalSocketAddress(), options(0, 0, false, ""));

            assertThat(result.sent()).isEqualTo(1);
            assertThat(result.skipped()).isEqualTo(Map.of("file-damaged", 1L));
        }
    }

    @Test
    void fileThatIsNoCaptureIsRefused() throws Exception {
        var file = Files.writeString(folder.resolve("notes.txt"), "no capture");

        assertThatThrownBy(() ->
                        HepSender.send(file, new InetSocketAddress("127.0.0.1", 9), HepSender.Options.asRecorded()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither pcap nor pcapng");
    }
}
