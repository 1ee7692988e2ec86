/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka dies by kill -9 while packets come in, and comes back; with and without the gateway dying meanwhile. */
class SpoolIT {

    private static final int PER_SECOND = 5_000;
    private static final int CALLS = 200;
    private static final Pattern NUMBER = Pattern.compile("CSeq: (\\d+) ");

    @TempDir
    private Path folder;

    private int kafkaPort;
    private int hepPort;
    private int healthPort;
    private JsonClient health;
    private LocalKafka kafka;
    private Process gateway;
    private int sent;

    @BeforeEach
    void start() throws Exception {
        kafkaPort = Ports.free();
        hepPort = Ports.free();
        healthPort = Ports.free();
        health = new JsonClient("http://127.0.0.1:" + healthPort);
        startKafka();
        startGateway();
        eventually(() -> assertThat(metric("rhapsode_ingest_spooling")).isZero());
    }

    @AfterEach
    void end() {
        gateway.destroyForcibly().onExit().join();
        kafka.close();
    }

    private void startKafka() throws Exception {
        kafka = LocalKafka.start(
                Installation.find().kafkaJars(), folder.resolve("kafka"), folder.resolve("kafka.log"), kafkaPort, 256);
        kafka.awaitReady(Duration.ofSeconds(60), System.out::println);
    }

