/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.schema.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaSinkTest {

    private static final Node BROKER = new Node(1, "127.0.0.1", 9092);

    private static MockProducer<byte[], byte[]> producer(Node leaderOfRaw) {
        var nodes = new Node[] {BROKER};
        var partitions = Stream.of(Topic.values())
                .map(topic -> new PartitionInfo(
                        topic.topicName(), 0, topic == Topic.RAW ? leaderOfRaw : BROKER, nodes, nodes))
                .toList();
        var cluster = new Cluster("c", List.of(BROKER), partitions, Set.of(), Set.of());
        return new MockProducer<>(cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaSink sink(MockProducer<byte[], byte[]> packets) {
        return new KafkaSink(packets, producer(BROKER), "test@1", 1);
    }

    @Test
    void nothingIsMissingOnceEveryPartitionHasALeader() {
        assertThat(sink(producer(BROKER)).missing()).isEmpty();
    }

    @Test
    void partitionWithoutALeaderIsMissing() {
        assertThat(sink(producer(null)).missing()).contains("a partition of rhapsode.raw.v1 has no leader");
    }

    @Test
    void topicNotYetKnownIsMissing() {
        var packets = producer(BROKER);
        packets.partitionsForException = new TimeoutException("not in 0 ms");

        assertThat(sink(packets).missing()).isEqualTo(Optional.of("no partitions of rhapsode.raw.v1 yet"));
    }

    /** What tells an idle gateway from one that is cut off. */
    @Test
    void thatAllIsToldIsSaidOnceAMinuteAndAgainWhereKafkaDidNotTakeIt() {
        var kafka = new FakeKafka(true, 1);
        kafka.reports.sendException = new TimeoutException("away");
        kafka.sink.toldUntil(120);
        assertThat(kafka.countRecords()).isEmpty();

        kafka.reports.sendException = null;
        kafka.sink.toldUntil(120);
        kafka.sink.toldUntil(120);
        kafka.sink.toldUntil(180);
        kafka.sink.closed(180);
        assertThat(kafka.countRecords())
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactly(
                        "ingest-gateway/test@1//120/told/",
                        "ingest-gateway/test@1//180/told/",
                        "ingest-gateway/test@1//180/closed/");
    }

    @Test
    void everyRecordNamesItsSchema() {
        var kafka = new FakeKafka(true, 1);
        kafka.sink.send(new byte[] {1}, new byte[] {2}, 1_000, (metadata, failure) -> {});
        var account = new Account(10, count -> {});
        NodeMinute minute = account.of("n", 60_000_000);
        minute.dropped(7);
        kafka.sink.deadLetter(new byte[] {3}, 1, "not-hep", "why", 60_000_000, "192.0.2.1:9", minute);
        account.publish(kafka.sink, 1_000, 60_000_000);

        var headers = Stream.concat(kafka.rawRecords().stream(), kafka.reports.history().stream())
                .collect(Collectors.toMap(ProducerRecord::topic, ProducerRecord::headers, (one, other) -> one));
        assertThat(headers).hasSize(4);
        for (Topic topic : List.of(Topic.RAW, Topic.DEAD_LETTER, Topic.COUNTS, Topic.INGEST_STATS)) {
            assertThat(headers.get(topic.topicName())).isEqualTo(new RecordHeaders(topic.headers()));
        }
    }

    @Test
    void everyFailureHasAReasonToCountBy() {
        assertThat(NodeMinute.reason(new BufferExhaustedException("full"))).isEqualTo("buffer-full");
        assertThat(NodeMinute.reason(new TimeoutException("late"))).isEqualTo("kafka-timeout");
        assertThat(NodeMinute.reason(new RecordTooLargeException("long"))).isEqualTo("too-large");
        assertThat(NodeMinute.reason(new AuthorizationException("no"))).isEqualTo("kafka-error");
    }

    @Test
    void operatorMayTuneWhatThePromiseDoesNotRestOn() {
        var settings = KafkaSink.settings(
                Map.of("bootstrap.servers", "b:1", "linger.ms", "20", "acks", "1", "max.block.ms", "9"), "id", 1 << 20);

        assertThat(settings)
                .containsEntry("bootstrap.servers", "b:1")
                .containsEntry("linger.ms", "20")
                .containsEntry("acks", "all")
                .containsEntry("max.block.ms", 0)
                .containsEntry("delivery.timeout.ms", Integer.MAX_VALUE)
                .containsEntry("enable.idempotence", true)
                .containsEntry("buffer.memory", 1 << 20);
    }

    /** With "rebootstrap" 88,000 of 150,000 packets failed while a broker was away for 12 s; with "none" nobody's did. */
    @Test
    void partitionsAreRememberedWhileNoBrokerAnswers() {
        assertThat(KafkaSink.settings(Map.of(), "id", 1 << 20)).containsEntry("metadata.recovery.strategy", "none");
    }
}
