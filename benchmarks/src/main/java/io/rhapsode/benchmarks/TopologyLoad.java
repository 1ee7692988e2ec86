/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.schema.Topic;
import io.rhapsode.standalone.LocalKafka;
import io.rhapsode.standalone.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A backlog on the raw topic through the stream-processor, exactly once, with 50,000 calls under way at a time: how much of
 * it in a minute, after a time of warming up. What is left of it then is passed over. Then what a call's state takes, and
 * how long it takes to read the state of 100,000 open calls again from Kafka, with all that was written before them.
 */
@Command(name = "topology", description = "A backlog of raw packets through the stream-processor (figure: messages/s).")
final class TopologyLoad implements Callable<Integer> {

    private static final String APPLICATION = "rhapsode-stream";
    private static final String CHANGELOG = APPLICATION + "-open-calls-changelog";
    private static final int PARTITIONS = 8;

    /** The packets' own time goes as if they had come at this rate, a second. */
    private static final int RATE = 80_000;

    /** Of an open call: INVITE, 100 and 180. */
    private static final int STEPS_OF_OPEN = 3;

    /** Without a message processed, or a member of the group gone. */
    private static final long GIVE_UP_NANOS = 120_000_000_000L;

    @Option(
            names = "--messages",
            defaultValue = "4800000",
            description = "Messages of calls that end, as many as may be needed (default ${DEFAULT-VALUE}).")
    private int messages;

