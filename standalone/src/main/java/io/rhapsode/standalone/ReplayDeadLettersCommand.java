/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.schema.Generation;
import io.rhapsode.service.Settings;
import io.rhapsode.stream.StreamConfig;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts dead letters back on the topics they came from, after what was wrong has been mended. */
@Command(
        name = "replay-dead-letters",
        description = "Put dead letters back on the topics they came from, after a fix: those that came since the last"
                + " time, each once. With --dry-run it only says what it would do.")
final class ReplayDeadLettersCommand implements Callable<Integer> {

    private static final String NAME = "rhapsode-replay-dead-letters";

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka of the running system, 127.0.0.1:9092 if not given (RHAPSODE_KAFKA)")
    private String kafka;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "only letters of this reason; can be given several times. The others are kept for later.")
    private Set<String> reasons = new TreeSet<>();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "only letters of this time or later: 2026-11-24T10:00:00Z, or PT2H for the last two hours."
                    + " Earlier ones are passed over for good.")
    private String since;

    @Option(names = "--dry-run", description = "say what would be put back, and do nothing")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        Main.leaveConnectionsOut();
        var settings = Settings.read(StreamConfig.DEFINITION, StandaloneConfig.names(), environment());
        var generation = new Generation(settings.number("RHAPSODE_STREAM_GENERATION"));
        if (reasons.stream().anyMatch(reason -> !reason.matches("[^ =]{1,64}"))) {
            throw new StartRefused("--reason wants the name of a reason, as the dead letters have it.");
        }
        var wanted = new DeadLetterReplay.Wanted(reasons, since());
        try {
            createPositions(settings.kafka(), (short) settings.number("RHAPSODE_REPLICAS"));
            try (var consumer = consumer(settings.kafka());
                    var producer = producer(settings.kafka(), generation)) {
                String run = Instant.now().toString();
                var replay = new DeadLetterReplay(consumer, producer, generation, run);
                print(dryRun ? replay.look(wanted) : replay.run(wanted));
            }
            return 0;
        } catch (KafkaException e) {
            throw new StartRefused("Kafka does not do it: " + e.getMessage() + ". What was put back is done, and not"
                    + " done again.");
        }
    }

    private Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        if (environment.containsKey("RHAPSODE_KAFKA_PORT")) {
            environment.putIfAbsent("RHAPSODE_KAFKA", "127.0.0.1:" + environment.get("RHAPSODE_KAFKA_PORT"));
        }
        if (kafka != null) {
            environment.put("RHAPSODE_KAFKA", kafka);
        }
        StandaloneConfig.removeElsewhere(environment);
        return environment;
    }

    private long since() {
        if (since == null) {
            return Long.MIN_VALUE;
        }
        try {
            Instant time = since.startsWith("P") ? Instant.now().minus(Duration.parse(since)) : Instant.parse(since);
            return time.toEpochMilli() * 1_000;
        } catch (DateTimeException e) {
            throw new StartRefused("--since wants a time like 2026-11-24T10:00:00Z or PT2H, not '" + since + "'.");
        }
    }

    private static void createPositions(Map<String, Object> kafka, short replicas) throws InterruptedException {
        var patience = new HashMap<>(kafka);
        patience.putIfAbsent("request.timeout.ms", 10_000);
        patience.putIfAbsent("default.api.timeout.ms", 15_000);
        var topic = new NewTopic(DeadLetterReplay.POSITIONS, 1, replicas).configs(Map.of("cleanup.policy", "compact"));
        try (var admin = Admin.create(patience)) {
            admin.createTopics(Set.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new StartRefused("Kafka is not there: " + e.getCause().getMessage() + ".");
            }
        }
    }

    /** Of no group, and of what is committed. */
    static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka) {
        var settings = new HashMap<>(kafka);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", false);
        settings.put("allow.auto.create.topics", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> kafka, Generation generation) {
        var settings = new HashMap<>(kafka);
        settings.put("transactional.id", generation.of(NAME));
        settings.put("compression.type", "lz4");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void print(DeadLetterReplay.Report report) {
        long all = report.putBack().values().stream().mapToLong(Long::longValue).sum();
        String reasons = report.putBack().entrySet().stream()
                .map(reason -> "%,d %s".formatted(reason.getValue(), reason.getKey()))
                .collect(Collectors.joining(", "));
        System.out.printf(
                "%,d dead letters %s%s.%n",
                all, dryRun ? "would be put back" : "put back", reasons.isEmpty() ? "" : ": " + reasons);
        report.left().forEach((why, count) -> System.out.printf("%,d stay where they are: %s.%n", count, why));
    }
}
