/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.schema.Topic;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.wire.rtcp.Codec;
import io.rhapsode.wire.rtcp.EModel;
import io.rhapsode.wire.rtcp.Metric;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What media reports add to the record of their call. */
class CallQualityTest {

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

    private void invite() {
        way.play("call-7", "0 a INVITE 1\n90 a 200/INVITE 1");
    }

    /** A PUBLISH of its own Call-ID (RFC 6035), and so perhaps in another partition. */
    private void publish(double score) {
        String body = "VQSessionReport: CallTerm\r\nCallID: call-7\r\nLocalAddr: IP=192.0.2.1 PORT=5000\r\n"
                + "RemoteAddr: IP=192.0.2.2 PORT=5002\r\nLocalMetrics:\r\nPacketLoss: NLR=2.5 JDR=0.0\r\n"
                + "Delay: RTD=120 ESD=20 IAJ=7\r\n"
                + String.format(Locale.ROOT, "QualityEst: MOSLQ=%.1f\r\n", score);
        String text = "PUBLISH sip:collector@example.com SIP/2.0\r\nFrom: <sip:a@example.com>;tag=1\r\n"
                + "To: <sip:b@example.com>\r\nCall-ID: publication\r\nCSeq: 1 PUBLISH\r\n"
                + "Content-Type: application/vq-rtcpxr\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        way.packet(Script.packets("publication", "0 a INVITE 1").get(0).toBuilder()
                .setPayload(ByteString.copyFrom(text, UTF_8))
                .build());
    }

    private Call record() {
        way.pass(Duration.ofSeconds(2));
        return way.calls().stream()
                .filter(call -> call.getCallId().equals("call-7"))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @Test
    void theWorstThatWasToldStandsInTheCall() {
        invite();
        publish(4.2);
        publish(3.1);
        publish(4.1);
        var media = record().getMedia();
        assertThat(media.getReports()).isEqualTo(3);
        assertThat(media.getMosLowest()).isEqualTo(3.1);
        assertThat(media.getMosMean()).isEqualTo(3.8);
        assertThat(media.getMosComputed()).isFalse();
        assertThat(media.getLossPercentHighest()).isEqualTo(2.5);
        assertThat(media.getJitterMsHighest()).isEqualTo(7);
        assertThat(media.getRoundTripMsHighest()).isEqualTo(120);
    }

    @Test
    void aReportMakesANewRevision() {
        invite();
        var before = record();
        publish(3.1);
        var after = record();
        assertThat(before.hasMedia()).isFalse();
        assertThat(after.getRevision()).isGreaterThan(before.getRevision());
        assertThat(after.getMessages()).isEqualTo(before.getMessages());
    }

    @Test
    void aReportOfNoOpenCallIsCounted() {
        publish(3.1);
        assertThat(way.mediaReports()).hasSize(1);
        assertThat(way.metric("rhapsode.stream.reports.of.no.call")).isEqualTo(1);
    }

    @Test
    void aValueThatIsNoReportIsCounted() {
        var media = way.driver.createInputTopic(
                Topic.MEDIA.topicName(), new ByteArraySerializer(), new ByteArraySerializer());
        media.pipeInput("call-7".getBytes(UTF_8), new byte[] {1, 2, 3});
        assertThat(way.metric("rhapsode.stream.returns.unreadable")).isEqualTo(1);
    }

    @Test
    void theOrderOfReportsDoesNotMatter() {
        var computed = report(stream().setMos(3.4).addComputed("mos"));
        var reported = report(stream().setMos(3.4));
        var worse = report(stream().setLossPercent(7).setJitterMs(3).setJitterMaxMs(44));
        var call = OpenCall.newBuilder().setRevision(9).build();
        assertThat(all(call, computed, reported, worse)).isEqualTo(all(call, worse, reported, computed));
        var record = CallQuality.record(all(call, computed, worse, reported));
        assertThat(record.getMosComputed()).as("one of them was reported").isFalse();
        assertThat(record.getJitterMsHighest()).isEqualTo(44);
    }

    @Test
    void whatCannotBeIsNotTaken() {
        var absurd = report(
                stream().setMos(0).setLossPercent(-1).setJitterMs(Double.NaN).setRoundTripMs(1e12));
        var record = CallQuality.record(CallQuality.add(OpenCall.getDefaultInstance(), absurd));
        assertThat(record.getReports()).isEqualTo(1);
        assertThat(record.hasMosLowest() || record.hasMosMean()).isFalse();
        assertThat(record.hasLossPercentHighest()).isFalse();
        assertThat(record.hasJitterMsHighest()).isFalse();
        assertThat(record.hasRoundTripMsHighest()).isFalse();
    }

    private static OpenCall call(String offered, String answered) {
        var call = OpenCall.newBuilder();
        if (!offered.isEmpty()) {
            call.getInviteCodecsBuilder().setText(offered);
        }
        if (!answered.isEmpty()) {
            call.getReplyCodecsBuilder().setText(answered);
        }
        return call.build();
    }

    /** As RTCP tells it: 3 % lost, and what follows from that as if the codec were G.711. */
    private static MediaStream.Builder ofRtcp() {
        return stream()
                .setLossPercent(3)
                .setJitterMs(12)
                .setMos(4.1)
                .addComputed("mos")
                .addAssumed("codec")
                .addAssumed("clock_rate");
    }

    private static double mos(Codec codec) {
        double rating = EModel.rating(
                metric -> metric == Metric.LOSS_PERCENT ? 3 : metric == Metric.JITTER_MS ? 12 : Double.NaN, codec);
        return Math.round(EModel.mos(rating) * 1_000) / 1e3;
    }

    @ParameterizedTest
    @CsvSource({
        "PCMU G729 telephone-event, telephone-event G729, G729",
        "PCMU G729, PCMA, PCMU",
        "G723, G723, G723",
        "AMR, AMR, GSM-EFR",
        "iLBC, iLBC, iLBC",
        "G729, '', PCMU",
        "'', G729 PCMU, PCMU",
        "'', '', PCMU",
    })
    void whatIsComputedOfRtcpIsForTheCodecThatWasAnswered(String offered, String answered, String codec) {
        var record = CallQuality.record(all(call(offered, answered), report(ofRtcp()), report(ofRtcp())));
        assertThat(record.getMosLowest()).isEqualTo(mos(Codec.named(codec)));
        assertThat(record.getMosMean()).isEqualTo(record.getMosLowest());
        assertThat(record.getMosComputed()).isTrue();
        assertThat(record.getJitterMsHighest()).isEqualTo(12);
    }

    @Test
    void aWorseCodecIsAWorseCall() {
        assertThat(mos(Codec.named("G729"))).isLessThan(mos(Codec.named("PCMA")) - 0.3);
    }

    @Test
    void theAnswerMayComeAfterTheReports() {
        var before = all(call("G729", "G729"), report(ofRtcp()), report(ofRtcp().setLossPercent(9)));
        var after = all(call("", ""), report(ofRtcp().setLossPercent(9)), report(ofRtcp())).toBuilder()
                .setInviteCodecs(before.getInviteCodecs())
                .setReplyCodecs(before.getReplyCodecs())
                .build();
        assertThat(CallQuality.record(after)).isEqualTo(CallQuality.record(before));
        assertThat(CallQuality.record(after).getMosMean())
                .isGreaterThan(CallQuality.record(after).getMosLowest());
    }

    @Test
    void aCodecWithoutPublishedValuesHasNoComputedScoreAndItsOwnClock() {
        var record = CallQuality.record(all(call("opus", "opus"), report(ofRtcp())));
        assertThat(record.hasMosLowest()).isFalse();
        assertThat(record.getJitterMsHighest()).isEqualTo(2);
        var reported = CallQuality.record(
                all(call("opus", "opus"), report(ofRtcp()), report(stream().setMos(4.3))));
        assertThat(reported.getMosLowest()).isEqualTo(4.3);
        assertThat(reported.getMosMean()).isEqualTo(4.3);
        assertThat(reported.getMosComputed()).isFalse();
    }

    @Test
    void whatWasReportedStandsBesideWhatWasComputed() {
        var record = CallQuality.record(
                all(call("PCMA", "PCMA"), report(ofRtcp()), report(stream().setMos(2.5)), report(ofRtcp())));
        assertThat(record.getMosLowest()).isEqualTo(2.5);
        assertThat(record.getMosComputed()).isFalse();
        assertThat(record.getMosMean()).isBetween(2.6, 4.0);
    }

    private static OpenCall all(OpenCall call, MediaReport... reports) {
        return List.of(reports).stream().reduce(call, CallQuality::add, (one, other) -> other);
    }

    private static MediaStream.Builder stream() {
        return MediaStream.newBuilder();
    }

    private static MediaReport report(MediaStream.Builder stream) {
        return MediaReport.newBuilder().addStreams(stream).build();
    }
}
