/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.StageCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of packets that are no SIP, and of quality reports that SIP carries. */
class MediaAndLogsTest {

    private static final String RTPENGINE = "{\"sender_information\":{\"ntp_timestamp_sec\":3667834977,"
            + "\"ntp_timestamp_usec\":2355549043,\"octets\":82240,\"rtp_timestamp\":84679, \"packets\":514},"
            + "\"ssrc\":3724882677,\"type\":200,\"report_count\":1,\"report_blocks\":[{\"source_ssrc\":2062957521,"
            + "\"highest_seq_no\":4663,\"fraction_lost\":64,\"ia_jitter\":80,\"packets_lost\":2,\"lsr\":0,\"dlsr\":0}],"
            + "\"sdes_report_count\":1,\"sdes_information\": [ {\"sdes_chunk_ssrc\":3724882677,\"type\":1,"
            + "\"text\":\"a@b\"}] }";

    private static final String RECEIVER_REPORT =
            "81c90007000000010000000200000000000000" + "0a00000005" + "0000000000000000";

    @TempDir
    Path folder;

    private TestWay way;

    @BeforeEach
    void open() {
        way = new TestWay(folder);
    }

    @AfterEach
    void close() {
        way.close();
    }

    private static RawPacket packet(int type, byte[] payload, String correlation) {
        return Script.packets("call-1", "0 a INVITE 1").get(0).toBuilder()
                .setProtocolType(type)
                .setPayload(ByteString.copyFrom(payload))
                .setCorrelationId(correlation)
                .build();
    }

    private void send(int type, String payload) {
        way.raw(
                "call-7".getBytes(UTF_8),
                packet(type, payload.getBytes(UTF_8), "call-7").toByteArray());
    }

    private void sendSip(String extra, String startLine, String cseq) {
        String text =
                startLine + "\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCall-ID: call-9"
                        + "\r\nCSeq: " + cseq + "\r\n" + extra;
        way.packet(packet(1, text.getBytes(UTF_8), ""));
    }

    private TestRecord<String, MediaReport> report() {
        var reports = way.mediaReports();
        assertThat(reports).hasSize(1);
        return reports.get(0);
    }

    private LogEvent event() {
        var events = way.logEvents();
        assertThat(events).hasSize(1);
        return events.get(0).value();
    }

    private void counted(String outcome, long count) {
        way.pass(Duration.ofMillis(1_100));
        assertThat(way.counts()).extracting(TestRecord::value).singleElement().satisfies(counted -> {
            assertThat(counted).extracting(StageCount::getOutcome).isEqualTo(outcome);
            assertThat(counted.getCount()).isEqualTo(count);
        });
    }

    @Test
    void rtcpAsJson() {
        send(5, RTPENGINE);
        var report = report().value();
        assertThat(report.getCallId()).isEqualTo("call-7");
        assertThat(report.getSource()).isEqualTo("rtcp-json");
        assertThat(report.getContentsList()).containsExactly("SR", "SDES");
        assertThat(report.getCname()).isEqualTo("a@b");
        assertThat(report.getFromSip()).isFalse();
        assertThat(report.getPacket().getPayload().toStringUtf8()).isEqualTo(RTPENGINE);
        assertThat(report.getStreamsList())
                .extracting(MediaStream::getDirection)
                .containsExactly("sent", "received");
        var sent = report.getStreams(0);
        assertThat(sent.getSsrc()).isEqualTo((int) 3724882677L);
        assertThat(sent.getPackets()).isEqualTo(514);
        assertThat(sent.getFrom()).isEqualTo("10.0.0.1:5060");
        assertThat(sent.getTo()).isEqualTo("10.0.0.2:5060");
        var received = report.getStreams(1);
        assertThat(received.getFrom())
                .as("the stream went the other way than its report")
                .isEqualTo("10.0.0.2:5060");
        assertThat(received.getLossPercent()).isEqualTo(25);
        assertThat(received.getJitterMs()).isEqualTo(10);
        assertThat(received.hasRoundTripMs()).isFalse();
        assertThat(received.getMos()).isBetween(1.0, 3.0);
        assertThat(received.getComputedList()).containsExactly("mos", "r_factor");
        assertThat(received.getAssumedList()).containsExactly("codec", "clock_rate");
        assertThat(way.messages()).isEmpty();
        assertThat(way.deadLetters()).isEmpty();
        counted("parsed", 1);
    }

