/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two stream-processors under load, then three, then one of them is killed with SIGKILL: each raw record is one message,
 * each call has all of its messages, the counts are to the packet, and a standby goes on where the dead one was.
 */
class RebalanceIT {

    private static final int PARTITIONS = 6;
    private static final int CALLS = 10_000;
    private static final int CALLS_A_SECOND = 400;

    /** Until all three are at work. */
    private static final int CALLS_A_SECOND_AT_FIRST = 40;

    /**
     * So many calls begin between the first message of one and each of its others: two seconds, and less between a BYE and
     * its answer, which is no part of the call if it takes longer than a call lingers.
     */
    private static final int[] AFTER = {0, 800, 1_600, 2_400, 2_420};

    private static final int MESSAGES = CALLS * TestCalls.MESSAGES_PER_CALL;

    /** Who is further behind with a state is not asked to go on with it. */
    private static final int RECOVERY_LAG = 2_000;

    /** The dead one's partitions are others' after ten seconds; a busy machine does the rest more slowly. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    @TempDir
    private Path folder;

    private LocalKafka kafka;
    private volatile int callsASecond = CALLS_A_SECOND_AT_FIRST;
    private long shortest;

    @Test
    void nothingIsLostAndNothingDoubledAndAStandbyGoesOn() throws Exception {
        try (var server = LocalKafka.start(folder)) {
            kafka = server;
            Map<String, String> settings = Map.of(
                    "RHAPSODE_KAFKA", kafka.address(),
                    "RHAPSODE_PARTITIONS", Integer.toString(PARTITIONS),
                    "RHAPSODE_STREAM_THREADS", "1",
                    "RHAPSODE_STREAM_STANDBYS", "1",
                    "RHAPSODE_KAFKA_ACCEPTABLE_RECOVERY_LAG", Integer.toString(RECOVERY_LAG));
            try (var first = StreamProcess.start(folder.resolve("first"), settings)
                            .awaitReady();
                    var second = StreamProcess.start(folder.resolve("second"), settings)
                            .awaitReady()) {
                var load = new Thread(this::load, "load");
                load.start();
                try (var third =
                        StreamProcess.start(folder.resolve("third"), settings).awaitReady()) {
                    double restored = killUnderLoad(first, second, third);
                    load.join();
                    checkAll();
                    double more = restored(second, third) - restored;
                    System.out.printf(
                            "%.0f records of state were read before the kill, %.0f after it%n", restored, more);
                    assertThat(more).as("less than one state").isLessThan(shortest);
                }
            }
        }
    }

    /** How much state the others had read from Kafka before that. */
    private double killUnderLoad(StreamProcess first, StreamProcess... others) throws Exception {
        for (var process : List.of(first, others[0], others[1])) {
            JsonClient.eventually(PATIENCE, () -> assertThat(parsed(process)).isPositive());
        }
        callsASecond = CALLS_A_SECOND;
        JsonClient.eventually(
                PATIENCE, () -> assertThat(parsed(first, others[0], others[1])).isGreaterThan(MESSAGES / 2));
        shortest = shortestChangelog();
        double restored = restored(others);
        double done = parsed(first, others[0], others[1]);
        first.kill();
        System.out.printf(
                "killed when %.0f of %d messages were parsed, %d records in the shortest changelog%n",
                done, MESSAGES, shortest);
        assertThat(done).as("in the middle of the work").isLessThan(MESSAGES * 0.95);
        return restored;
    }

    private static double parsed(StreamProcess... processes) throws Exception {
        double sum = 0;
        for (var process : processes) {
            sum += process.metric("rhapsode_stream_parsed_total");
        }
        return sum;
    }

    private static double restored(StreamProcess... processes) throws Exception {
        double sum = 0;
        for (var process : processes) {
            sum += process.metric("rhapsode_stream_state_restored_total");
        }
        return sum;
    }

    private long shortestChangelog() {
        try (var consumer = consumer()) {
            var partitions = Stream.iterate(0, n -> n + 1)
                    .limit(PARTITIONS)
                    .map(n -> new TopicPartition("rhapsode-stream-open-calls-changelog", n))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .min()
                    .orElseThrow();
        }
    }

    /** Calls that overlap: the five messages of each are two seconds apart. */
    private void load() {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.address(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            long next = System.nanoTime();
            for (int slot = 0; slot < CALLS + AFTER[AFTER.length - 1]; slot++) {
                next += 1_000_000_000L / callsASecond;
                long wait = next - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                for (int step = 0; step < AFTER.length; step++) {
                    int call = slot - AFTER[step];
                    if (call >= 0 && call < CALLS) {
                        producer.send(raw("rebalance-" + call, step));
                    }
                }
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> raw(String callId, int step) {
        long now = System.currentTimeMillis() * 1_000;
        var packet = RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(TestCalls.message(callId, step)))
                .setProtocolType(1)
                .setCapturedAtUs(now)
                .setReceivedAtUs(now)
                .setSourceAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setDestinationAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 2}))
                .setCaptureNode("rebalance")
                .build();
        return new ProducerRecord<>(
                Topic.RAW.topicName(), null, callId.getBytes(UTF_8), packet.toByteArray(), Topic.RAW.headers());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.address(),
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

    private void checkAll() throws Exception {
        var messages = new HashMap<String, Integer>();
        var ofPartitions = new TreeMap<String, Long>();
        var records = new HashMap<String, Call>();
        var counts = new HashMap<String, StageCount>();
        try (var consumer = consumer()) {
            consumer.assign(Stream.of(Topic.SIP, Topic.CALLS, Topic.COUNTS, Topic.DEAD_LETTER)
                    .flatMap(topic -> consumer.partitionsFor(topic.topicName()).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
            JsonClient.eventually(PATIENCE, () -> {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    read(record, messages, ofPartitions, records, counts);
                }
                assertThat(messages.size()).isEqualTo(MESSAGES);
                assertThat(torn(records)).as("calls with a second record").isEmpty();
                assertThat(records.size()).isEqualTo(CALLS);
                assertThat(records.values()).allMatch(call -> call.getState() == CallState.ENDED);
                Map<String, Long> counted = counts.values().stream()
                        .collect(groupingBy(StageCount::getInstance, summingLong(StageCount::getCount)));
                assertThat(counted).as("what is counted, by partition").isEqualTo(ofPartitions);
                return null;
            });
            // What came twice, or to the wrong call, comes within this at the latest.
            for (int i = 0; i < 10; i++) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    read(record, messages, ofPartitions, records, counts);
                }
            }
        }
        assertThat(messages.values()).as("times that a message is on its topic").containsOnly(1);
        assertThat(messages).hasSize(MESSAGES);
        assertThat(records.values())
                .extracting(Call::getMessages)
                .as("messages of each call")
                .containsOnly(TestCalls.MESSAGES_PER_CALL);
        assertThat(counts.keySet()).allMatch(key -> key.endsWith("/parsed/"));
    }

    private static List<List<Call>> torn(Map<String, Call> records) {
        return records.values().stream().collect(groupingBy(Call::getCallId)).values().stream()
                .filter(ofOneCallId -> ofOneCallId.size() > 1)
                .toList();
    }

    private static void read(
            ConsumerRecord<byte[], byte[]> record,
            Map<String, Integer> messages,
            Map<String, Long> ofPartitions,
            Map<String, Call> records,
            Map<String, StageCount> counts)
            throws InvalidProtocolBufferException {
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
}
