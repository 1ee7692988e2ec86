/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Some topics, and how far one consumer group has read what is committed on them.
 *
 * @param consumer of no group, to see what there is where the group has not committed yet
 */
record GroupOffsets(Admin admin, Consumer<byte[], byte[]> consumer, String group, List<String> topics) {

    private static final long MOST_MARKS = 1_000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration MARKS_WITHIN = Duration.ofSeconds(5);

    /** Where the topics end. */
    Map<TopicPartition, Long> ends() throws ExecutionException, InterruptedException {
        return offsets(OffsetSpec.latest());
    }

    /** Where the group is; the begin where it has committed nothing, or what has been deleted since. */
    Map<TopicPartition, Long> read() throws ExecutionException, InterruptedException {
        var read = new HashMap<>(offsets(OffsetSpec.earliest()));
        var committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        read.replaceAll((partition, begin) -> {
            var offset = committed.get(partition);
            return offset == null ? begin : Long.valueOf(Math.max(begin, offset.offset()));
        });
        return read;
    }

    static long left(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - read.getOrDefault(end.getKey(), 0L)))
                .sum();
    }

    /** Also where nothing is left but marks of transactions, which take places too, and nobody commits them alone. */
    boolean isRead(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        if (left(ends, read) > MOST_MARKS) {
            return false;
        }
        consumer.assign(ends.keySet());
        ends.keySet().forEach(partition -> consumer.seek(partition, read.get(partition)));
        long until = System.nanoTime() + MARKS_WITHIN.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (!consumer.poll(POLL).isEmpty() || System.nanoTime() > until) {
                return false;
            }
        }
        return true;
    }

    private Map<TopicPartition, Long> offsets(OffsetSpec where) throws ExecutionException, InterruptedException {
        var asked = partitions().stream().collect(Collectors.toMap(Function.identity(), ignored -> where));
        var offsets = new HashMap<TopicPartition, Long>();
        admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    private Collection<TopicPartition> partitions() throws ExecutionException, InterruptedException {
        return admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }
}
