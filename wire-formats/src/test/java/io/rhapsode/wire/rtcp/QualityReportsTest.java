/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import org.junit.jupiter.api.Test;

/** Statistics headers, voice quality reports and probes' JSON. */
class QualityReportsTest {

    /** The body of RFC 6035 section 4.7.1, slightly shortened. */
    static final String VQ = String.join(
            "\r\n",
            "VQSessionReport: CallTerm",
            "CallID: 6dg37f1890463",
            "LocalID: Alice <sip:alice@example.org>",
            "RemoteID: Bill <sip:bill@example.net>",
            "OrigID: Alice <sip:alice@example.org>",
            "LocalAddr: IP=10.10.1.100 PORT=5000 SSRC=1a3b5c7d",
            "LocalMAC: 00:1f:5b:cc:21:0f",
            "RemoteAddr: IP=2001:db8::1 PORT=5002 SSRC=0x2468abcd",
            "LocalMetrics:",
            "Timestamps: START=2004-10-10T18:23:43Z STOP=2004-10-01T18:26:02Z",
            "SessionDesc: PT=18 PD=G729 SR=8000 FD=20 FO=20 FPP=2 PPS=50 FMTP=\"annexb=no; x=1\" PLC=3 SSUP=on",
            "JitterBuffer: JBA=3 JBR=2 JBN=40 JBM=80 JBX=120",
            "PacketLoss: NLR=5.0 JDR=2.0",
            "BurstGapLoss: BLD=0 BD=0 GLD=2.0 GD=500 GMIN=16",
            "Delay: RTD=200 ESD=140 SOWD=200 IAJ=2 MAJ=10",
            "Signal: SL=-18 NL=-50 RERL=55",
            "QualityEst: RLQ=90 RCQ=85 EXTRI=90 EXTRO=0 MOSLQ=4.2 MOSCQ=4.3 QoEEstAlg=P.564",
            "RemoteMetrics:",
            "SessionDesc: PT=8 PPS=50",
            "PacketLoss: NLR=1.0 JDR=0.0",
            "QualityEst: RCQ=127 MOSLQ=127",
            "DialogID:1890463548@alice.example.org;to-tag=8472761;from-tag=9123dh311",
            "");

    private static VqReport vq(String text) throws MalformedPacket {
        byte[] bytes = text.getBytes(UTF_8);
        return VqReport.of(bytes, 0, bytes.length);
    }

    @Test
    void voiceQualityReportOfBothEnds() throws MalformedPacket {
        var report = vq(VQ);
        assertThat(report.event()).isEqualTo("CallTerm");
        assertThat(report.callId()).isEqualTo("6dg37f1890463");
        assertThat(report.localId()).isEqualTo("Alice <sip:alice@example.org>");
        assertThat(report.streams()).hasSize(2);
        var received = report.streams().get(0);
        assertThat(received.direction()).isEqualTo(Direction.RECEIVED);
        assertThat(received.source()).isEqualTo("[2001:db8::1]:5002");
        assertThat(received.destination()).isEqualTo("10.10.1.100:5000");
        assertThat(received.ssrc()).isEqualTo(0x2468abcdL);
        assertThat(received.codec().name()).isEqualTo("G729");
        assertThat(received.get(Metric.LOSS_PERCENT)).isEqualTo(5);
        assertThat(received.get(Metric.DISCARD_PERCENT)).isEqualTo(2);
        assertThat(received.get(Metric.ROUND_TRIP_MS)).isEqualTo(200);
        assertThat(received.get(Metric.END_SYSTEM_DELAY_MS)).isEqualTo(140);
        assertThat(received.get(Metric.JITTER_MS)).isEqualTo(2);
        assertThat(received.get(Metric.MOS)).isEqualTo(4.2);
        assertThat(received.get(Metric.MOS_CONVERSATIONAL)).isEqualTo(4.3);
        assertThat(received.get(Metric.R_FACTOR)).isEqualTo(90);
        assertThat(received.isComputed(Metric.MOS)).isFalse();
        var sent = report.streams().get(1);
        assertThat(sent.codec().name()).as("from the payload type").isEqualTo("PCMA");
        assertThat(sent.get(Metric.LOSS_PERCENT)).isEqualTo(1);
        assertThat(sent.has(Metric.MOS)).as("127 is none").isFalse();
    }

