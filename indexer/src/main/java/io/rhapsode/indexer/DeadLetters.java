/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts what cannot be indexed on the dead-letter topic, and its count on the counts topic. Each count is of one record,
 * named by that record's place: a replay writes the same count again and adds nothing.
 */
final class DeadLetters implements AutoCloseable {

    private static final String STAGE = "indexer";
    private static final int LONGEST_VALUE = 900_000;
    private static final int LONGEST_DETAIL = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final String stage;
    private final String topic;
    private final Clock clock;

    DeadLetters(Producer<byte[], byte[]> producer, Generation generation, Clock clock) {
        this.producer = producer;
        this.stage = generation.of(STAGE);
        this.topic = generation.topic(Topic.DEAD_LETTER);
        this.clock = clock;
    }

    static DeadLetters connect(Map<String, Object> kafka, Generation generation, Clock clock) {
        var settings = new HashMap<String, Object>(Map.of(
                "acks",
                "all",
                "enable.idempotence",
                true,
                "compression.type",
                "lz4",
                "max.block.ms",
                10_000,
                "request.timeout.ms",
                10_000,
                "delivery.timeout.ms",
                20_000,
                "buffer.memory",
                16L << 20));
        settings.putAll(kafka);
        return new DeadLetters(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()), generation, clock);
    }

    /**
     * Returns when all are on Kafka.
     *
     * @throws ExecutionException if one is not; then all are to be given again
     */
    void store(List<Bulk.Refusal> refusals) throws ExecutionException {
        var sent = new ArrayList<Future<?>>();
        try {
            for (var refusal : refusals) {
                sent.add(producer.send(letter(refusal)));
                if (isOutcomeOfAPacket(refusal.record())) {
                    sent.add(producer.send(count(refusal)));
                }
            }
            producer.flush();
            for (var one : sent) {
                one.get();
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private ProducerRecord<byte[], byte[]> letter(Bulk.Refusal refusal) {
        var record = refusal.record();
        var letter = DeadLetter.newBuilder()
                .setValue(value(record.value()))
                .setCut(record.value() != null && record.value().length > LONGEST_VALUE)
                .setReason(refusal.reason())
                .setDetail(cut(refusal.detail()))
                .setStage(stage)
                .setAtUs(clock.millis() * 1_000)
                .setTopic(record.topic())
                .setPartition(record.partition())
                .setOffset(record.offset())
                .setCaptureNode(packet(record).getCaptureNode())
                .build();
        return new ProducerRecord<>(topic, null, record.key(), letter.toByteArray(), Topic.DEAD_LETTER.headers());
    }

    /** Cut where Kafka would refuse it, which would hold up everything behind; the record's place is in the letter. */
    private static ByteString value(byte[] value) {
        return value == null ? ByteString.EMPTY : ByteString.copyFrom(value, 0, Math.min(value.length, LONGEST_VALUE));
    }

    private static String cut(String detail) {
        return detail.length() > LONGEST_DETAIL ? detail.substring(0, LONGEST_DETAIL) + "..." : detail;
    }

    private ProducerRecord<byte[], byte[]> count(Bulk.Refusal refusal) {
        var record = refusal.record();
        RawPacket packet = packet(record);
        long second = packet.getReceivedAtUs() == 0 ? record.timestamp() / 1_000 : packet.getReceivedAtUs() / 1_000_000;
        var count = StageCount.newBuilder()
                .setStage(stage)
                .setInstance(record.topic() + "-" + record.partition() + "-" + record.offset())
                .setCaptureNode(packet.getCaptureNode())
                .setMinuteS(second - Math.floorMod(second, 60L))
                .setOutcome("dead-lettered")
                .setReason(refusal.reason())
                .setCount(1)
                .build();
        String key = String.join(
                "/",
                stage,
                count.getInstance(),
                count.getCaptureNode(),
                Long.toString(count.getMinuteS()),
                count.getOutcome(),
                count.getReason());
        return new ProducerRecord<>(
                Topic.COUNTS.topicName(),
                null,
                key.getBytes(StandardCharsets.UTF_8),
                count.toByteArray(),
                Topic.COUNTS.headers());
    }

    /** True if the record is what became of a raw packet: a report out of a SIP message is only beside that message. */
    private static boolean isOutcomeOfAPacket(ConsumerRecord<byte[], byte[]> record) {
        return switch (Document.of(record.topic())) {
            case MESSAGE, LOG -> true;
            case MEDIA ->
                !read(record, MediaReport.parser(), MediaReport.getDefaultInstance())
                        .getFromSip();
            case CALL, COUNT, KPI -> false;
        };
    }

    /** The packet the record is of; an empty one where it is of none or cannot be read. */
    private static RawPacket packet(ConsumerRecord<byte[], byte[]> record) {
        return switch (Document.of(record.topic())) {
            case MESSAGE ->
                read(record, SipMessage.parser(), SipMessage.getDefaultInstance())
                        .getPacket();
            case MEDIA ->
                read(record, MediaReport.parser(), MediaReport.getDefaultInstance())
                        .getPacket();
            case LOG ->
                read(record, LogEvent.parser(), LogEvent.getDefaultInstance()).getPacket();
            case CALL, COUNT, KPI -> RawPacket.getDefaultInstance();
        };
    }

    private static <T> T read(ConsumerRecord<byte[], byte[]> record, Parser<T> parser, T unreadable) {
        try {
            return record.value() == null ? unreadable : parser.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            // It is dead-lettered for just that, under this exception's words.
            return unreadable;
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