    @Option(
            names = "--warm-up",
            defaultValue = "60",
            description = "Seconds before the measurement, a third of the messages at most (default ${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            description = "Seconds of the measurement, if there are messages for so long (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--under-way",
            defaultValue = "50000",
            description = "Calls under way at a time (default ${DEFAULT-VALUE}).")
    private int underWay;

    @Option(
            names = "--open",
            defaultValue = "100000",
            description = "Calls that are open in the end (default ${DEFAULT-VALUE}).")
    private int open;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int healthPort;
    private Map<String, String> settings;
    private Path folder;
    private long sent;
    private long measured;
    private double measuredSeconds;

    TopologyLoad() throws IOException {
        healthPort = Ports.free();
    }

    @Override
    public Integer call() throws Exception {
        folder = Files.createTempDirectory("rhapsode-bench");
        try (LocalKafka kafka = LocalKafka.start(folder);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            settings = Map.of(
                    "RHAPSODE_KAFKA", kafka.address(),
                    "RHAPSODE_STREAM_STATE", folder.resolve("state").toString(),
                    "RHAPSODE_STREAM_HEALTH_PORT", Integer.toString(healthPort));
            Topic.createAll(admin, PARTITIONS, (short) 1);
            fillWithCalls(kafka.address());
            double perSecond;
            try (var processor = start()) {
                perSecond = measure(admin, processor);
            }
            passOverTheRest(admin);
            long left = open(kafka.address()).getCount();
            int more = (int) Math.max(0, open - left);
            fill(kafka.address(), producer -> send(producer, messages, more, STEPS_OF_OPEN));
            try (var processor = start()) {
                await(admin, processor, sent, Long.MAX_VALUE);
            }
            var states = open(kafka.address());
            Target.delete(folder.resolve("state"));
            double restoreSeconds = restore();
            new Result("topology", perSecond, "messages/s")
                    .with("messages", measured)
                    .with("seconds", measuredSeconds)
                    .with("calls_under_way", underWay)
                    .with("state_bytes_per_call", states.getAverage())
                    .with("open_calls", states.getCount())
                    .with("restore_s", restoreSeconds)
                    .print();
            return 0;
        } finally {
            Target.delete(folder);
        }
    }

    private void fillWithCalls(String kafka) {
        fill(kafka, producer -> {
            int groups = messages / CallLoad.MESSAGES_PER_CALL / underWay;
            for (int group = 0; group < groups; group++) {
                send(producer, group * underWay, underWay, CallLoad.MESSAGES_PER_CALL);
            }
        });
    }

    private void fill(String kafka, Consumer<KafkaProducer<byte[], byte[]>> sending) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "compression.type", "lz4", "linger.ms", 5, "batch.size", 128 << 10),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            sending.accept(producer);
        }
        System.out.printf("%,d messages on %s.%n", sent, Topic.RAW.topicName());
    }

    /** First the first messages of all calls, then their second ones, and so on; no two calls have the same numbers. */
    private void send(KafkaProducer<byte[], byte[]> producer, int firstCall, int calls, int steps) {
        var templates = CallLoad.templates("topology");
        long begin = System.currentTimeMillis() * 1_000 - 600_000_000L;
        for (int step = 0; step < steps; step++) {
            var template = templates.get(step);
            for (int call = firstCall; call < firstCall + calls; call++) {
                long at = begin + sent * 1_000_000 / RATE;
                template.stamp(call, at);
                String callId = "topology-" + String.format("%010d", call) + "@10.1.0.10";
                producer.send(new ProducerRecord<>(
                        Topic.RAW.topicName(),
                        null,
                        at / 1_000,
                        callId.getBytes(StandardCharsets.US_ASCII),
                        SipRecords.packet(template, template.message(), at).toByteArray()));
                sent++;
            }
        }
    }

    private ServiceProcess start() throws IOException {
        return new ServiceProcess(folder, "io.rhapsode.stream.StreamProcessor", 512, settings);
    }

    private double measure(Admin admin, ServiceProcess processor) throws Exception {
        await(admin, processor, 1, Long.MAX_VALUE);
        long first = await(admin, processor, sent / 3, warmUpSeconds);
        Duration busy = processor.processorTime();
        long begin = System.nanoTime();
        measured = await(admin, processor, sent, seconds) - first;
        measuredSeconds = (System.nanoTime() - begin) / 1e9;
        double perSecond = measured / measuredSeconds;
        System.out.printf(
                "%,.0f messages/s for %.1f s; the stream-processor used %.2f cores, %.1f us a message%n",
                perSecond,
                measuredSeconds,
                processor.processorTime().minus(busy).toNanos() / 1e9 / measuredSeconds,
                processor.processorTime().minus(busy).toNanos() / 1e3 / measured);
        return perSecond;
    }

    /**
     * Waits until the processor has committed so many, for so long at most.
     *
     * @return how many it has
     * @throws IOException if it does not go on
     */
    private long await(Admin admin, ServiceProcess processor, long wanted, long mostSeconds) throws Exception {
        long begin = System.nanoTime();
        long progressAt = begin;
        long done = committed(admin);
        while (done < wanted && System.nanoTime() - begin < mostSeconds * 1e9) {
            if (!processor.isAlive() || System.nanoTime() - progressAt > GIVE_UP_NANOS) {
                throw new IOException("stands still at " + done + " of " + wanted + " messages");
            }
            Thread.sleep(50);
            long now = committed(admin);
            progressAt = now > done ? System.nanoTime() : progressAt;
            done = now;
        }
        return done;
    }

    /** Once the processor's threads have left their group, which Kafka notices by their silence. */
    private static void passOverTheRest(Admin admin) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        var partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topic.RAW.topicName(), partition))
                .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest()));
        admin.listOffsets(partitions)
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
        long begin = System.nanoTime();
        while (true) {
            try {
                admin.alterConsumerGroupOffsets(APPLICATION, ends).all().get();
                return;
            } catch (ExecutionException stillThere) {
                if (!(stillThere.getCause() instanceof UnknownMemberIdException)
                        || System.nanoTime() - begin > GIVE_UP_NANOS) {
                    throw stillThere;
                }
                Thread.sleep(500);
            }
        }
    }

    private static long committed(Admin admin) throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(each -> each.getKey().topic().equals(Topic.RAW.topicName()))
                .filter(each -> each.getValue() != null)
                .mapToLong(each -> each.getValue().offset())
                .sum();
    }

    /** What the changelog has of each call that is open: bytes of key and value. */
    private static IntSummaryStatistics open(String kafka) {
        var sizes = new HashMap<String, Integer>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(CHANGELOG, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (record.value() == null) {
                        sizes.remove(key);
                    } else {
                        sizes.put(key, record.key().length + record.value().length);
                    }
                }
            }
        }
        return sizes.values().stream().mapToInt(Integer::intValue).summaryStatistics();
    }

    /** Seconds from the start of a process without any state until it says that it is ready. */
    private double restore() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (var processor = start()) {
            while (!isReady()) {
                if (System.nanoTime() - begin > GIVE_UP_NANOS) {
                    throw new IOException("the stream-processor is not ready");
                }
                Thread.sleep(50);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "Ready %.1f s after its start without state, %.1f s of processor time.%n",
                    seconds, processor.processorTime().toMillis() / 1e3);
            return seconds;
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/readyz"))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }
}
