/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.schema.RawPacket;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveCaptureTest {

    private final FakeKafka kafka = new FakeKafka(true, 1_000);
    private final Account account = new Account(100, count -> {});

    private static CaptureConfig config(String name, String filter) {
        return new CaptureConfig(List.of(name), filter, false, 65_535, 2 << 20, "probe-1");
    }

    private static long nowMicros() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    private static void send(String payload, int port) throws Exception {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] bytes = payload.getBytes(UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }

    @BeforeEach
    void loopbackCanBeCaptured() {
        try {
            LiveCapture.check("lo", config("lo", "udp"));
        } catch (IllegalArgumentException e) {
            assumeTrue(false, "this process may not capture here: " + e.getMessage());
        }
    }

    private LiveCaptures open(String name, String filter) {
        return LiveCaptures.open(config(name, filter), "probe-1", account, kafka.sink, LiveCaptureTest::nowMicros);
    }

    @Test
    void sipOnLoopbackBecomesRecordsAndTheRestIsCounted() throws Exception {
        long before = nowMicros();
        try (var captures = open("lo", "udp dst port 45060")) {
            for (int i = 0; i < 20; i++) {
                send(Packets.invite("live-" + i), 45_060);
            }
            send("no SIP at all", 45_060);
            send(Packets.invite("behind-the-filter"), 45_061);
            assertThat(captures.trouble()).isEmpty();
        }
        List<RawPacket> raw = kafka.raw();
        assertThat(raw)
                .extracting(packet -> packet.getPayload().toStringUtf8())
                .containsExactlyElementsOf(IntStream.range(0, 20)
                        .mapToObj(i -> Packets.invite("live-" + i))
                        .toList());
        assertThat(raw).allSatisfy(packet -> {
            assertThat(packet.getSource()).isEqualTo("capture");
            assertThat(packet.getCaptureNode()).isEqualTo("probe-1");
            assertThat(packet.getSender()).isEmpty();
            assertThat(packet.getSourceAddress().toByteArray()).isEqualTo(new byte[] {127, 0, 0, 1});
            assertThat(packet.getDestinationPort()).isEqualTo(45_060);
            assertThat(packet.getCapturedAtUs()).isBetween(before - 1_000, nowMicros());
        });
        assertThat(account.total().received.value()).isEqualTo(20);
        assertThat(account.total().sent.value()).isEqualTo(20);
        assertThat(account.total().of("ignored", "not-sip").value()).isEqualTo(1);
    }

    @Test
    void pseudoInterfaceAnyTakesThemAll() throws Exception {
        try (var captures = open("any", "udp dst port 45062")) {
            send(Packets.invite("any-1"), 45_062);
            assertThat(captures.trouble()).isEmpty();
        }
        // The kernel shows a datagram on loopback once going out and once coming in.
        assertThat(kafka.raw()).isNotEmpty().allSatisfy(packet -> assertThat(
                        packet.getPayload().toStringUtf8())
                .contains("any-1"));
    }

    @Test
    void framesThatTheKernelDropsAreCounted() throws Exception {
        var stuck = new FrameIntake(
                account, kafka.sink, LiveCaptureTest::stuck, "probe-1", FrameIntake.From.INTERFACE, new RtcpCalls());
        try (var capture = LiveCapture.open("lo", config("lo", "udp dst port 45063"), stuck);
                var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] bytes = new byte[20_000];
            for (int i = 0; i < 1_000; i++) {
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), 45_063));
            }
            long drops = 0;
            for (int i = 0; i < 50 && drops == 0; i++) {
                drops = capture.newDrops();
                Thread.sleep(20);
            }
            assertThat(drops).isPositive();
        }
    }

    private static long stuck() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return nowMicros();
    }

    @Test
    void interfaceThatIsNotThereIsOneSentence() {
        assertThatThrownBy(() -> LiveCaptures.check(config("nosuch0", "udp")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot capture on interface nosuch0: ");
    }

    @Test
    void filterThatIsNoneIsOneSentence() {
        assertThatThrownBy(() -> LiveCaptures.check(config("lo", "udp and (")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the capture filter 'udp and (' cannot be used on interface lo: ");
    }

    @Test
    void defaultFilterIsOne() {
        LiveCaptures.check(config("lo", CaptureConfig.DEFAULT_FILTER));
        LiveCaptures.check(config("any", CaptureConfig.DEFAULT_FILTER));
    }
}
