/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka does not answer for longer than its clients wait, and then goes on, as a machine does whose disk stalls: no open
 * call and no count is forgotten over it.
 */
class FrozenKafkaIT {

    private static final int PARTITIONS = 4;
    private static final int CALLS = 1_200;

    /** Of the messages of a call, those that are sent before Kafka goes on. */
    private static final int BEFORE = 3;

    /**
     * Longer than what is waited for one after the other: a commit, its second try, and where the changelogs end. Shorter
     * than a session in the consumer group, whose loss makes everybody begin from what is committed.
     */
    private static final Duration FROZEN = Duration.ofSeconds(8);

    /** Until all is written; the counts are the last. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private static final Map<String, String> HASTE = Map.of(
            "RHAPSODE_KAFKA_MAX_BLOCK_MS", "1000",
            "RHAPSODE_KAFKA_REQUEST_TIMEOUT_MS", "1000",
            "RHAPSODE_KAFKA_DEFAULT_API_TIMEOUT_MS", "1500");

    private static final Duration PATIENCE = Duration.ofSeconds(100);

    @TempDir
    private Path folder;

    @Test
    void whatWasOpenAndCountedBeforeIsThereAfterIt() throws Exception {
        try (var kafka = LocalKafka.start(folder)) {
            createTopics(kafka);
            var settings = new HashMap<>(HASTE);
            settings.put("RHAPSODE_KAFKA", kafka.address());
            try (var stream =
                    StreamProcess.start(folder.resolve("stream"), settings).awaitReady()) {
                send(kafka, 0, BEFORE);
                JsonClient.eventually(PATIENCE, () -> assertThat(stream.metric("rhapsode_stream_parsed_total"))
                        .isEqualTo(CALLS * BEFORE));
                // While there is something to write a commit waits for that, for as long as it takes.
                Thread.sleep(QUIET.toMillis());
                signal("-STOP", kafka);
                Thread.sleep(FROZEN.toMillis());
                signal("-CONT", kafka);
                send(kafka, BEFORE, TestCalls.MESSAGES_PER_CALL);
                StreamOutput.awaitAll(kafka.address(), CALLS, PATIENCE);
            }
        }
    }

    /** Here, where nobody is in haste. */
    private static void createTopics(LocalKafka kafka) throws InterruptedException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            Topic.createAll(admin, PARTITIONS, (short) 1);
        }
    }

    /** These messages of every call, call by call. */
    private static void send(LocalKafka kafka, int fromStep, int toStep) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.address());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int call = 0; call < CALLS; call++) {
                for (int step = fromStep; step < toStep; step++) {
                    producer.send(TestCalls.record("frozen-" + call, step));
                }
            }
        }
    }

    private static void signal(String name, LocalKafka kafka) throws IOException, InterruptedException {
        String pid = Long.toString(kafka.server().pid());
        assertThat(new ProcessBuilder("kill", name, pid).inheritIO().start().waitFor())
                .isZero();
    }
}