    @Test
    void alertsIntervalsAndWhatIsNone() throws MalformedPacket {
        assertThat(vq("VQIntervalReport\r\nCallID: a\r\n").event()).isEqualTo("CallTerm");
        assertThat(vq("VQIntervalReport:\nCallID: a\n").event()).isEqualTo("Interval");
        assertThat(vq("VQAlertReport: Type=NLR Severity=Critical Dir=local\r\nCallID:a\r\n")
                        .event())
                .isEqualTo("Alert");
        assertThatThrownBy(() -> vq("CallID: a")).hasMessage("not-vq-report");
        assertThatThrownBy(() -> vq("VQSessionReport" + "x".repeat(20_000))).hasMessage("not-vq-report");
    }

    @Test
    void fritzBoxTellsOfBothDirections() {
        var streams = RtpStat.of(
                "X-RTP-Stat",
                "CS=0;PS=1433;ES=1525;OS=229280;SP=0/0;SO=0;QS=-;PR=1522;ER=1525;OR=243520;CR=0;SR=0;QR=-;PL=3,1;BL=0;"
                        + "LS=0;RB=0/0;SB=-/-;EN=PCMA,FAX;DE=PCMA;JI=23,2;DL=20,20,21;"
                        + "IP=192.0.2.1:7082,198.51.100.2:25132");
        assertThat(streams).hasSize(2);
        var received = streams.get(0);
        assertThat(received.direction()).isEqualTo(Direction.RECEIVED);
        assertThat(received.get(Metric.PACKETS)).isEqualTo(1522);
        assertThat(received.get(Metric.OCTETS)).isEqualTo(243520);
        assertThat(received.get(Metric.PACKETS_LOST)).isEqualTo(3);
        assertThat(received.get(Metric.LOSS_PERCENT)).isEqualTo(0.197);
        assertThat(received.isComputed(Metric.LOSS_PERCENT)).isTrue();
        assertThat(received.get(Metric.JITTER_MS)).isEqualTo(23);
        assertThat(received.get(Metric.ROUND_TRIP_MS)).isEqualTo(20);
        assertThat(received.codec().name()).isEqualTo("PCMA");
        assertThat(received.codecAssumed()).isFalse();
        assertThat(received.isComputed(Metric.MOS)).isTrue();
        assertThat(received.source()).isEqualTo("198.51.100.2:25132");
        assertThat(received.destination()).isEqualTo("192.0.2.1:7082");
        var sent = streams.get(1);
        assertThat(sent.get(Metric.PACKETS)).isEqualTo(1433);
        assertThat(sent.get(Metric.PACKETS_LOST)).isEqualTo(1);
        assertThat(sent.get(Metric.JITTER_MS)).isEqualTo(2);
        assertThat(sent.has(Metric.MOS)).isFalse();
    }

    @Test
    void ciscoSeparatesByCommasAndTellsTheRoundTrip() {
        var streams = RtpStat.of("P-RTP-Stat", "PS=300,OS=48000,PR=365,OR=58400,PL=0,JI=4,LA=35,DU=7");
        assertThat(streams.get(0).get(Metric.PACKETS)).isEqualTo(365);
        assertThat(streams.get(0).get(Metric.ROUND_TRIP_MS)).isEqualTo(35);
        assertThat(streams.get(1).get(Metric.PACKETS)).isEqualTo(300);
    }

    @Test
    void audioCodesLatencyIsNoRoundTrip() {
        var received = RtpStat.of("X-RTP-Stat", "PS=207;OS=49680;;PR=314;OR=50240;PL=0;JI=600;LA=40;")
                .get(0);
        assertThat(received.has(Metric.ROUND_TRIP_MS)).isFalse();
        assertThat(received.get(Metric.LATENCY_MS)).isEqualTo(40);
        assertThat(received.get(Metric.JITTER_MS)).isEqualTo(600);
    }

