/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import com.google.protobuf.ByteString;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The way to Kafka: packets by one producer; dead letters and counts by a second, so that packets that wait cannot
 * keep back the news that they wait. Sending never blocks: the producer's buffer is the queue, and what finds it full
 * is counted as failed.
 */
public final class KafkaSink implements PacketSink, Account.Publisher, AutoCloseable {

    static final String STAGE = "ingest-gateway";

    private static final int REPORTS_BUFFER = 16 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Given to Kafka to confirm what it has, when the gateway closes. */
    public static final Duration FLUSH_AT_MOST = Duration.ofSeconds(10);

    private final Producer<byte[], byte[]> packets;
    private final Producer<byte[], byte[]> reports;
    private final String instance;
    private final int deadLettersPerSecond;
    private final Metric room;
    private final double buffer;
    private long deadLetterSecond;
    private int deadLettersInSecond;
    private volatile long toldUntil;

    /** @param instance who counts, one name for each run of the gateway */
    KafkaSink(
            Producer<byte[], byte[]> packets,
            Producer<byte[], byte[]> reports,
            String instance,
            int deadLettersPerSecond) {
        this.packets = packets;
        this.reports = reports;
        this.instance = instance;
        this.deadLettersPerSecond = deadLettersPerSecond;
        this.room = metric(packets, "buffer-available-bytes");
        this.buffer = room == null ? 0 : (double) room.metricValue();
    }

