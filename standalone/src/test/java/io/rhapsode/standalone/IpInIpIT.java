/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that sipp makes through a tunnel: a gateway on the way sees each message as it was inside. */
class IpInIpIT {

    private static final Path SCRIPT = Path.of("src/test/resources/tunnels/tunnel.sh");
    private static final String CALLER = "10.98.0.1";
    private static final String CALLEE = "10.98.0.2";
    private static final int CALLS = 25;

    /** INVITE 180 200 ACK BYE 200. */
    private static final int MESSAGES = 6 * CALLS;

    private static final String FILTER = "ip proto 4 or ip proto 41 or ip6 proto 4 or ip6 proto 41 or ip6 proto 44";

    /** "sent (577 bytes):", "received [577] bytes :". */
    private static final Pattern LOGGED =
            Pattern.compile("UDP message (?:sent|received) [(\\[](\\d+)]? bytes\\)? ?:\\n\\n");

    @TempDir
    static Path folder;

    private static LocalKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        Program.require("ip", "sipp");
        kafka = LocalKafka.start(folder);
    }

    @AfterAll
    static void stopKafka() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipip", "raw", "ip6"})
    void everyMessageInsideTheTunnelArrives(String tunnel) throws Exception {
        assumeTrue(can(tunnel), "this machine cannot make a tunnel of kind " + tunnel);
        String id = "r" + ProcessHandle.current().pid() + tunnel.charAt(0);
        try {
            Program.run("sh", SCRIPT.toString(), "up", tunnel, id);
            List<String> logged;
            try (Gateway gateway = Gateway.start(id + "p", tunnel)) {
                logged = call(id);
                eventually(() -> assertThat(raw(tunnel)).hasSizeGreaterThanOrEqualTo(logged.size()));
                assertThat(gateway.process.isAlive()).isTrue();
            }
            List<RawPacket> raw = raw(tunnel);
            assertThat(raw)
                    .extracting(packet -> packet.getPayload().toString(ISO_8859_1))
                    .containsExactlyInAnyOrderElementsOf(logged);
            assertThat(raw).allSatisfy(IpInIpIT::isInner);
            assertThat(raw).extracting(IpInIpIT::address).containsOnly(CALLER, CALLEE);
        } finally {
            Program.run("sh", SCRIPT.toString(), "down", id);
        }
    }

    private static void isInner(RawPacket packet) throws IOException {
        boolean isRequest = !packet.getPayload().toString(ISO_8859_1).startsWith("SIP/2.0");
        assertThat(packet.getSource()).isEqualTo("ipip");
        assertThat(packet.getIpProtocol()).isEqualTo(17);
        assertThat(packet.getSender()).isEmpty();
        assertThat(address(packet)).isEqualTo(isRequest ? CALLER : CALLEE);
        assertThat(isRequest ? packet.getDestinationPort() : packet.getSourcePort())
                .isEqualTo(5060);
    }

    private static String address(RawPacket packet) throws IOException {
        return InetAddress.getByAddress(packet.getSourceAddress().toByteArray()).getHostAddress();
    }

    private static boolean can(String tunnel) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", SCRIPT.toString(), "can", tunnel)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Calls from one site to the other; what the caller sent and received, to the octet. */
    private static List<String> call(String id) throws IOException, InterruptedException {
        Path log = folder.resolve(id + ".log");
        try (Program callee = inSite(id + "b", "-sn", "uas", "-i", CALLEE, "-p", "5060", "-nostdin")) {
            Thread.sleep(500);
            var options =
                    List.of("-sf", scenario().toString(), CALLEE + ":5060", "-i", CALLER, "-p", "5060", "-nostdin");
            var command = new ArrayList<>(options);
            command.addAll(List.of("-m", "" + CALLS, "-r", "50", "-timeout", "30s", "-trace_msg"));
            command.addAll(List.of("-message_file", log.toString(), "-message_overwrite", "false"));
            assertThat(callee.isAlive()).as(callee.output()).isTrue();
            try (Program caller = inSite(id + "a", command.toArray(String[]::new))) {
                caller.await(40);
            }
        }
        List<String> messages = messages(Files.readString(log, ISO_8859_1));
        assertThat(messages).hasSizeGreaterThanOrEqualTo(MESSAGES);
        return messages;
    }

    /** The caller of sipp itself, with requests that no packet of the tunnels can hold. */
    private static Path scenario() throws IOException, InterruptedException {
        String usual = Program.run("sh", "-c", "sipp -sd uac || true");
        String filler = "Max-Forwards: 70\n      X-Filler: " + "0123456789".repeat(60);
        return Files.writeString(folder.resolve("uac.xml"), usual.replace("Max-Forwards: 70", filler));
    }

    private static Program inSite(String site, String... sipp) throws IOException {
        var command = new ArrayList<>(List.of("ip", "netns", "exec", site, "sipp"));
        command.addAll(List.of(sipp));
        return Program.start(command);
    }

    private static List<String> messages(String log) {
        var messages = new ArrayList<String>();
        Matcher logged = LOGGED.matcher(log);
        int from = 0;
        while (logged.find(from)) {
            from = logged.end() + Integer.parseInt(logged.group(1));
            messages.add(log.substring(logged.end(), from));
        }
        return messages;
    }

    /** Everything of one capture node that is on the topic now. */
    private static List<RawPacket> raw(String node) throws IOException {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.address());
        var packets = new ArrayList<RawPacket>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topic.RAW.topicName()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    packets.add(RawPacket.parseFrom(record.value()));
                }
            }
        }
        return packets.stream()
                .filter(packet -> packet.getCaptureNode().equals(node))
                .toList();
    }

    /** A gateway in a JVM of its own that captures one interface. */
    private record Gateway(Process process) implements AutoCloseable {

        static Gateway start(String networkInterface, String node) throws Exception {
            int health = Ports.free();
            var builder = new ProcessBuilder(
                            ClassArchive.java(),
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.rhapsode.ingest.IngestGateway")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("gateway-" + node + ".log").toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
            builder.environment()
                    .putAll(Map.of(
                            "RHAPSODE_KAFKA",
                            kafka.address(),
                            "RHAPSODE_HEP_PORT",
                            "0",
                            "RHAPSODE_SPOOL",
                            "",
                            "RHAPSODE_INGEST_HEALTH_PORT",
                            Integer.toString(health),
                            "RHAPSODE_CAPTURE_INTERFACE",
                            networkInterface,
                            "RHAPSODE_CAPTURE_FILTER",
                            FILTER,
                            "RHAPSODE_CAPTURE_NODE",
                            node));
            var gateway = new Gateway(builder.start());
            var http = new JsonClient("http://127.0.0.1:" + health);
            eventually(() -> assertThat(http.response("/readyz").statusCode()).isEqualTo(200));
            return gateway;
        }

        /** As a signal would: what the kernel has collected is sent first. */
        @Override
        public void close() {
            process.destroy();
            try {
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