    private void startGateway() throws IOException {
        var builder = new ProcessBuilder(
                ClassArchive.java(),
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.rhapsode.ingest.IngestGateway");
        builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
        builder.environment()
                .putAll(Map.of(
                        "RHAPSODE_KAFKA", "127.0.0.1:" + kafkaPort,
                        "RHAPSODE_HEP_PORT", Integer.toString(hepPort),
                        "RHAPSODE_INGEST_HEALTH_PORT", Integer.toString(healthPort),
                        "RHAPSODE_PARTITIONS", "4",
                        "RHAPSODE_SPOOL", folder.resolve("spool").toString()));
        gateway = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("gateway.log").toFile()))
                .start();
    }

    private void killKafka() {
        kill(ProcessHandle.of(kafka.server().pid()).orElseThrow());
        kafka.close();
    }

    private static void kill(ProcessHandle process) {
        assertThat(process.isAlive()).as("still at work when it is killed").isTrue();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Numbered packets of calls that take turns, up to this number, at a rate that no socket buffer minds. */
    private void sendUpTo(int number) throws IOException {
        try (var socket = new DatagramSocket()) {
            long begin = System.nanoTime();
            int first = sent;
            for (; sent < number; sent++) {
                long wait = begin + (sent - first) * 1_000_000_000L / PER_SECOND - System.nanoTime();
                if (wait > 1_000_000) {
                    LockSupport.parkNanos(wait);
                }
                byte[] hep = hep(sent);
                socket.send(new DatagramPacket(hep, hep.length, InetAddress.getLoopbackAddress(), hepPort));
            }
        }
    }

    private static byte[] hep(int number) {
        byte[] message = ("OPTIONS sip:b@x.test SIP/2.0\r\nCall-ID: call-" + number % CALLS + "\r\nCSeq: " + number
                        + " OPTIONS\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        byte[] address = {10, 0, 0, 1};
        long now = System.currentTimeMillis() * 1_000;
        return HepEncoder.encode(new HepPacket(
                3,
                17,
                address,
                address,
                5060,
                5060,
                now,
                1,
                7,
                "spool-it",
                null,
                -1,
                null,
                message,
                0,
                message.length,
                List.of()));
    }

    private long metric(String name) throws IOException, InterruptedException {
        var line = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9.E]+)$")
                .matcher(health.response("/metrics").body());
        assertThat(line.find()).as(name).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    private long packets(String outcome) throws IOException, InterruptedException {
        return metric("rhapsode_ingest_packets_total{outcome=\"" + outcome + "\",reason=\"\"}");
    }

    private void awaitNothingWaits() throws Exception {
        eventually(() -> {
            assertThat(metric("rhapsode_ingest_spooling")).isZero();
            assertThat(metric("rhapsode_ingest_spool_packets")).isZero();
            assertThat(metric("rhapsode_ingest_in_flight")).isZero();
        });
    }

    private List<ConsumerRecord<byte[], byte[]>> read(Topic topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:" + kafkaPort);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.topicName()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** The numbers on rhapsode.raw by call, in the order of the topic. */
    private Map<String, List<Integer>> raw() throws IOException {
        var numbers = new TreeMap<String, List<Integer>>();
        for (var record : read(Topic.RAW)) {
            var number = NUMBER.matcher(
                    RawPacket.parseFrom(record.value()).getPayload().toStringUtf8());
            assertThat(number.find()).isTrue();
            numbers.computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), call -> new ArrayList<>())
                    .add(Integer.valueOf(number.group(1)));
        }
        return numbers;
    }

    /** The gateway's counts as the topic has them, all runs and minutes added up. */
    private Map<String, Long> counts() throws IOException {
        var last = new HashMap<String, StageCount>();
        for (var record : read(Topic.COUNTS)) {
            var count = StageCount.parseFrom(record.value());
            StageCount before = last.put(new String(record.key(), StandardCharsets.UTF_8), count);
            assertThat(before == null ? 0 : before.getCount())
                    .as("no count falls")
                    .isLessThanOrEqualTo(count.getCount());
        }
        return last.values().stream()
                .collect(Collectors.groupingBy(StageCount::getOutcome, Collectors.summingLong(StageCount::getCount)));
    }

    private static List<Integer> ofCall(String call, int upTo) {
        int first = Integer.parseInt(call.substring("call-".length()));
        return IntStream.iterate(first, number -> number < upTo, number -> number + CALLS)
                .boxed()
                .toList();
    }

    @Test
    void kafkaAwayAndBackEveryPacketIsThereOnceInTheOrderOfItsCallAndTheCountsAddUp() throws Exception {
        sendUpTo(8_000);
        killKafka();
        sendUpTo(28_000);
        eventually(() -> assertThat(packets("received")).isEqualTo(28_000));
        assertThat(metric("rhapsode_ingest_spooling")).isOne();
        assertThat(packets("received"))
                .isEqualTo(packets("sent")
                        + metric("rhapsode_ingest_in_flight")
                        + metric("rhapsode_ingest_spool_packets"));
        startKafka();
        sendUpTo(48_000);
        awaitNothingWaits();
        sendUpTo(50_000);
        eventually(() -> assertThat(packets("sent")).isEqualTo(50_000));

        raw().forEach((call, numbers) -> assertThat(numbers).as(call).isEqualTo(ofCall(call, 50_000)));
        assertThat(raw()).hasSize(CALLS);
        assertThat(packets("spooled")).isGreaterThan(10_000);
        eventually(() -> assertThat(counts())
                .containsEntry("received", 50_000L)
                .containsEntry("sent", 50_000L)
                .containsEntry("spooled", packets("spooled")));
    }

    @Test
    void gatewayKilledWhileKafkaIsAwayEveryPacketIsThereInTheOrderOfItsCallAndTheCountsAddUp() throws Exception {
        int kafkaEnds = 8_000;
        sendUpTo(kafkaEnds);
        killKafka();
        sendUpTo(23_000);
        eventually(() -> assertThat(packets("received")).isEqualTo(23_000));
        kill(gateway.toHandle());
        startGateway();
        eventually(() -> assertThat(health.response("/readyz").statusCode())
                .as("it takes packets")
                .isEqualTo(200));
        sendUpTo(33_000);
        startKafka();
        sendUpTo(43_000);
        awaitNothingWaits();

        Set<Integer> twice = new TreeSet<>();
        raw().forEach((call, numbers) -> {
            Set<Integer> each = new LinkedHashSet<>();
            numbers.stream().filter(number -> !each.add(number)).forEach(twice::add);
            assertThat(each).as(call).containsExactlyElementsOf(ofCall(call, 43_000));
        });
        assertThat(raw()).hasSize(CALLS);
        System.out.println("  " + twice.size() + " packets are there twice " + twice);
        // Kafka may have written, and died before it could say so, what was in flight then: a second's worth at most.
        assertThat(twice).allMatch(number -> number > kafkaEnds - PER_SECOND && number < kafkaEnds + PER_SECOND);
        eventually(() -> assertThat(counts()).containsEntry("received", 43_000L).containsEntry("sent", 43_000L));
    }
}