    /** One of the producer's own figures; null if it has none of that name. */
    private static Metric metric(Producer<byte[], byte[]> producer, String name) {
        return producer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals(name))
                .findAny()
                .orElse(null);
    }

    /**
     * @param kafka what the operator sets for every client
     * @param buffer bytes of packets that may wait for Kafka
     */
    public static KafkaSink of(Map<String, Object> kafka, int buffer, String instance, int deadLettersPerSecond) {
        return new KafkaSink(
                producer(kafka, "rhapsode-ingest-packets", buffer),
                producer(kafka, "rhapsode-ingest-reports", REPORTS_BUFFER),
                instance,
                deadLettersPerSecond);
    }

    /** One that waits when the buffer is full, for whoever has his packets in a file: they can wait there. */
    public static KafkaSink patient(Map<String, Object> kafka, int buffer, String instance) {
        var packets = settings(kafka, "rhapsode-import-packets", buffer);
        var reports = settings(kafka, "rhapsode-import-reports", REPORTS_BUFFER);
        packets.put("max.block.ms", PATIENCE.toMillis());
        reports.put("max.block.ms", PATIENCE.toMillis());
        return new KafkaSink(producer(packets), producer(reports), instance, 0);
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> kafka, String clientId, int buffer) {
        return producer(settings(kafka, clientId, buffer));
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** @param kafka what the operator sets for every client */
    static Map<String, Object> settings(Map<String, Object> kafka, String clientId, int buffer) {
        var settings = new HashMap<String, Object>();
        settings.put("client.id", clientId);
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 25);
        settings.put("batch.size", 128 << 10);
        // The other strategy forgets all partitions as soon as no broker answers; then nothing could wait in the
        // buffer.
        settings.put("metadata.recovery.strategy", "none");
        settings.putAll(kafka);
        settings.put("buffer.memory", buffer);
        // What the promise rests on is not for tuning.
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("max.block.ms", 0);
        // What was given to the producer stays there until Kafka has it, in its order: 24 days are for ever.
        settings.put("delivery.timeout.ms", Integer.MAX_VALUE);
        // Topics that are quiet for five minutes would be forgotten, and the next packet would have to wait for news.
        settings.put("metadata.max.idle.ms", Duration.ofDays(3650).toMillis());
        return settings;
    }

    /**
     * Makes the topics that are not there.
     *
     * @param kafka what the operator sets for every client
     * @throws IllegalStateException if Kafka cannot be reached or refuses
     */
    public static void createTopics(Map<String, Object> kafka, int partitions, short replicas)
            throws InterruptedException {
        var settings = new HashMap<String, Object>(Map.of("client.id", "rhapsode-ingest-topics"));
        settings.put("default.api.timeout.ms", 5_000);
        settings.put("request.timeout.ms", 5_000);
        settings.putAll(kafka);
        Admin admin = null;
        try {
            admin = Admin.create(settings);
            Topic.createAll(admin, partitions, replicas);
        } catch (KafkaException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } finally {
            if (admin != null) {
                // Not to wait for answers nobody wants any more: the gateway may be closing.
                admin.close(Duration.ZERO);
            }
        }
    }

    /**
     * What still lacks for sending without waiting: empty once both producers know the leader of every partition.
     * Asking makes them look.
     */
    public Optional<String> missing() {
        return missing(packets, Topic.RAW)
                .or(() -> missing(reports, Topic.DEAD_LETTER))
                .or(() -> missing(reports, Topic.COUNTS))
                .or(() -> missing(reports, Topic.INGEST_STATS));
    }

    private static Optional<String> missing(Producer<byte[], byte[]> producer, Topic topic) {
        try {
            List<PartitionInfo> partitions = producer.partitionsFor(topic.topicName());
            boolean led = partitions.stream().allMatch(partition -> partition.leader() != null);
            return led ? Optional.empty() : Optional.of("a partition of " + topic.topicName() + " has no leader");
        } catch (TimeoutException e) {
            return Optional.of("no partitions of " + topic.topicName() + " yet");
        }
    }

    /** An eighth of the buffer: enough for what many connections have read already when they are told to wait. */
    @Override
    public boolean hasRoom() {
        return room == null || (double) room.metricValue() > buffer / 8.0;
    }

    @Override
    public void packet(HepPacket packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        account.received(length);
        byte[] value = RawRecord.encode(packet, receivedAtMicros, origin);
        send(RawRecord.key(packet), value, receivedAtMicros, account);
    }

    @Override
    public void packet(HepView packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        account.received(length);
        byte[] value = RawRecord.ofThread().encode(packet, receivedAtMicros, origin);
        send(RawRecord.key(packet), value, receivedAtMicros, account);
    }

    /**
     * Gives a packet to the producer.
     *
     * @param key null for none
     * @param value a RawPacket
     * @param callback told what became of it; before this returns, if the producer does not take it
     */
    public void send(byte[] key, byte[] value, long receivedAtMicros, Callback callback) {
        var record = new ProducerRecord<>(
                Topic.RAW.topicName(), null, receivedAtMicros / 1_000, key, value, Topic.RAW.headers());
        try {
            packets.send(record, callback);
        } catch (KafkaException | IllegalStateException e) {
            // Thrown instead of told: the producer is broken or closed. What can be retried goes to the callback.
            callback.onCompletion(null, e);
        }
    }

    /** Stores it, unless there were too many in this second. */
    @Override
    public void deadLetter(
            byte[] datagram,
            int length,
            String reason,
            String detail,
            long atMicros,
            String sender,
            NodeMinute account) {
        if (overRate(atMicros / 1_000_000)) {
            account.notStored("over-rate");
            return;
        }
        var letter = DeadLetter.newBuilder()
                .setValue(ByteString.copyFrom(datagram, 0, length))
                .setReason(reason)
                .setDetail(detail)
                .setStage(STAGE)
                .setAtUs(atMicros)
                .setSender(sender)
                .build();
        send(Topic.DEAD_LETTER, null, letter.toByteArray(), (metadata, failure) -> {
            if (failure != null) {
                account.notStored(NodeMinute.reason(failure));
            }
        });
    }

    private synchronized boolean overRate(long second) {
        if (second != deadLetterSecond) {
            deadLetterSecond = second;
            deadLettersInSecond = 0;
        }
        return ++deadLettersInSecond > deadLettersPerSecond;
    }

    @Override
    public void publish(NodeMinute of, Tally.Count count, long value) {
        tell(stageCount(instance, of, count, value), (metadata, failure) -> {
            if (failure == null) {
                count.confirmed = value;
            } else {
                count.published = -1;
            }
        });
    }

    @Override
    public void publish(NodeMinute of, long revision) {
        byte[] key =
                String.join("/", of.node, Long.toString(of.minute), instance).getBytes(StandardCharsets.UTF_8);
        byte[] stats = Stats.of(of, instance).toByteArray();
        send(Topic.INGEST_STATS, key, stats, (metadata, failure) -> of.told(revision, failure == null));
    }

    /** @param instance who counts, one name for each run of the gateway */
    public static StageCount stageCount(String instance, NodeMinute of, Tally.Count count, long value) {
        return StageCount.newBuilder()
                .setStage(STAGE)
                .setInstance(instance + of.part)
                .setCaptureNode(of.node)
                .setMinuteS(of.minute)
                .setOutcome(count.outcome)
                .setReason(count.reason)
                .setCount(value)
                .build();
    }

    /**
     * Tells that all that was received before the minute is counted on the topic: once for each minute, and again where Kafka
     * did not take it. Without it, who reads the counts could not tell a gateway that is idle from one that is cut off.
     *
     * @param minute seconds since 1970-01-01 UTC, a multiple of 60
     */
    public void toldUntil(long minute) {
        if (toldUntil != minute) {
            toldUntil = minute;
            tell(ofGateway("told", minute), (metadata, failure) -> {
                if (failure != null) {
                    toldUntil = 0;
                }
            });
        }
    }

    /** Tells that all is told, and that nothing more will come: nobody is to wait for it. */
    public void closed(long minute) {
        tell(ofGateway("closed", minute), (metadata, failure) -> {});
    }

    private StageCount ofGateway(String outcome, long minute) {
        return StageCount.newBuilder()
                .setStage(STAGE)
                .setInstance(instance)
                .setMinuteS(minute)
                .setOutcome(outcome)
                .setCount(1)
                .build();
    }

    /** Puts a count on its topic. */
    public void tell(StageCount count, Callback callback) {
        String key = String.join(
                "/",
                count.getStage(),
                count.getInstance(),
                count.getCaptureNode(),
                Long.toString(count.getMinuteS()),
                count.getOutcome(),
                count.getReason());
        send(Topic.COUNTS, key.getBytes(StandardCharsets.UTF_8), count.toByteArray(), callback);
    }

    private void send(Topic topic, byte[] key, byte[] value, Callback callback) {
        try {
            reports.send(new ProducerRecord<>(topic.topicName(), null, key, value, topic.headers()), callback);
        } catch (KafkaException | IllegalStateException e) {
            callback.onCompletion(null, e);
        }
    }

    /** Waits until every packet and every report has met its fate. */
    public void flush() {
        packets.flush();
        reports.flush();
    }

    /** Sends what waits, for so long at most; what is left then is told as failed. */
    public void closePackets(Duration atMost) {
        packets.close(atMost);
    }

    /** The same for the counts and dead letters. */
    @Override
    public void close() {
        closePackets(FLUSH_AT_MOST);
        reports.close(FLUSH_AT_MOST);
    }
}
