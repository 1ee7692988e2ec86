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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A backlog on the raw topic through the stream-processor, exactly once, with 50,000 calls under way at a time; then what
 * a call's state takes, and how long it takes to read the state of 100,000 open calls again from Kafka.
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

    private static final long GIVE_UP_NANOS = 300_000_000_000L;

    @Option(
            names = "--messages",
            defaultValue = "4800000",
            description = "Messages of calls that end (default ${DEFAULT-VALUE}).")
    private int messages;

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
            fill(kafka.address());
            double perSecond;
            try (var processor = start()) {
                perSecond = measure(admin, processor);
            }
            double stateBytes = stateBytes(kafka.address());
            Target.delete(folder.resolve("state"));
            double restoreSeconds = restore();
            new Result("topology", perSecond, "messages/s")
                    .with("messages", sent)
                    .with("calls_under_way", underWay)
                    .with("state_bytes_per_call", stateBytes)
                    .with("open_calls", open)
                    .with("restore_s", restoreSeconds)
                    .print();
            return 0;
        } finally {
            Target.delete(folder);
        }
    }

    private void fill(String kafka) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "compression.type", "lz4", "linger.ms", 5, "batch.size", 128 << 10),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            int groups = messages / CallLoad.MESSAGES_PER_CALL / underWay;
            for (int group = 0; group < groups; group++) {
                send(producer, group * underWay, underWay, CallLoad.MESSAGES_PER_CALL);
            }
            send(producer, groups * underWay, open, STEPS_OF_OPEN);
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

    /** From the first tenth on: what starts has to become warm first. */
    private double measure(Admin admin, ServiceProcess processor) throws Exception {
        long first = await(admin, sent / 10);
        Duration busy = processor.processorTime();
        long begin = System.nanoTime();
        long last = await(admin, sent);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double perSecond = (last - first) / seconds;
        System.out.printf(
                "%,.0f messages/s for %.1f s; the stream-processor used %.2f cores, %.1f us a message%n",
                perSecond,
                seconds,
                processor.processorTime().minus(busy).toNanos() / 1e9 / seconds,
                processor.processorTime().minus(busy).toNanos() / 1e3 / (last - first));
        return perSecond;
    }

    /** Waits until the processor has committed so many; returns how many it has. */
    private long await(Admin admin, long wanted) throws Exception {
        long until = System.nanoTime() + GIVE_UP_NANOS;
        long done = committed(admin);
        while (done < wanted) {
            if (System.nanoTime() > until) {
                throw new IOException("only " + done + " of " + wanted + " messages were processed");
            }
            Thread.sleep(50);
            done = committed(admin);
        }
        return done;
    }

    private static long committed(Admin admin) throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(each -> each.getKey().topic().equals(Topic.RAW.topicName()))
                .filter(each -> each.getValue() != null)
                .mapToLong(each -> each.getValue().offset())
                .sum();
    }

    /** What the changelog has of each call that is open: key and value, on average. */
    private static double stateBytes(String kafka) {
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
        return sizes.values().stream().mapToInt(Integer::intValue).average().orElseThrow();
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
