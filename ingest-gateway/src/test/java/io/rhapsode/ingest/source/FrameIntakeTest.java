/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.ingest.source.FrameIntake.From;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameIntakeTest {

    private static final int RAW_IP = 101;
    private static final byte[] ALICE = {10, 0, 0, 1};
    private static final byte[] BOB = {10, 0, 0, 2};
    private static final byte[] SBC = {(byte) 192, 0, 2, 1};
    private static final byte[] GATEWAY = {(byte) 192, 0, 2, 2};

    private final FakeKafka kafka = new FakeKafka(true, 1_000);
    private final Account account = new Account(100, count -> {});

    private static byte[] udp(String payload) {
        return udp(5060, 5080, payload.getBytes(UTF_8));
    }

    private static byte[] udp(int sourcePort, int destinationPort, byte[] bytes) {
        var packet = ByteBuffer.allocate(8 + bytes.length);
        packet.putShort((short) sourcePort).putShort((short) destinationPort);
        return packet.putShort((short) packet.capacity())
                .putShort((short) 0)
                .put(bytes)
                .array();
    }

    private static byte[] ip(int protocol, byte[] source, byte[] destination, byte[] payload) {
        return fragment(protocol, source, destination, payload, 0, payload.length);
    }

    private static byte[] fragment(int protocol, byte[] source, byte[] destination, byte[] payload, int from, int to) {
        var packet = ByteBuffer.allocate(20 + to - from).put((byte) 0x45).put((byte) 0);
        packet.putShort((short) packet.capacity()).putShort((short) 7);
        packet.putShort((short) (from / 8 | (to < payload.length ? 0x2000 : 0)));
        packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
        return packet.put(source).put(destination).put(payload, from, to - from).array();
    }

    private static byte[] sip(String callId) {
        return ip(17, ALICE, BOB, udp(Packets.invite(callId)));
    }

    private static byte[] offer(String callId, String sdp) {
        String text = Packets.invite(callId).stripTrailing() + "\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n" + sdp;
        return ip(17, ALICE, BOB, udp(text));
    }

    private static byte[] rtcp(byte[] source, int sourcePort, byte[] destination, int destinationPort) {
        byte[] receiverReport = HexFormat.of().parseHex("80c9000100000001");
        return ip(17, source, destination, udp(sourcePort, destinationPort, receiverReport));
    }

    private FrameIntake intake(From from) {
        return new FrameIntake(account, kafka.sink, () -> Packets.AT, "probe-1", from, new RtcpCalls());
    }

    private static void take(FrameIntake intake, byte[] frame) {
        intake.frame(RAW_IP, frame, 0, frame.length, (Packets.AT - 5) * 1_000 + 999);
    }

    @Test
    void sipIsFiledWithTheAddressesOfTheInnermostPacket() {
        var intake = intake(From.INTERFACE);
        take(intake, sip("plain"));
        take(intake, ip(4, SBC, GATEWAY, sip("inside")));
        take(intake, ip(4, SBC, GATEWAY, ip(4, GATEWAY, SBC, sip("inside of inside"))));

        assertThat(kafka.raw()).hasSize(3).allSatisfy(raw -> {
            assertThat(raw.getSourceAddress().toByteArray()).isEqualTo(ALICE);
            assertThat(raw.getDestinationAddress().toByteArray()).isEqualTo(BOB);
            assertThat(raw.getSourcePort()).isEqualTo(5060);
            assertThat(raw.getIpProtocol()).isEqualTo(17);
            assertThat(raw.getCaptureNode()).isEqualTo("probe-1");
            assertThat(raw.getCapturedAtUs()).isEqualTo(Packets.AT - 5);
            assertThat(raw.getReceivedAtUs()).isEqualTo(Packets.AT);
        });
        assertThat(kafka.raw()).extracting(raw -> raw.getSource()).containsExactly("capture", "ipip", "ipip");
        assertThat(kafka.rawRecords())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsExactly("plain", "inside", "inside of inside");
    }

    @Test
    void fragmentsInsideAndOutsideComeTogether() {
        var intake = intake(From.INTERFACE);
        byte[] inner = udp(Packets.invite("x".repeat(300)));
        byte[] first = ip(4, SBC, GATEWAY, fragment(17, ALICE, BOB, inner, 0, 160));
        byte[] second = fragment(17, ALICE, BOB, inner, 160, inner.length);
        take(intake, first);
        take(intake, fragment(4, SBC, GATEWAY, second, 96, second.length));
        assertThat(kafka.raw()).isEmpty();
        take(intake, fragment(4, SBC, GATEWAY, second, 0, 96));

        assertThat(kafka.raw()).singleElement().satisfies(raw -> {
            assertThat(raw.getPayload().toStringUtf8()).isEqualTo(Packets.invite("x".repeat(300)));
            assertThat(raw.getSource()).isEqualTo("ipip");
        });
    }

    @Test
    void rtcpGoesOnUnderTheCallWhoseDescriptionNamesItsPlace() {
        var intake = intake(From.INTERFACE);
        take(intake, rtcp(BOB, 7001, ALICE, 4001));
        take(intake, offer("call-1", "c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"));
        take(intake, rtcp(BOB, 7001, ALICE, 4001));
        take(intake, ip(4, SBC, GATEWAY, rtcp(ALICE, 4001, BOB, 7001)));
        take(intake, rtcp(BOB, 7001, ALICE, 4000));
        take(intake, ip(17, BOB, ALICE, udp(7000, 4000, HexFormat.of().parseHex("80000001000000010000000200000003"))));

        assertThat(kafka.raw().subList(1, 3)).allSatisfy(raw -> {
            assertThat(raw.getProtocolType()).isEqualTo(5);
            assertThat(raw.getCorrelationId()).isEqualTo("call-1");
            assertThat(raw.getPayload().toByteArray()).isEqualTo(HexFormat.of().parseHex("80c9000100000001"));
            assertThat(raw.getCaptureNode()).isEqualTo("probe-1");
            assertThat(raw.getCapturedAtUs()).isEqualTo(Packets.AT - 5);
        });
        assertThat(kafka.raw()).extracting(raw -> raw.getSource()).containsExactly("capture", "capture", "ipip");
        assertThat(kafka.raw()).extracting(raw -> raw.getDestinationPort()).containsExactly(5080, 4001, 7001);
        assertThat(kafka.rawRecords())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsOnly("call-1");
        assertThat(intake.rtcp()).isEqualTo(2);
        account.publish(kafka.sink, 100, Packets.AT);
        assertThat(kafka.counts())
                .containsAllEntriesOf(Map.of(
                        "probe-1 received", 3L, "probe-1 ignored rtcp-unknown", 2L, "probe-1 ignored not-sip", 1L));
    }

    @Test
    void whatIsNoSipIsCountedAndNotReceived() {
        var intake = intake(From.FILE);
        take(intake, sip("file-1"));
        take(intake, ip(17, ALICE, BOB, udp("RTP, perhaps")));
        take(intake, ip(1, ALICE, BOB, new byte[64]));
        take(intake, new byte[] {0x45, 0, 0});
        take(intake, fragment(17, ALICE, BOB, new byte[64], 0, 32));
        intake.end();

        assertThat(kafka.raw()).singleElement().satisfies(raw -> assertThat(raw.getSource())
                .isEqualTo("file"));
        account.publish(kafka.sink, 100, Packets.AT);
        assertThat(kafka.counts())
                .containsAllEntriesOf(Map.of(
                        "probe-1 received", 1L,
                        "probe-1 sent", 1L,
                        "probe-1 ignored not-sip", 1L,
                        "probe-1 ignored other-protocol", 1L,
                        "probe-1 ignored ip-truncated", 1L,
                        "probe-1 ignored fragment", 1L,
                        "probe-1 incomplete ip-incomplete", 1L));
        assertThat(account.total().inFlight()).isZero();
    }
}
