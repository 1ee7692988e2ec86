/* SPDX-License-Identifier: Apache-2.0 */

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.ProtoSerde;
import io.rhapsode.schema.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Who is failing calls right now: every five seconds, what failed in the last five minutes, by host and code. */
public final class FailingCalls {

    private static final long WINDOW_US = Duration.ofMinutes(5).toNanos() / 1_000;

    /** The newest record of each call; a call's name is its Call-ID and the time it was opened. */
    private final Map<String, Call> calls = new HashMap<>();

    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args.length > 0 ? args[0] : "127.0.0.1:9092",
                "isolation.level", "read_committed",
                "enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(
                settings,
                new StringDeserializer(),
                ProtoSerde.of(Call.parser()).deserializer())) {
            goBack(consumer);
            new FailingCalls().watch(consumer);
        }
    }

    /** Takes all partitions, without a group, from five minutes ago on. */
    private static void goBack(KafkaConsumer<String, Call> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        Map<TopicPartition, Long> times = new HashMap<>();
        for (var info : consumer.partitionsFor(Topic.CALLS.topicName())) {
            var partition = new TopicPartition(info.topic(), info.partition());
            partitions.add(partition);
            times.put(partition, System.currentTimeMillis() - WINDOW_US / 1_000);
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        consumer.offsetsForTimes(times).forEach((partition, first) -> {
            if (first != null) {
                consumer.seek(partition, first.offset());
            }
        });
    }

    private void watch(KafkaConsumer<String, Call> consumer) {
        long next = System.nanoTime();
        while (true) {
            for (var record : consumer.poll(Duration.ofMillis(500))) {
                Call call = record.value();
                // A newer record replaces an older one; a record that is read twice changes nothing.
                calls.merge(
                        call.getCallId() + '/' + call.getOpenedAtUs(),
                        call,
                        (old, one) -> one.getRevision() > old.getRevision() ? one : old);
            }
            if (System.nanoTime() - next >= 0) {
                next = System.nanoTime() + Duration.ofSeconds(5).toNanos();
                print(System.currentTimeMillis() * 1_000 - WINDOW_US);
            }
        }
    }

    private void print(long sinceMicros) {
        calls.values().removeIf(call -> call.getLastAtUs() < sinceMicros);
        var failures = new TreeMap<String, Integer>();
        for (Call call : calls.values()) {
            if (call.getState() == CallState.FAILED) {
                failures.merge(
                        "%s  %d %s".formatted(call.getToHost(), call.getFinalCode(), call.getFinalReason()),
                        1,
                        Integer::sum);
            }
        }
        System.out.printf("%d calls in the last 5 minutes%n", calls.size());
        failures.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(20)
                .forEach(failure -> System.out.printf("%6d  %s%n", failure.getValue(), failure.getKey()));
    }
}
