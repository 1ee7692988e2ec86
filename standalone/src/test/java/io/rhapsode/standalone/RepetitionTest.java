/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Replayed;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What a dead letter becomes when it is put back: the record it was, and a count that makes the account right. */
class RepetitionTest {

    private static final long RECEIVED_S = 1_795_000_123L;
    private static final long MINUTE_S = RECEIVED_S - RECEIVED_S % 60;
    private static final RawPacket PACKET = RawPacket.newBuilder()
            .setPayload(ByteString.copyFromUtf8("OPTIONS sip:a SIP/2.0\r\nCall-ID: c7\r\n\r\n"))
            .setCaptureNode("node-1")
            .setReceivedAtUs(RECEIVED_S * 1_000_000)
            .build();

    private static DeadLetter.Builder letter(String stage, Topic topic, ByteString value) {
        return DeadLetter.newBuilder()
                .setStage(stage)
                .setTopic(topic.topicName())
                .setPartition(3)
                .setOffset(4_711)
                .setReason("not-sip")
                .setCaptureNode("node-1")
                .setAtUs((RECEIVED_S + 1) * 1_000_000)
                .setValue(value);
    }

    private static DeadLetter.Builder raw() {
        return letter("stream-processor", Topic.RAW, PACKET.toByteString());
    }

    private static Repetition of(String key, DeadLetter letter, Generation generation) {
        var record = new ConsumerRecord<>(
                "rhapsode.dead-letter.v1",
                0,
                9,
                (RECEIVED_S + 2) * 1_000,
                TimestampType.CREATE_TIME,
                0,
                0,
                key == null ? null : key.getBytes(UTF_8),
                letter.toByteArray(),
                new RecordHeaders(),
                Optional.empty());
        assertThat(Repetition.obstacle(letter, generation)).isEmpty();
        return Repetition.of(record, letter, generation, "replay-1");
    }

    @Test
    void rawRecordWithItsKeyAndItsFirstPlace() {
        var repetition = of("key", raw().build(), Generation.FIRST);
        assertThat(repetition.copy().topic()).isEqualTo("rhapsode.raw.v1");
        assertThat(repetition.copy().key()).isEqualTo("key".getBytes(UTF_8));
        assertThat(repetition.copy().value()).isEqualTo(PACKET.toByteArray());
        assertThat(Replayed.of(repetition.copy().headers())).contains(new Replayed("rhapsode-stream", 3, 4_711));
        assertThat(repetition.copy().headers().lastHeader("schema").value())
                .isEqualTo("rhapsode.v1.RawPacket".getBytes(UTF_8));
    }

    @Test
    void rawRecordWithoutAKeyGetsTheOneAGatewayGivesItNow() {
        assertThat(of(null, raw().build(), Generation.FIRST).copy().key()).isEqualTo("c7".getBytes(UTF_8));
        var correlated = PACKET.toBuilder()
                .setPayload(ByteString.copyFromUtf8("log line"))
                .setCorrelationId("c8")
                .build();
        var letter = raw().setValue(correlated.toByteString()).build();
        assertThat(of(null, letter, Generation.FIRST).copy().key()).isEqualTo("c8".getBytes(UTF_8));
    }

    @Test
    void isCountedWhereTheDeadLetterWas() {
        assertThat(of("key", raw().build(), Generation.FIRST).count())
                .isEqualTo(StageCount.newBuilder()
                        .setStage("stream-processor")
                        .setInstance("replay-1")
                        .setCaptureNode("node-1")
                        .setMinuteS(MINUTE_S)
                        .setOutcome("replayed")
                        .setReason("not-sip")
                        .setCount(1)
                        .build());
        var unreadable = raw().setValue(ByteString.copyFrom(new byte[] {-1}))
                .setCaptureNode("")
                .build();
        assertThat(of("key", unreadable, Generation.FIRST).count().getCaptureNode())
                .isEqualTo("(unknown)");
        assertThat(of("key", unreadable, Generation.FIRST).count().getMinuteS()).isEqualTo(MINUTE_S);
    }

    @Test
    void whatTheIndexerCouldNotTakeIsCountedWhereItIsAPacketOfItsOwn() {
        var message = SipMessage.newBuilder().setPacket(PACKET).build();
        var repetition =
                of("c7", letter("indexer", Topic.SIP, message.toByteString()).build(), Generation.FIRST);
        assertThat(repetition.copy().topic()).isEqualTo("rhapsode.sip.v1");
        assertThat(Replayed.of(repetition.copy().headers())).contains(new Replayed("rhapsode-indexer", 3, 4_711));
        assertThat(repetition.count().getStage()).isEqualTo("indexer");
        var report = MediaReport.newBuilder().setPacket(PACKET).setFromSip(true).build();
        assertThat(of(
                                "c7",
                                letter("indexer", Topic.MEDIA, report.toByteString())
                                        .build(),
                                Generation.FIRST)
                        .count())
                .isNull();
        var call = Call.newBuilder().setCallId("c7").build();
        assertThat(of("c7", letter("indexer", Topic.CALLS, call.toByteString()).build(), Generation.FIRST)
                        .count())
                .isNull();
    }

    @Test
    void aLaterGenerationPutsItsOwnBackForItself() {
        var second = new Generation(2);
        var repetition = of("key", raw().setStage("stream-processor-v2").build(), second);
        assertThat(Replayed.of(repetition.copy().headers())).contains(new Replayed("rhapsode-stream-v2", 3, 4_711));
        assertThat(repetition.count().getStage()).isEqualTo("stream-processor-v2");
        var message = letter("indexer-v2", Topic.SIP, ByteString.EMPTY).setTopic("rhapsode.sip.v1-v2");
        assertThat(of("key", message.build(), second).copy().topic()).isEqualTo("rhapsode.sip.v1-v2");
        assertThat(Repetition.obstacle(message.build(), Generation.FIRST)).isPresent();
    }

    @Test
    void whatCannotBePutBackSaysWhy() {
        assertThat(obstacle(raw().clearTopic().setStage("ingest-gateway"))).contains("gateway");
        assertThat(obstacle(raw().setCut(true))).contains("too long");
        assertThat(obstacle(raw().setReason("processing-failed"))).contains("used");
        assertThat(obstacle(raw().setTopic("somebody.else"))).contains("topic");
        assertThat(obstacle(raw().clearTopic())).contains("topic");
    }

    private static String obstacle(DeadLetter.Builder letter) {
        return Repetition.obstacle(letter.build(), Generation.FIRST).orElseThrow();
    }
}
