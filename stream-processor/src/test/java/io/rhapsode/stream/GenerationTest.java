/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Replayed;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second reading of the raw log beside the first, and records that were put back for one of them. */
class GenerationTest {

    private static final Map<String, String> SECOND = Map.of("RHAPSODE_STREAM_GENERATION", "2");

    @TempDir
    Path folder;

    private static RawPacket invite() {
        return Script.packets("call-1", "0 a INVITE 1").get(0);
    }

    private static void put(TestWay way, String reader) {
        byte[] value = invite().toBuilder()
                .setReceivedAtUs(TestWay.BEGIN.toEpochMilli() * 1_000)
                .build()
                .toByteArray();
        way.raw("call-1".getBytes(UTF_8), value, new Replayed(reader, 3, 4_711).header());
    }

    @Test
    void theSecondHasAnApplicationTopicsAndAStageOfItsOwn() {
        var settings = StreamConfig.from(SECOND, Set.of()).streams();
        assertThat(settings).containsEntry(StreamsConfig.APPLICATION_ID_CONFIG, "rhapsode-stream-v2");
        try (var way = new TestWay(folder, SECOND)) {
            way.packet(invite());
            way.raw(null, new byte[] {(byte) 0xff});
            // Key figures of minutes that are past are written once in ten seconds.
            for (int second = 0; second < 12; second++) {
                way.pass(Duration.ofSeconds(1));
            }
            assertThat(way.producedTo())
                    .containsExactlyInAnyOrder(
                            "rhapsode.sip.v1-v2",
                            "rhapsode.calls.v1-v2",
                            "rhapsode-stream-v2-kpi-changes-repartition",
                            "rhapsode.kpis.v1-v2",
                            "rhapsode.dead-letter.v1-v2",
                            Topic.COUNTS.topicName());
            assertThat(way.counts())
                    .extracting(count -> count.value().getStage())
                    .containsOnly("stream-processor-v2");
            assertThat(way.deadLetters())
                    .extracting(letter -> letter.value().getStage())
                    .containsExactly("stream-processor-v2");
        }
    }

    @Test
    void theSecondsRecordsAreTheSameMessagesAndNewerCalls() {
        List<SipMessage> messages;
        Call call;
        try (var way = new TestWay(folder.resolve("1"))) {
            way.packet(invite());
            way.pass(Duration.ofMillis(1_500));
            messages = way.messages();
            call = way.calls().get(0);
        }
        try (var way = new TestWay(folder.resolve("2"), SECOND)) {
            way.packet(invite());
            way.pass(Duration.ofMillis(1_500));
            assertThat(way.messages()).isEqualTo(messages);
            Call newer = way.calls().get(0);
            assertThat(newer.getRevision()).isGreaterThan(call.getRevision() + (1L << 52));
            assertThat(newer.toBuilder().setRevision(call.getRevision()).build())
                    .isEqualTo(call);
        }
    }

    @Test
    void whatIsPutBackHasTheNameOfItsFirstPlace() {
        try (var way = new TestWay(folder)) {
            put(way, "rhapsode-stream");
            assertThat(way.messageRecords()).singleElement().satisfies(message -> {
                assertThat(message.value().getRawPartition()).isEqualTo(3);
                assertThat(message.value().getRawOffset()).isEqualTo(4_711);
                assertThat(message.headers().lastHeader(Replayed.KEY)).isNull();
            });
            way.raw(null, new byte[] {(byte) 0xff}, new Replayed("rhapsode-stream", 3, 4_712).header());
            assertThat(way.deadLetters())
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.value().getOffset()).isEqualTo(4_712));
        }
    }

    /** It stands in the log where it was first, and the other generation has judged it there. */
    @Test
    void whatIsPutBackForAnotherGenerationIsPassedOver() {
        try (var way = new TestWay(folder, SECOND)) {
            put(way, "rhapsode-stream");
            put(way, "rhapsode-stream-v2");
            way.pass(Duration.ofMillis(1_500));
            assertThat(way.messages()).hasSize(1);
            assertThat(way.counts())
                    .extracting(count -> count.value().getCount())
                    .containsExactly(1L);
            assertThat(way.metric("rhapsode.stream.repetitions.passed")).isOne();
        }
    }
}
