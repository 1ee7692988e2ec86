/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What stream-processors made of {@link TestCalls} and committed, as someone reads it who consumes their topics. */
final class StreamOutput implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Integer> messages = new HashMap<>();
    private final Map<String, Long> ofPartitions = new TreeMap<>();
    private final Map<String, Call> records = new HashMap<>();
    private final Map<String, StageCount> counts = new HashMap<>();

    private StreamOutput(String kafka) {
        consumer = consumer(kafka);
        consumer.assign(Stream.of(Topic.SIP, Topic.CALLS, Topic.COUNTS, Topic.DEAD_LETTER)
                .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList());
    }

    /** Waits until so many calls are whole: each message there once, each call one record, each packet counted. */
    static void awaitAll(String kafka, int calls, Duration patience) throws Exception {
        try (var output = new StreamOutput(kafka)) {
            JsonClient.eventually(patience, () -> {
                output.read();
                output.checkComplete(calls);
                return null;
            });
            // What came twice, or to the wrong call, comes within this at the latest.
            for (int i = 0; i < 10; i++) {
                output.read();
            }
            output.checkOnce(calls);
        }
    }

    static KafkaConsumer<byte[], byte[]> consumer(String kafka) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                10_000,
                "enable.auto.commit",
                false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void checkComplete(int calls) {
        assertThat(messages.size()).isEqualTo(calls * TestCalls.MESSAGES_PER_CALL);
        assertThat(torn()).as("calls with a second record").isEmpty();
        assertThat(records.size()).isEqualTo(calls);
        assertThat(records.values()).allMatch(call -> call.getState() == CallState.ENDED);
        Map<String, Long> counted = counts.values().stream()
                .collect(groupingBy(StageCount::getInstance, summingLong(StageCount::getCount)));
        assertThat(counted).as("what is counted, by partition").isEqualTo(ofPartitions);
    }

    private void checkOnce(int calls) {
        assertThat(messages.values()).as("times that a message is on its topic").containsOnly(1);
        assertThat(messages).hasSize(calls * TestCalls.MESSAGES_PER_CALL);
        assertThat(records.values())
                .extracting(Call::getMessages)
                .as("messages of each call")
                .containsOnly(TestCalls.MESSAGES_PER_CALL);
        assertThat(counts.keySet()).allMatch(key -> key.endsWith("/parsed/"));
    }

    private List<List<Call>> torn() {
        return records.values().stream().collect(groupingBy(Call::getCallId)).values().stream()
                .filter(ofOneCallId -> ofOneCallId.size() > 1)
                .toList();
    }

    private void read() throws InvalidProtocolBufferException {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
            read(record);
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) throws InvalidProtocolBufferException {
        if (record.topic().equals(Topic.SIP.topicName())) {
            messages.merge(MessageId.of(SipMessage.parseFrom(record.value())), 1, Integer::sum);
            ofPartitions.merge("partition-" + record.partition(), 1L, Long::sum);
        } else if (record.topic().equals(Topic.CALLS.topicName())) {
            var call = Call.parseFrom(record.value());
            records.merge(
                    call.getCallId() + '/' + call.getOpenedAtUs(),
                    call,
                    (one, other) -> one.getRevision() > other.getRevision() ? one : other);
        } else if (record.topic().equals(Topic.COUNTS.topicName())) {
            var count = StageCount.parseFrom(record.value());
            counts.merge(
                    new String(record.key(), UTF_8),
                    count,
                    (one, other) -> one.getCount() > other.getCount() ? one : other);
        } else {
            throw new AssertionError("a dead letter");
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
