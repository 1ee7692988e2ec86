/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.HepChunk;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The records on the topics as others see them: headers, and JSON where it is asked for. */
class TopicRecordsTest {

    private static final Map<String, String> JSON = Map.of("RHAPSODE_JSON_TOPICS", "true");
    private static final List<Topic> WRITTEN =
            List.of(Topic.SIP, Topic.CALLS, Topic.MEDIA, Topic.LOGS, Topic.DEAD_LETTER, Topic.COUNTS, Topic.KPIS);

    @TempDir
    Path folder;

    /** One packet of each kind, as the gateway sends them: with its own header on each. */
    private static void everyKind(TestWay way) {
        var raw = way.driver.createInputTopic(
                Topic.RAW.topicName(), new ByteArraySerializer(), new ByteArraySerializer());
        RawPacket invite = Script.packets("call-1", "0 a INVITE 1").get(0);
        for (RawPacket packet : List.of(
                invite,
                other(invite, 5, "{\"type\":200,\"ssrc\":1,\"report_count\":0,\"report_blocks\":[]}"),
                other(invite, 100, "ERROR no route"),
                other(invite, 1, "not SIP"))) {
            raw.pipeInput(new TestRecord<>(
                    "call-1".getBytes(UTF_8),
                    packet.toByteArray(),
                    new RecordHeaders(Topic.RAW.headers()),
                    way.wall()));
        }
        for (int i = 0; i < 12; i++) {
            way.pass(Duration.ofSeconds(1));
        }
    }

    private static RawPacket other(RawPacket packet, int type, String payload) {
        return packet.toBuilder()
                .setProtocolType(type)
                .setPayload(ByteString.copyFromUtf8(payload))
                .setCorrelationId("call-1")
                .build();
    }

    private static List<TestRecord<String, byte[]>> read(TestWay way, String topic) {
        return way.driver
                .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static List<String> schemas(TestRecord<String, byte[]> record) {
        return StreamSupport.stream(record.headers().headers("schema").spliterator(), false)
                .map(header -> new String(header.value(), UTF_8))
                .toList();
    }

    @Test
    void everyRecordNamesItsOwnSchemaAndNoOther() {
        try (var way = new TestWay(folder, JSON)) {
            everyKind(way);
            var names = new HashMap<String, Topic>();
            WRITTEN.forEach(topic -> names.put(topic.topicName(), topic));
            Topic.withJsonTwin().forEach(topic -> names.put(topic.jsonName(), topic));
            names.forEach((name, topic) -> assertThat(read(way, name))
                    .as(name)
                    .isNotEmpty()
                    .allSatisfy(record -> assertThat(schemas(record))
                            .containsExactly(topic.schema().getFullName())));
        }
    }

    @Test
    void jsonTwinsHaveTheSameKeysInTheSameOrder() {
        try (var way = new TestWay(folder, JSON)) {
            everyKind(way);
            assertThat(way.describe()).doesNotContain("KSTREAM");
            for (Topic topic : Topic.withJsonTwin()) {
                assertThat(read(way, topic.jsonName()))
                        .extracting(TestRecord::key)
                        .isEqualTo(read(way, topic.topicName()).stream()
                                .map(TestRecord::key)
                                .toList());
            }
        }
    }

    @Test
    void jsonHasTheMessageAsItWasSent() {
        try (var way = new TestWay(folder, JSON)) {
            everyKind(way);
            String message = new String(read(way, Topic.SIP.jsonName()).get(0).value(), UTF_8);
            assertThat(message)
                    .contains("{\"text\":\"INVITE sip:", "\"method\":\"INVITE\"", "\"call_id\":\"call-1\"")
                    .doesNotContain("payload", "\n");
            assertThat(new String(read(way, Topic.CALLS.jsonName()).get(0).value(), UTF_8))
                    .contains("\"state\":\"CALLING\"", "\"call_id\":\"call-1\"");
        }
    }

    /** Kafka would refuse it, and the partition would stand still. */
    @Test
    void whatIsTooLongAsJsonIsLeftOutAndCounted() {
        try (var way = new TestWay(folder, JSON)) {
            RawPacket invite = Script.packets("call-1", "0 a INVITE 1").get(0);
            String text = invite.getPayload().toStringUtf8();
            way.packet(invite.toBuilder()
                    .setPayload(ByteString.copyFromUtf8(text + "\u0001".repeat(120_000)))
                    .addOtherChunks(HepChunk.newBuilder().setValue(ByteString.copyFrom(new byte[300_000])))
                    .build());
            assertThat(way.messages()).hasSize(1);
            assertThat(read(way, Topic.SIP.jsonName())).isEmpty();
            assertThat(way.metric("rhapsode.stream.json.too.large")).isEqualTo(1);
        }
    }

    @Test
    void noneIsWrittenWhereNobodyAsked() {
        try (var way = new TestWay(folder)) {
            everyKind(way);
            assertThat(way.describe()).doesNotContain(".json");
        }
    }
}