    @Test
    void polyAndOthersTellAScore() {
        var poly = RtpStat.of(
                "X-RTP-Stat", "PS=1234,OS=34560,PR=1236,OR=24720,JI=1,DU=1230,PL=0,EN=G711U,DE=G711U,MOS=4.0");
        assertThat(poly.get(0).get(Metric.MOS)).isEqualTo(4);
        assertThat(poly.get(0).isComputed(Metric.MOS)).isFalse();
        var other =
                RtpStat.of("X-RTP-Stat", "MOS=3.8;Jitter=7;PacketLossPct=0;RTT=260682;RTPStat=RTP: 258452 bytes, 12");
        assertThat(other.get(0).get(Metric.MOS)).isEqualTo(3.8);
        assertThat(other.get(0).get(Metric.JITTER_MS)).isEqualTo(7);
    }

    @Test
    void streamOfNoPacketsGetsNoScore() {
        var streams = RtpStat.of("P-RTP-Stat", "PS=0,OS=0,PR=0,OR=0,PL=0,JI=0,LA=0,DU=108");
        assertThat(streams)
                .allSatisfy(stream -> assertThat(stream.has(Metric.MOS)).isFalse());
    }

    @Test
    void headersThatTellNothing() {
        for (String header : new String[] {"", ";;,,", "=", "PS", "PS=", "PR=x;PL=-1e9999", "a=".repeat(5_000)}) {
            assertThat(RtpStat.of("X-RTP-Stat", header)).as(header).isEmpty();
        }
    }

