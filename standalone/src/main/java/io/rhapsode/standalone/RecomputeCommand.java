/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.schema.Topic;
import io.rhapsode.service.Settings;
import io.rhapsode.stream.StreamConfig;
import io.rhapsode.stream.StreamProcessor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A stream-processor of another generation beside the running one, until it has read what is there. */
@Command(
        name = "recompute",
        description = "Compute everything anew from the raw packets that Kafka has, beside the running system, into"
                + " topics of another generation: rhapsode.calls.v1-v2 and so on.")
final class RecomputeCommand implements Callable<Integer> {

    private static final long TOLD_EVERY_MS = 2_000;
    private static final long PUBLISHED_WITHIN_MS = 5_000;
    private static final long MOST_MARKS = 1_000;
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(
            names = "--generation",
            paramLabel = "N",
            required = true,
            description = "2 or more; one that was begun goes on where it ended")
    private int generation;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka of the running system, 127.0.0.1:9092 if not given (RHAPSODE_KAFKA)")
    private String address;

    @Option(names = "--state", paramLabel = "DIR", description = "folder of the state, ./data/recompute if not given")
    private String state = "data/recompute";

    @Option(names = "--follow", description = "go on with what comes in, until Ctrl-C")
    private boolean follow;

    @Override
    public Integer call() throws InterruptedException {
        if (generation < 2) {
            throw new StartRefused("--generation wants 2 or more: 1 is the one that always ran.");
        }
        Map<String, String> environment = environment();
        var config = StreamConfig.from(environment, StandaloneConfig.names());
        Map<String, Object> kafka = Settings.read(StreamConfig.DEFINITION, StandaloneConfig.names(), environment)
                .kafka();
        try (var admin = Admin.create(kafka);
                var consumer = ReplayDeadLettersCommand.consumer(kafka)) {
            var processor = StreamProcessor.start(environment, StandaloneConfig.names());
            // Ctrl-C too commits what is done, and keeps the state for the next time.
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "shutdown"));
            System.out.printf("Its health and metrics: http://127.0.0.1:%d/metrics%n", processor.healthPort());
            long behind = awaitRead(new Raw(admin, consumer, config.application()));
            // The calls that were changed last are published within a second, or some where they are very many.
            Thread.sleep(PUBLISHED_WITHIN_MS);
            System.out.printf("All of it is read, %,d packets came in since.%n", behind);
            while (follow) {
                Thread.sleep(TOLD_EVERY_MS);
            }
            return 0;
        } catch (ExecutionException | IllegalStateException e) {
            throw new StartRefused("Kafka does not do it: " + e.getMessage() + ".");
        }
    }

    private Map<String, String> environment() {
        var environment = new HashMap<>(System.getenv());
        if (environment.containsKey("RHAPSODE_KAFKA_PORT")) {
            environment.putIfAbsent("RHAPSODE_KAFKA", "127.0.0.1:" + environment.get("RHAPSODE_KAFKA_PORT"));
        }
        if (address != null) {
            environment.put("RHAPSODE_KAFKA", address);
        }
        environment.put("RHAPSODE_STREAM_GENERATION", Integer.toString(generation));
        environment.put("RHAPSODE_STREAM_STATE", state);
        environment.put("RHAPSODE_STREAM_HEALTH_PORT", "0");
        StandaloneConfig.removeElsewhere(environment);
        return environment;
    }

    /** Returns, when what was there at the begin is read, how much is there beyond what is read. */
    private static long awaitRead(Raw raw) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = raw.ends();
        Map<TopicPartition, Long> read = raw.read();
        while (!raw.isRead(ends, read)) {
            System.out.printf("%,d packets to read%n", left(ends, read));
            Thread.sleep(TOLD_EVERY_MS);
            read = raw.read();
        }
        return left(raw.ends(), read);
    }

    private static long left(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - read.getOrDefault(end.getKey(), 0L)))
                .sum();
    }

    /** The raw topic, and how far one application has read it. */
    private record Raw(Admin admin, Consumer<byte[], byte[]> consumer, String application) {

        Map<TopicPartition, Long> read() throws ExecutionException, InterruptedException {
            var read = new HashMap<>(consumer.beginningOffsets(partitions()));
            admin.listConsumerGroupOffsets(application)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> read.put(partition, offset.offset()));
            return read;
        }

        Map<TopicPartition, Long> ends() {
            return consumer.endOffsets(partitions());
        }

        private List<TopicPartition> partitions() {
            return consumer.partitionsFor(Topic.RAW.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
        }

        /** Also where nothing is left but marks of transactions, which take places too, and nobody commits them alone. */
        boolean isRead(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
            if (left(ends, read) > MOST_MARKS) {
                return false;
            }
            for (var end : ends.entrySet()) {
                TopicPartition partition = end.getKey();
                consumer.assign(List.of(partition));
                consumer.seek(partition, read.get(partition));
                while (consumer.position(partition) < end.getValue()) {
                    if (!consumer.poll(POLL).isEmpty()) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
