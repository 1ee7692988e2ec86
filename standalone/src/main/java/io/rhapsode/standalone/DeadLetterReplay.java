/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One pass over the dead letters that are there now. The copies, their counts and how far the pass has come are one
 * transaction: whenever it is ended, each letter was put back once or not at all. How far earlier passes came stands on a
 * compacted topic: offsets of a group that nobody uses are forgotten after a week, dead letters are kept for a month.
 */
final class DeadLetterReplay {

    /** Topic of the {@link ReplayPosition}s; key: "topic/partition". One partition, compacted. */
    static final String POSITIONS = "rhapsode.replay-dead-letters";

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final Generation generation;
    private final String run;
    private final Map<TopicPartition, ReplayPosition> positions = new HashMap<>();
    private final Report report = new Report(new TreeMap<>(), new TreeMap<>());
    private int transactions;

    /**
     * Which letters.
     *
     * @param reasons none for all
     * @param sinceMicros those of earlier, microseconds since 1970-01-01 UTC, are passed over
     */
    record Wanted(Set<String> reasons, long sinceMicros) {

        boolean has(DeadLetter letter) {
            return letter.getAtUs() >= sinceMicros && (reasons.isEmpty() || reasons.contains(letter.getReason()));
        }
    }

    /**
     * @param putBack by the reason of the letters
     * @param left by why they stay where they are
     */
    record Report(SortedMap<String, Long> putBack, SortedMap<String, Long> left) {}

    /**
     * @param consumer without a group, that reads what is committed
     * @param producer with a transactional id, of which there is one for each generation
     * @param run names this pass in the counts
     */
    DeadLetterReplay(
            Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer, Generation generation, String run) {
        this.consumer = consumer;
        this.producer = producer;
        this.generation = generation;
        this.run = run;
    }

    /** Puts back what is wanted. */
    Report run(Wanted wanted) {
        // Ends a pass that may be under way elsewhere, so that what it has come to is all there is.
        producer.initTransactions();
        return pass(wanted, true);
    }

    /** What {@link #run} would do. */
    Report look(Wanted wanted) {
        return pass(wanted, false);
    }

    private Report pass(Wanted wanted, boolean write) {
        readPositions();
        List<TopicPartition> partitions = partitions(generation.topic(Topic.DEAD_LETTER));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            consumer.seek(partition, position(partition).begin(wanted.reasons));
        }
        while (!isAt(ends)) {
            var batch = new LinkedHashMap<TopicPartition, List<ConsumerRecord<byte[], byte[]>>>();
            var records = consumer.poll(POLL);
            records.partitions().forEach(partition -> batch.put(partition, records.records(partition)));
            if (!batch.isEmpty()) {
                putBack(batch, ends, wanted, write);
            }
        }
        return report;
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private ReplayPosition position(TopicPartition partition) {
        return positions.getOrDefault(partition, ReplayPosition.BEGIN);
    }

    private boolean isAt(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void readPositions() {
        var partition = new TopicPartition(POSITIONS, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        Map<TopicPartition, Long> end = consumer.endOffsets(List.of(partition));
        while (!isAt(end)) {
            for (var record : consumer.poll(POLL)) {
                String[] name = new String(record.key(), StandardCharsets.UTF_8).split("/");
                String text = new String(record.value(), StandardCharsets.UTF_8);
                positions.put(new TopicPartition(name[0], Integer.parseInt(name[1])), ReplayPosition.of(text));
            }
        }
    }

    private void putBack(
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> batch,
            Map<TopicPartition, Long> ends,
            Wanted wanted,
            boolean write) {
        if (!write) {
            batch.values().forEach(records -> records.forEach(record -> take(record, ends, wanted)));
            return;
        }
        producer.beginTransaction();
        var counts = new LinkedHashMap<String, StageCount>();
        batch.forEach((partition, records) -> {
            for (var record : records) {
                var repetition = take(record, ends, wanted);
                if (repetition != null) {
                    producer.send(repetition.copy());
                    if (repetition.count() != null) {
                        counts.merge(key(repetition.count()), repetition.count(), DeadLetterReplay::sum);
                    }
                }
            }
            long next = Math.min(
                    records.get(records.size() - 1).offset() + 1, ends.getOrDefault(partition, Long.MAX_VALUE));
            positions.put(partition, position(partition).reached(wanted.reasons, next));
            producer.send(position(partition, position(partition)));
        });
        counts.forEach((key, count) -> producer.send(new ProducerRecord<>(
                Topic.COUNTS.topicName(),
                null,
                key.getBytes(StandardCharsets.UTF_8),
                count.toByteArray(),
                Topic.COUNTS.headers())));
        producer.commitTransaction();
        transactions++;
    }

    /** Null if it is not wanted, done, or must stay. */
    private Repetition take(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> ends, Wanted wanted) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() >= ends.get(partition)) {
            return null;
        }
        DeadLetter letter;
        try {
            letter = DeadLetter.parseFrom(record.value() == null ? new byte[0] : record.value());
        } catch (InvalidProtocolBufferException e) {
            report.left.merge("no dead letters at all", 1L, Long::sum);
            return null;
        }
        if (!wanted.has(letter) || position(partition).isDone(letter.getReason(), record.offset())) {
            return null;
        }
        var obstacle = Repetition.obstacle(letter, generation);
        if (obstacle.isPresent()) {
            report.left.merge(obstacle.get(), 1L, Long::sum);
            return null;
        }
        report.putBack.merge(letter.getReason(), 1L, Long::sum);
        return Repetition.of(record, letter, generation, "replay-" + run + "-" + transactions);
    }

    private static StageCount sum(StageCount one, StageCount other) {
        return one.toBuilder().setCount(one.getCount() + other.getCount()).build();
    }

    private static String key(StageCount count) {
        return String.join(
                "/",
                count.getStage(),
                count.getInstance(),
                count.getCaptureNode(),
                Long.toString(count.getMinuteS()),
                count.getOutcome(),
                count.getReason());
    }

    private static ProducerRecord<byte[], byte[]> position(TopicPartition partition, ReplayPosition position) {
        String key = partition.topic() + "/" + partition.partition();
        return new ProducerRecord<>(
                POSITIONS,
                key.getBytes(StandardCharsets.UTF_8),
                position.toString().getBytes(StandardCharsets.UTF_8));
    }
}