    @Test
    void probesReport() throws MalformedPacket {
        var report = QosReport.of(RtcpJsonTest.json(
                "{\"CORRELATION_ID\":\"call-1\",\"RTP_SIP_CALL_ID\":\"call-1\",\"DELTA\":19.97,\"JITTER\":0.162653,"
                        + "\"REPORT_TS\":1443793820,\"TL_BYTE\":0,\"SKEW\":0.7,\"TOTAL_PK\":1783,\"PACKET_LOSS\":17,"
                        + "\"MAX_JITTER\":0.575890,\"MOS\":4.394147,\"RFACTOR\":92.442569,\"SRC_IP\":\"192.168.1.1\","
                        + "\"SRC_PORT\":21122,\"DST_IP\":\"192.168.1.2\",\"DST_PORT\":52268,\"CODEC_PT\":8,"
                        + "\"CLOCK\":8000,\"CODEC_NAME\":\"pcma\",\"TYPE\":\"HANGUP\"}"));
        assertThat(report.callId()).isEqualTo("call-1");
        assertThat(report.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.source()).isEqualTo("192.168.1.1:21122");
            assertThat(stream.destination()).isEqualTo("192.168.1.2:52268");
            assertThat(stream.codec().name()).isEqualTo("pcma");
            assertThat(stream.get(Metric.PACKETS)).isEqualTo(1783);
            assertThat(stream.get(Metric.LOSS_PERCENT)).isCloseTo(0.944, within(0.001));
            assertThat(stream.get(Metric.MOS)).isEqualTo(4.394);
            assertThat(stream.get(Metric.R_FACTOR)).isEqualTo(92.443);
        });
    }

    @Test
    void bothLegsOfASessionBorderControllerWithScoresInHundredths() throws MalformedPacket {
        var report = QosReport.of(RtcpJsonTest.json(
                "{\"NAME\":\"sbc\",\"INC_REALM\":\"access\",\"OUT_REALM\":\"core\",\"INC_ID\":\"call-2\",\"INC_MOS\":420,"
                        + "\"INC_RVAL\":8500,\"INC_RTP_PK\":5000,\"INC_RTP_PK_LOSS\":12,\"INC_RTP_AVG_JITTER\":8,"
                        + "\"INC_RTCP_AVG_LAT\":30,\"CALLER_SRC_IP\":\"192.0.2.1\",\"CALLER_SRC_PORT\":4000,"
                        + "\"OUT_MOS\":0,\"OUT_RVAL\":0,\"OUT_RTP_PK\":4000,\"OUT_RTP_PK_LOSS\":0}"));
        assertThat(report.callId()).isEqualTo("call-2");
        assertThat(report.streams()).hasSize(2);
        assertThat(report.streams().get(0).get(Metric.MOS)).isEqualTo(4.2);
        assertThat(report.streams().get(0).get(Metric.R_FACTOR)).isEqualTo(85);
        assertThat(report.streams().get(0).source()).isEqualTo("192.0.2.1:4000");
        assertThat(report.streams().get(1).isComputed(Metric.MOS)).isTrue();
        assertThatThrownBy(() -> QosReport.of(RtcpJsonTest.json("{\"a\":1}"))).hasMessage("qos-json-unknown");
    }

    /** ITU-T G.107 annex B, table B.1, and the rating of its default values. */
    @Test
    void ratingsAndScoresOfTheRecommendation() {
        assertThat(EModel.rating(0, 0, Codec.G711)).isCloseTo(93.2, within(0.05));
        assertThat(EModel.mos(93.2)).isCloseTo(4.41, within(0.005));
        assertThat(EModel.mos(90)).isCloseTo(4.34, within(0.005));
        assertThat(EModel.mos(80)).isCloseTo(4.03, within(0.006));
        assertThat(EModel.mos(70)).isCloseTo(3.60, within(0.006));
        assertThat(EModel.mos(60)).isCloseTo(3.10, within(0.005));
        assertThat(EModel.mos(50)).isCloseTo(2.58, within(0.006));
        assertThat(EModel.mos(0)).isEqualTo(1);
        assertThat(EModel.mos(5)).isEqualTo(1);
        assertThat(EModel.mos(100)).isEqualTo(4.5);
    }

    @Test
    void ratingFallsWithLossDelayAndCodec() {
        Codec g729 = Codec.named("G729");
        assertThat(EModel.rating(0, 0, g729)).isCloseTo(82.2, within(0.05));
        // Ie-eff = 11 + 84 * 2 / (2 + 19)
        assertThat(EModel.rating(0, 2, g729)).isCloseTo(74.2, within(0.05));
        assertThat(EModel.rating(0, 1, Codec.G711)).isCloseTo(93.2 - 3.64, within(0.05));
        assertThat(EModel.rating(200, 0, Codec.G711)).isCloseTo(86, within(0.8));
        assertThat(EModel.rating(0, 100, Codec.G711)).isPositive();
        assertThat(EModel.rating(100_000, 100, g729)).isZero();
        double before = 101;
        for (int delay = 0; delay <= 1_000; delay += 10) {
            double rating = EModel.rating(delay, 1, Codec.G711);
            assertThat(rating).isLessThanOrEqualTo(before);
            before = rating;
        }
    }

    @Test
    void codecWithoutPublishedValuesGetsNoScore() {
        var stream =
                new StreamQuality(Direction.RECEIVED).codec(Codec.named("opus")).put(Metric.LOSS_PERCENT, 3);
        EModel.complete(stream);
        assertThat(stream.has(Metric.MOS)).isFalse();
        assertThat(Codec.named("opus").clockRate()).isEqualTo(48_000);
    }

    @Test
    void chunksOfHepInTheirUnits() {
        var stream = HepQuality.of(412, 91, 14);
        assertThat(stream.get(Metric.MOS)).isEqualTo(4.12);
        assertThat(stream.get(Metric.R_FACTOR)).isEqualTo(91);
        assertThat(stream.get(Metric.JITTER_MS)).isEqualTo(14);
        assertThat(stream.direction()).isEqualTo(Direction.UNKNOWN);
        assertThat(stream.isComputed(Metric.MOS)).isFalse();
        assertThat(HepQuality.of(0, 93, 0).get(Metric.MOS)).isCloseTo(4.41, within(0.01));
        assertThat(HepQuality.of(0, 93, 0).isComputed(Metric.MOS)).isTrue();
    }

    @Test
    void chunksOfHepAtTheirBounds() {
        assertThat(HepQuality.of(100, 1, 60_000).values()).hasSize(3);
        assertThat(HepQuality.of(500, 120, 1).values()).hasSize(3);
        assertThat(HepQuality.of(99, 0, 0).values()).isEmpty();
        assertThat(HepQuality.of(501, 121, 60_001).values()).isEmpty();
        assertThat(HepQuality.of(-1, -1, -1).values()).isEmpty();
        assertThat(HepQuality.of(0, 0, 3_600_000).values()).isEmpty();
    }
}