    @Test
    void rtcpAsItWasOnTheWireUnderTheKeyItCameWith() {
        way.raw(
                "key".getBytes(UTF_8),
                packet(5, HexFormat.of().parseHex(RECEIVER_REPORT), "").toByteArray());
        var report = report();
        assertThat(report.key()).isEqualTo("key");
        assertThat(report.value().getSource()).isEqualTo("rtcp");
        assertThat(report.value().getContentsList()).containsExactly("RR");
        assertThat(report.value().getRawOffset()).isZero();
        assertThat(report.value().getAtUs()).isEqualTo(Script.BEGIN);
    }

    @ParameterizedTest
    @CsvSource({"32", "33", "34", "35", "38", "99"})
    void probesReports(int type) {
        way.raw(
                null,
                packet(type, "{\"RTP_SIP_CALL_ID\":\"call-8\",\"MOS\":4.1}".getBytes(UTF_8), "")
                        .toByteArray());
        var report = report();
        assertThat(report.key()).isEqualTo("call-8");
        assertThat(report.value().getSource()).isEqualTo("qos-json");
        assertThat(report.value().getStreams(0).getMos()).isEqualTo(4.1);
        assertThat(report.value().getStreams(0).getComputedList()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "5, hello, not-rtcp",
        "5, {\"a\":1}, qos-json-unknown",
        "5, {\"report_blocks\":[}, json-malformed",
        "99, VQ, not-rtcp",
        "2, hello, not-xmpp",
        "100, a\u0001b, not-text",
        "1, MSRP x, not-msrp",
    })
    void whatCannotBeUnderstoodIsADeadLetterWithItsReason(int type, String payload, String reason) {
        send(type, payload);
        assertThat(way.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.value().getReason()).isEqualTo(reason);
            assertThat(letter.value().getDetail()).contains("type " + type);
        });
        assertThat(way.mediaReports()).isEmpty();
        assertThat(way.logEvents()).isEmpty();
        counted("dead-lettered", 1);
    }

    @Test
    void statisticsOfAByeBesideTheMessage() {
        sendSip(
                "X-RTP-Stat: PS=207;OS=49680;PR=314;OR=50240;PL=6;JI=4;LA=40;EN=PCMA;DE=PCMA\r\nContent-Length: 0\r\n\r\n",
                "BYE sip:b@example.com SIP/2.0",
                "2 BYE");
        assertThat(way.messages()).hasSize(1);
        var report = report();
        assertThat(report.key()).isEqualTo("call-9");
        assertThat(report.value().getFromSip()).isTrue();
        assertThat(report.value().getSource()).isEqualTo("rtp-stat");
        assertThat(report.value().getContentsList()).containsExactly("X-RTP-Stat");
        assertThat(report.value().getPacket().getPayload().isEmpty())
                .as("the message has it")
                .isTrue();
        assertThat(report.value().getStreams(0).getPacketsLost()).isEqualTo(6);
        assertThat(report.value().getStreams(0).getCodec()).isEqualTo("PCMA");
        counted("parsed", 1);
    }

    @Test
    void answerToAByeWithStatisticsAndByeWithout() {
        sendSip("P-RTP-Stat: PS=300,OS=48000,PR=365,OR=58400,PL=0,JI=4,LA=35,DU=7\r\n\r\n", "SIP/2.0 200 OK", "2 BYE");
        sendSip("\r\n", "BYE sip:b@example.com SIP/2.0", "3 BYE");
        sendSip("X-RTP-Stat: PS=1\r\n\r\n", "INVITE sip:b@example.com SIP/2.0", "1 INVITE");
        assertThat(report().value().getStreams(0).getRoundTripMs()).isEqualTo(35);
        assertThat(way.messages()).hasSize(3);
    }

    @Test
    void voiceQualityReportIsFiledUnderTheCallItIsAbout() {
        String body = "VQSessionReport: CallTerm\r\nCallID: the-call\r\nLocalAddr: IP=192.0.2.1 PORT=5000\r\n"
                + "RemoteAddr: IP=192.0.2.2 PORT=5002\r\nLocalMetrics:\r\nQualityEst: MOSLQ=3.1\r\n";
        sendSip(
                "Content-Type: application/vq-rtcpxr\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                "PUBLISH sip:collector@example.com SIP/2.0",
                "1 PUBLISH");
        var report = report();
        assertThat(report.key()).isEqualTo("the-call");
        assertThat(report.value().getCallId()).isEqualTo("the-call");
        assertThat(report.value().getContentsList()).containsExactly("CallTerm");
        assertThat(report.value().getStreams(0).getFrom()).isEqualTo("192.0.2.2:5002");
        assertThat(report.value().getStreams(0).getMos()).isEqualTo(3.1);
        assertThat(way.messages()).singleElement().satisfies(message -> assertThat(message.getCallId())
                .isEqualTo("call-9"));
        counted("parsed", 1);
    }

    @Test
    void voiceQualityReportThatIsBrokenCostsNobodyItsMessage() {
        sendSip(
                "Content-Type: application/vq-rtcpxr\r\nContent-Length: 5\r\n\r\nhello",
                "PUBLISH sip:c@example.com SIP/2.0",
                "1 PUBLISH");
        assertThat(way.messages()).hasSize(1);
        assertThat(way.mediaReports()).isEmpty();
        assertThat(way.metric("rhapsode.stream.reports.unreadable")).isEqualTo(1);
    }

    private void sendChunks(int type, String payload, String correlation, int mos, int rFactor, int jitter) {
        way.raw(
                correlation.isEmpty() ? null : correlation.getBytes(UTF_8),
                packet(type, payload.getBytes(UTF_8), correlation).toBuilder()
                        .setMosX100(mos)
                        .setRFactor(rFactor)
                        .setJitter(jitter)
                        .build()
                        .toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"4, RTP", "35, hello", "5, hello", "35, {\"a\":1}"})
    void chunksOfHepAreAReportWhateverThePayload(int type, String payload) {
        sendChunks(type, payload, "call-7", 412, 91, 14);
        var report = report();
        assertThat(report.key()).isEqualTo("call-7");
        assertThat(report.value().getCallId()).isEqualTo("call-7");
        assertThat(report.value().getSource()).isEqualTo("hep-chunks");
        assertThat(report.value().getContentsList()).containsExactly("hep-chunks");
        assertThat(report.value().getPacket().getPayload().toStringUtf8()).isEqualTo(payload);
        assertThat(report.value().getStreamsList()).singleElement().satisfies(stream -> {
            assertThat(stream.getMos()).isEqualTo(4.12);
            assertThat(stream.getRFactor()).isEqualTo(91);
            assertThat(stream.getJitterMs()).isEqualTo(14);
            assertThat(stream.getComputedList()).isEmpty();
        });
        assertThat(way.deadLetters()).isEmpty();
        counted("parsed", 1);
    }

    @Test
    void scoreThatFollowsFromTheRatingOfAChunkIsMarked() {
        sendChunks(4, "RTP", "call-7", 0, 93, 0);
        var stream = report().value().getStreams(0);
        assertThat(stream.getMos()).isBetween(4.40, 4.42);
        assertThat(stream.getComputedList()).containsExactly("mos");
        assertThat(stream.hasJitterMs()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "99, 121, 60001", "501, -1, -1", "65535, 65535, 2147483647"})
    void chunksThatCannotBeAreNotBelieved(int mos, int rFactor, int jitter) {
        sendChunks(4, "RTP", "call-7", mos, rFactor, jitter);
        assertThat(way.mediaReports()).isEmpty();
        assertThat(way.deadLetters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.value().getReason()).isEqualTo("protocol-4"));
    }

    @Test
    void chunksThatNameNoCallAreNoReport() {
        sendChunks(4, "RTP", "", 412, 91, 14);
        assertThat(way.mediaReports()).isEmpty();
        assertThat(way.deadLetters()).hasSize(1);
    }

    @Test
    void chunksBesideAReportAreOneMoreStreamUnlessItHasAScoreOfItsOwn() {
        sendChunks(5, RTPENGINE, "call-7", 312, 0, 0);
        var report = report().value();
        assertThat(report.getSource()).isEqualTo("rtcp-json");
        assertThat(report.getContentsList()).containsExactly("SR", "SDES", "hep-chunks");
        assertThat(report.getStreamsCount()).isEqualTo(3);
        assertThat(report.getStreams(2).getMos()).isEqualTo(3.12);
        sendChunks(35, "{\"CORRELATION_ID\":\"call-7\",\"MOS\":4.1}", "call-7", 410, 0, 0);
        assertThat(report().value().getStreamsList()).singleElement().satisfies(stream -> assertThat(stream.getMos())
                .isEqualTo(4.1));
    }

    @Test
    void chunksBesideSipAreOfItsCallAndMakeItsQuality() {
        String bye = "BYE sip:b@example.com SIP/2.0\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2"
                + "\r\nCall-ID: call-9\r\nCSeq: 2 BYE\r\nX-RTP-Stat: ";
        sendChunks(1, bye.replace("X-RTP-Stat: ", "\r\n"), "", 287, 0, 31);
        var report = report();
        assertThat(report.key()).isEqualTo("call-9");
        assertThat(report.value().getFromSip()).isTrue();
        assertThat(report.value().getSource()).isEqualTo("hep-chunks");
        assertThat(report.value().getPacket().getPayload().isEmpty()).isTrue();
        sendChunks(1, bye + "PS=207;PR=314;PL=6;JI=4;EN=PCMA;DE=PCMA\r\n\r\n", "", 287, 0, 31);
        assertThat(report().value().getContentsList()).containsExactly("X-RTP-Stat", "hep-chunks");
        sendChunks(1, bye.replace("X-RTP-Stat: ", "\r\n"), "", 0, 0, 0);
        assertThat(way.mediaReports()).as("nothing is believed").isEmpty();
        assertThat(way.messages()).hasSize(3);
        way.pass(Duration.ofSeconds(6));
        way.pass(Duration.ofSeconds(2));
        assertThat(way.calls()).isNotEmpty().last().satisfies(call -> {
            assertThat(call.getMedia().getMosLowest()).isEqualTo(2.87);
            assertThat(call.getMedia().getJitterMsHighest()).isEqualTo(31);
        });
    }

    @Test
    void logLine() {
        send(100, "Nov 24 10:00:00 proxy kamailio[7]: ERROR: <core>: no route for call-7\n\0");
        var event = event();
        assertThat(event.getKind()).isEqualTo("log");
        assertThat(event.getCallId()).isEqualTo("call-7");
        assertThat(event.getText()).isEqualTo("Nov 24 10:00:00 proxy kamailio[7]: ERROR: <core>: no route for call-7");
        assertThat(event.getLevel()).isEqualTo("error");
        counted("parsed", 1);
    }

    @ParameterizedTest
    @CsvSource({
        "<134>proxy: hello, info",
        "<3>proxy: hello, error",
        "<999>proxy, ''",
        "[warning] x, warning",
        "DEBUG x, debug",
        "no error at all, ''",
        "SYSLOG: Processing OPTIONS, ''",
    })
    void levelOfALogLine(String line, String level) {
        assertThat(LogLevel.of(line)).isEqualTo(level);
    }

    @Test
    void msrpIsKnownByItsBeginAndItsTextsAreOneEvent() {
        String one = "MSRP abcd SEND\r\nTo-Path: msrp://b;tcp\r\nFrom-Path: msrp://a;tcp\r\nMessage-ID: 4\r\n"
                + "Content-Type: text/plain\r\n\r\nHello\r\n-------abcd+\r\n";
        for (int type : new int[] {1, 6}) {
            send(type, one + one.replace("abcd", "abce").replace("Hello", "Bob"));
            var event = event();
            assertThat(event.getKind()).isEqualTo("msrp");
            assertThat(event.getText()).isEqualTo("Hello\nBob");
            assertThat(event.getFrom()).isEqualTo("msrp://a;tcp");
            assertThat(event.getTo()).isEqualTo("msrp://b;tcp");
            assertThat(event.getMessageId()).isEqualTo("4");
            assertThat(event.getMethod()).isEqualTo("SEND");
            assertThat(event.getContentType()).isEqualTo("text/plain");
        }
    }

    @Test
    void xmppStanzaAndCredentialsThatAreNotPassedOn() {
        send(2, "<message from='a@x' to='b@y' type='chat' id='1'><body>Hi &amp; bye</body></message>");
        assertThat(event().getText()).isEqualTo("Hi & bye");
        send(2, "<auth mechanism='PLAIN'>AGp1bGlldA==</auth>");
        var secret = event();
        assertThat(secret.getMethod()).isEqualTo("auth");
        assertThat(secret.getText()).isEmpty();
        assertThat(secret.getPacket().getPayload().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"53, dns", "54, isup", "57, map", "60, cdr", "61, rtpengine-ng", "87, opensips"})
    void otherTextByItsProtocol(int type, String kind) {
        send(type, "5_1 d7:command4:pinge");
        assertThat(event().getKind()).isEqualTo(kind);
    }

    @Test
    void textTooLargeForARecord() {
        send(100, "x".repeat(200_000));
        assertThat(way.deadLetters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.value().getReason()).isEqualTo("too-large"));
    }
}
