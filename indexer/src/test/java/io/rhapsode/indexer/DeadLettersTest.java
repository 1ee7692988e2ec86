/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A count is kept of what was an outcome of a packet, so that parsed = indexed + dead-lettered. */
class DeadLettersTest {

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    private List<ProducerRecord<byte[], byte[]>> stored(Topic topic, MessageLite value) throws Exception {
        producer.clear();
        var record = Samples.record(topic.topicName(), 7, value.toByteArray());
        new DeadLetters(producer, Generation.FIRST, Clock.systemUTC())
                .store(List.of(new Bulk.Refusal(record, "too-long", "why")));
        return producer.history();
    }

    @Test
    void messagesMediaReportsAndLogEventsAreCountedWithTheirNode() throws Exception {
        for (var records : List.of(
                stored(Topic.SIP, Samples.message().build()),
                stored(Topic.MEDIA, Samples.mediaReport().build()),
                stored(Topic.LOGS, Samples.logEvent().build()))) {
            assertThat(records)
                    .extracting(ProducerRecord::topic)
                    .containsExactly(Topic.DEAD_LETTER.topicName(), Topic.COUNTS.topicName());
            assertThat(StageCount.parseFrom(records.get(1).value()).getCaptureNode())
                    .isEqualTo("sbc-1");
        }
    }

    @Test
    void reportsOutOfSipMessagesAndCallsAreNoPackets() throws Exception {
        for (var records : List.of(
                stored(Topic.MEDIA, Samples.mediaReport().setFromSip(true).build()),
                stored(Topic.CALLS, Samples.call().build()))) {
            assertThat(records).extracting(ProducerRecord::topic).containsExactly(Topic.DEAD_LETTER.topicName());
        }
    }

    @Test
    void aLaterGenerationHasItsOwnTopicAndStage() throws Exception {
        var record = Samples.record(
                "rhapsode.sip.v1-v2", 7, Samples.message().build().toByteArray());
        new DeadLetters(producer, new Generation(2), Clock.systemUTC())
                .store(List.of(new Bulk.Refusal(record, "too-long", "why")));
        var records = producer.history();
        assertThat(records)
                .extracting(ProducerRecord::topic)
                .containsExactly("rhapsode.dead-letter.v1-v2", Topic.COUNTS.topicName());
        assertThat(StageCount.parseFrom(records.get(1).value()).getStage()).isEqualTo("indexer-v2");
    }

    @Test
    void everyRecordNamesItsSchema() throws Exception {
        var records = stored(Topic.SIP, Samples.message().build());
        assertThat(records)
                .extracting(ProducerRecord::headers)
                .containsExactly(
                        new RecordHeaders(Topic.DEAD_LETTER.headers()), new RecordHeaders(Topic.COUNTS.headers()));
    }
}
