/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
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
                    StreamOutput.awaitAll(kafka.address(), CALLS, PATIENCE);
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
        try (var consumer = StreamOutput.consumer(kafka.address())) {
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
                        producer.send(TestCalls.record("rebalance-" + call, step));
                    }
                }
            }
        }
    }
}
