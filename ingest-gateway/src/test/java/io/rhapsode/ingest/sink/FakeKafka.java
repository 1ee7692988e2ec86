/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.IngestStats;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Two producers without a broker, and what was given to them, read back. */
public final class FakeKafka {

    public final MockProducer<byte[], byte[]> packets;
    public final MockProducer<byte[], byte[]> reports = producer(true);
    public final KafkaSink sink;

    /** While true the producer takes no packet, as when its buffer is full. */
    public boolean full;

    /** @param confirms false lets every packet wait for {@code completeNext} or {@code errorNext} */
    public FakeKafka(boolean confirms, int deadLettersPerSecond) {
        packets = new MockProducer<>(confirms, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> packet, Callback callback) {
                if (!full) {
                    return super.send(packet, callback);
                }
                var failure = new BufferExhaustedException("full");
                callback.onCompletion(null, failure);
                return CompletableFuture.failedFuture(failure);
            }
        };
        sink = new KafkaSink(packets, reports, "test@1", deadLettersPerSecond);
    }

    /** The same Kafka for another run of the gateway. */
    public KafkaSink sink(String instance) {
        return new KafkaSink(packets, reports, instance, 0);
    }

    private static MockProducer<byte[], byte[]> producer(boolean confirms) {
        return new MockProducer<>(confirms, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public List<ProducerRecord<byte[], byte[]>> rawRecords() {
        return packets.history();
    }

    public List<RawPacket> raw() {
        return packets.history().stream()
                .map(record -> read(() -> RawPacket.parseFrom(record.value())))
                .toList();
    }

    public List<DeadLetter> deadLetters() {
        return reports.history().stream()
                .filter(record -> record.topic().equals(Topic.DEAD_LETTER.topicName()))
                .map(record -> read(() -> DeadLetter.parseFrom(record.value())))
                .toList();
    }

    public List<ProducerRecord<byte[], byte[]>> countRecords() {
        return reports.history().stream()
                .filter(record -> record.topic().equals(Topic.COUNTS.topicName()))
                .toList();
    }

    public List<IngestStats> stats() {
        return reports.history().stream()
                .filter(record -> record.topic().equals(Topic.INGEST_STATS.topicName()))
                .map(record -> read(() -> IngestStats.parseFrom(record.value())))
                .toList();
    }

    /** The last count of each "node outcome[ reason]", added up over the minutes. */
    public Map<String, Long> counts() {
        var last = new TreeMap<String, StageCount>();
        for (var record : countRecords()) {
            last.put(
                    new String(record.key(), StandardCharsets.UTF_8), read(() -> StageCount.parseFrom(record.value())));
        }
        var counts = new TreeMap<String, Long>();
        for (StageCount count : last.values()) {
            String name = (count.getCaptureNode() + " " + count.getOutcome() + " " + count.getReason()).strip();
            counts.merge(name, count.getCount(), Long::sum);
        }
        return counts;
    }

    private interface Reading<T> {
        T read() throws InvalidProtocolBufferException;
    }

    private static <T> T read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }
}
