/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.rtcp.RtcpPacket.ApplicationDefined;
import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.Feedback;
import io.rhapsode.wire.rtcp.RtcpPacket.Goodbye;
import io.rhapsode.wire.rtcp.RtcpPacket.Item;
import io.rhapsode.wire.rtcp.RtcpPacket.Other;
import io.rhapsode.wire.rtcp.RtcpPacket.Report;
import io.rhapsode.wire.rtcp.RtcpPacket.ReportBlock;
import io.rhapsode.wire.rtcp.RtcpPacket.SenderInfo;
import io.rhapsode.wire.rtcp.RtcpPacket.SourceDescription;
import io.rhapsode.wire.rtcp.RtcpPacket.XrBlock;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcpTest {

    /** SR with one block, SDES, XR with VoIP metrics, as an rtpengine forwarded it. */
    static final String COMPOUND = "81c8000c11223344eeaed15be126d00000001ea00000003200001f40"
            + "55667788010000010000041900000017d15be1260000199a"
            + "81ca000611223344010e616c6963654067656e2e7465737400000000"
            + "80cf000a112233440700000855667788" + "0501020000780fa00028000ad8c814105d502a29c000003c00500078";

    private static boolean isWhole(String hex) {
        byte[] bytes = bytes("ffff" + hex + "ff");
        return Rtcp.isWhole(bytes, 2, bytes.length - 3);
    }

    @Test
    void wholeIsWhatIsRtcpUpToItsEnd() {
        assertThat(isWhole(COMPOUND)).isTrue();
        assertThat(isWhole("80c9000100000001")).as("one packet").isTrue();
        assertThat(isWhole("80c900010000000100"))
                .as("a zero that fills no word")
                .isTrue();
        assertThat(isWhole("81cd00020000000100000002"))
                .as("feedback of reduced size")
                .isTrue();
    }

    @Test
    void wholeIsNoRtpAndNothingEncryptedOrCut() {
        assertThat(isWhole("")).isFalse();
        assertThat(isWhole("80c90001")).isFalse();
        assertThat(isWhole(COMPOUND.substring(0, COMPOUND.length() - 2))).isFalse();
        assertThat(isWhole("80000001000000010000000200000003")).as("RTP").isFalse();
        assertThat(isWhole("80c0000100000001"))
                .as("begins with a type that nothing begins with")
                .isFalse();
        assertThat(isWhole("40c9000100000001")).as("another version").isFalse();
        assertThat(isWhole("80c90001000000018000000100112233445566778899"))
                .as("SRTCP: E flag, index and tag behind it (RFC 3711 section 3.4)")
                .isFalse();
    }

    @Test
    void wholeReadsNothingBeyondItsRangeWhateverTheOctets() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = bytes(COMPOUND);
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            byte[] cut = Arrays.copyOf(mutant, random.nextInt(mutant.length + 1));
            assertThatCode(() -> Rtcp.isWhole(cut, 0, cut.length))
                    .as("seed " + seed)
                    .doesNotThrowAnyException();
        }
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static List<RtcpPacket> decode(String hex) throws MalformedPacket {
        byte[] bytes = bytes(hex);
        return Rtcp.decode(bytes, 0, bytes.length);
    }

    private static void refused(String hex, String reason) {
        assertThatThrownBy(() -> decode(hex))
                .isInstanceOf(MalformedPacket.class)
                .hasMessage(reason);
    }

    @Test
    void senderReportWithDescriptionAndVoipMetrics() throws MalformedPacket {
        var packets = decode(COMPOUND);
        assertThat(packets).extracting(RtcpPacket::name).containsExactly("SR", "SDES", "XR");
        assertThat(packets.get(0))
                .isEqualTo(new Report(
                        0x11223344,
                        new SenderInfo(0xeeaed15bL, 0xe126d000L, 7840, 50, 8000),
                        List.of(new ReportBlock(0x55667788, 1, 1, 1049, 23, 0xd15be126L, 6554))));
        assertThat(packets.get(1)).isEqualTo(new SourceDescription(List.of(new Item(0x11223344, 1, "alice@gen.test"))));
        assertThat(packets.get(2))
                .isEqualTo(new ExtendedReport(
                        0x11223344,
                        List.of(new XrBlock(
                                7,
                                new VoipMetrics(
                                        0x55667788,
                                        5,
                                        1,
                                        2,
                                        0,
                                        120,
                                        4000,
                                        40,
                                        10,
                                        -40,
                                        -56,
                                        20,
                                        16,
                                        93,
                                        80,
                                        42,
                                        41,
                                        0xc0,
                                        60,
                                        80,
                                        120)))));
    }

    @Test
    void receiverReportWithMoreDuplicatesThanLosses() throws MalformedPacket {
        var packets = decode("81c90007 00000001 00000002 00fffffe 0000000a 00000005 00000000 00000000");
        assertThat(packets).containsExactly(new Report(1, null, List.of(new ReportBlock(2, 0, -2, 10, 5, 0, 0))));
        assertThat(packets.get(0).name()).isEqualTo("RR");
    }

    @Test
    void emptyReceiverReportAloneAndWithProfileExtension() throws MalformedPacket {
        assertThat(decode("80c90001 00000001")).containsExactly(new Report(1, null, List.of()));
        assertThat(decode("80c90003 00000001 deadbeef deadbeef")).containsExactly(new Report(1, null, List.of()));
    }

    @Test
    void goodbyeWithReasonApplicationAndUnknownType() throws MalformedPacket {
        assertThat(decode("82cb0004 00000001 00000002 0568656c6c6f0000 84cc0003 00000007 71746c65 01020304 80d00000"))
                .containsExactly(
                        new Goodbye(List.of(1L, 2L), "hello"), new ApplicationDefined(7, 4, "qtle", 4), new Other(208));
    }

    @Test
    void chunksOfADescriptionBeginOnWords() throws MalformedPacket {
        var packets = decode("82ca0005 00000001 01016100 00000002 02026262 00000000");
        assertThat(packets).containsExactly(new SourceDescription(List.of(new Item(1, 1, "a"), new Item(2, 2, "bb"))));
        assertThat(((SourceDescription) packets.get(0)).cname()).isEqualTo("a");
    }

    @Test
    void allSevenBlocksOfExtendedReportsByName() throws MalformedPacket {
        var hex = new StringBuilder("80cf0011 00000001");
        for (int type = 1; type <= 7; type++) {
            hex.append(type == 7 ? "" : "%02x000001 00000000".formatted(type));
        }
        hex.append("07000000 08000001 00000000 ff000000");
        var packets = decode(hex.toString());
        assertThat(((ExtendedReport) packets.get(0)).blocks())
                .extracting(XrBlock::name)
                .containsExactly(
                        "loss-rle",
                        "duplicate-rle",
                        "packet-receipt-times",
                        "receiver-reference-time",
                        "dlrr",
                        "statistics-summary",
                        "voip-metrics",
                        "xr-8",
                        "xr-255");
    }

    @Test
    void feedbackByName() throws MalformedPacket {
        var packets = decode("81cd0003 00000001 00000002 00010002 81ce0002 00000001 00000002 8fcd0002 00000001 00000002"
                + "84ce0002 00000001 00000002 9fce0002 00000001 00000002");
        assertThat(packets).extracting(RtcpPacket::name).containsExactly("NACK", "PLI", "TCC", "FIR", "PSFB-31");
        assertThat(packets.get(1)).isEqualTo(new Feedback(false, 1, 1, 2));
    }

    @Test
    void zerosThatFillNoWordArePassedOver() throws MalformedPacket {
        assertThat(decode("80c90001 00000001 000000")).containsExactly(new Report(1, null, List.of()));
        refused("80c90001 00000001 000100", "rtcp-bad-version");
    }

    @Test
    void paddingIsNoContent() throws MalformedPacket {
        assertThat(decode("a0c90002 00000001 00000004")).containsExactly(new Report(1, null, List.of()));
        refused("a0c90001 000000ff", "rtcp-bad-length");
    }

    @Test
    void everyWayToBeWrong() {
        refused("", "not-rtcp");
        refused("80c900", "not-rtcp");
        refused("40c90001 00000001", "not-rtcp");
        refused("80000001 00000001", "not-rtcp");
        refused("80c90002 00000001", "rtcp-bad-length");
        refused("80c90001 00000001 00c90001 00000001", "rtcp-bad-version");
        refused("80c90001 00000001 80c9", "rtcp-bad-version");
        refused("81c90001 00000001", "rtcp-truncated");
        refused("80c80003 00000001 00000002 00000003", "rtcp-truncated");
        refused("81ca0002 00000001 01ff6162", "rtcp-truncated");
        refused("81ca0002 00000001 01026162", "rtcp-truncated");
        refused("81cb0002 00000001 ff616263", "rtcp-truncated");
        refused("80cf0002 00000001 07000008", "rtcp-truncated");
        refused("80cd0001 00000001", "rtcp-truncated");
        refused("80d00000".repeat(257), "rtcp-too-many-packets");
    }

    @Test
    void everyRtcpDatagramOfACapture() throws IOException, MalformedPacket {
        var names = new ArrayList<String>();
        var rtcp = new ArrayList<List<RtcpPacket>>();
        try (var capture = CaptureFile.open(Path.of("src/test/resources/captures/rtpengine10_rtp_rtcp_xr.pcap"))) {
            for (var record : capture) {
                var datagram = new IpDecoder()
                        .decode(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1000)
                        .orElseThrow();
                byte[] bytes = datagram.bytes();
                if (Rtcp.looksLikeRtcp(bytes, datagram.payloadOffset(), datagram.payloadLength())) {
                    var packets = Rtcp.decode(bytes, datagram.payloadOffset(), datagram.payloadLength());
                    rtcp.add(packets);
                    packets.forEach(packet -> names.add(packet.name()));
                }
            }
        }
        assertThat(rtcp).hasSize(16);
        assertThat(names).containsOnly("SR", "SDES", "XR").hasSize(48);
    }

    @Test
    void streamsOfACompound() throws MalformedPacket {
        var streams = RtcpQuality.of(decode(COMPOUND), 0);
        assertThat(streams).hasSize(2);
        var sent = streams.get(0);
        assertThat(sent.direction()).isEqualTo(Direction.SENT);
        assertThat(sent.ssrc()).isEqualTo(0x11223344);
        assertThat(sent.get(Metric.PACKETS)).isEqualTo(50);
        assertThat(sent.has(Metric.MOS)).isFalse();
        var received = streams.get(1);
        assertThat(received.direction()).isEqualTo(Direction.RECEIVED);
        assertThat(received.ssrc()).isEqualTo(0x55667788);
        assertThat(received.get(Metric.PACKETS_LOST)).isEqualTo(1);
        assertThat(received.get(Metric.LOSS_PERCENT)).isEqualTo(1.953);
        assertThat(received.get(Metric.DISCARD_PERCENT)).isEqualTo(0.391);
        assertThat(received.get(Metric.JITTER_MS)).isEqualTo(2.875);
        assertThat(received.clockRateAssumed()).isTrue();
        assertThat(received.get(Metric.ROUND_TRIP_MS)).isEqualTo(40);
        assertThat(received.get(Metric.END_SYSTEM_DELAY_MS)).isEqualTo(10);
        assertThat(received.get(Metric.MOS)).isEqualTo(4.2);
        assertThat(received.get(Metric.MOS_CONVERSATIONAL)).isEqualTo(4.1);
        assertThat(received.get(Metric.R_FACTOR)).isEqualTo(93);
        assertThat(received.isComputed(Metric.MOS)).isFalse();
    }

    @Test
    void roundTripFromLastReportAndDelay() throws MalformedPacket {
        // RFC 3550 section 6.4.1, figure 2: A 10 Nov 1995 11:33:36.5 (b710:8000), LSR b705:2000, DLSR 5.250 s: 6.125 s.
        long observed = (0xb44db710L - 2_208_988_800L) * 1_000_000 + 500_000;
        String report = "81c90007 00000001 00000002 00000000 0000000a 00000005 %s %s";
        var figure = RtcpQuality.of(decode(report.formatted("b7052000", "00054000")), observed);
        assertThat(figure.get(0).has(Metric.ROUND_TRIP_MS))
                .as("longer than clocks can be trusted with")
                .isFalse();
        // The same with a delay longer by 6 s.
        var near = RtcpQuality.of(decode(report.formatted("b7052000", "000b4000")), observed);
        assertThat(near.get(0).get(Metric.ROUND_TRIP_MS)).isEqualTo(125);
        assertThat(near.get(0).isComputed(Metric.ROUND_TRIP_MS)).isTrue();
        var negative = RtcpQuality.of(decode(report.formatted("b7108000", "00010000")), observed);
        assertThat(negative.get(0).has(Metric.ROUND_TRIP_MS)).isFalse();
        var none = RtcpQuality.of(decode(report.formatted("00000000", "00000000")), observed);
        assertThat(none.get(0).has(Metric.ROUND_TRIP_MS)).isFalse();
    }

    @Test
    void qualityThatWasNotReportedIsComputedAndSaysSo() throws MalformedPacket {
        var stream = RtcpQuality.of(
                        decode("81c90007 00000001 00000002 0d000002 0000000a 00000050 00000000 00000000"), 0)
                .get(0);
        assertThat(stream.get(Metric.LOSS_PERCENT)).isEqualTo(5.078);
        assertThat(stream.isComputed(Metric.MOS)).isTrue();
        assertThat(stream.isComputed(Metric.R_FACTOR)).isTrue();
        assertThat(stream.codecAssumed()).isTrue();
        assertThat(stream.get(Metric.MOS)).isCloseTo(3.89, within(0.05));
    }

    @Test
    void picturesGetNoOpinionScore() throws MalformedPacket {
        var streams = RtcpQuality.of(
                decode("81c90007 00000001 00000002 0d000002 0000000a 00000050 00000000 00000000"
                        + "81ce0002 00000001 00000002"),
                0);
        assertThat(streams.get(0).has(Metric.MOS)).isFalse();
    }

    @Test
    void moreStreamsThanAllowedAreLeftOut() throws MalformedPacket {
        var hex = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            hex.append("81c90007 00000001 %08x 00000000 0000000a 00000005 00000000 00000000".formatted(i + 1));
        }
        assertThat(RtcpQuality.of(decode(hex.toString()), 0)).hasSize(RtcpQuality.MAX_STREAMS);
    }

    @Test
    void textThatIsNoUtf8() throws MalformedPacket {
        var sdes = (SourceDescription) decode("81ca0002 00000001 0101ff00").get(0);
        assertThat(sdes.cname().getBytes(UTF_8)).isEqualTo("\ufffd".getBytes(UTF_8));
    }
}
