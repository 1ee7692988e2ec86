/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.standalone.LocalKafka;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The gateway in a JVM of its own with 256 MB of heap, and a Kafka for it; seen through its metrics. */
final class GatewayProcess implements AutoCloseable {

    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms$");

    /** What /proc counts processor time in (USER_HZ). */
    private static final double TICKS_A_SECOND = 100;

    private static final int WARM_RECORDS = 500_000;
    private static final int WARM_BYTES = 800;

    private final Path folder;
    private final LocalKafka kafka;
    private final Process process;
    private final List<Integer> ports = Target.freePorts(4);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path certificate;

    private GatewayProcess(Path folder, LocalKafka kafka) throws IOException, InterruptedException {
        this.folder = folder;
        this.kafka = kafka;
        this.certificate = folder.resolve("gateway.crt");
        selfSigned(certificate, folder.resolve("gateway.key"));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xms256m",
                "-XX:+AlwaysPreTouch",
                "-XX:MetaspaceSize=64m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=128m",
                "-Xlog:gc:file=" + folder.resolve("gc.log"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.rhapsode.ingest.IngestGateway"));
        var builder = new ProcessBuilder(command);
        String more = builder.environment().remove("RHAPSODE_JAVA_OPTIONS");
        if (more != null) {
            builder.command().addAll(1, List.of(more.split(" ")));
        }
        builder.environment().putAll(settings());
        process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("gateway.log").toFile())
                .start();
    }

    private Map<String, String> settings() {
        var settings = new HashMap<String, String>();
        settings.put("RHAPSODE_KAFKA", kafka.address());
        settings.put("RHAPSODE_INGEST_HEALTH_PORT", ports.get(0).toString());
        settings.put("RHAPSODE_HEP_PORT", ports.get(1).toString());
        settings.put("RHAPSODE_HEP_TCP_PORT", ports.get(2).toString());
        settings.put("RHAPSODE_HEP_TLS_PORT", ports.get(3).toString());
        settings.put("RHAPSODE_HEP_TLS_CERTIFICATE", certificate.toString());
        settings.put("RHAPSODE_HEP_TLS_KEY", folder.resolve("gateway.key").toString());
        return settings;
    }

    static GatewayProcess start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("rhapsode-bench");
        LocalKafka kafka = LocalKafka.start(folder);
        warm(kafka);
        var gateway = new GatewayProcess(folder, kafka);
        while (!gateway.isReady()) {
            if (!gateway.process.isAlive()) {
                throw new IOException("the gateway ended: " + Files.readString(folder.resolve("gateway.log")));
            }
            Thread.sleep(20);
        }
        return gateway;
    }

    /** The gateway is new, and its first packet counts; Kafka has been running for long wherever one starts. */
    private static void warm(LocalKafka kafka) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.address(), "compression.type", "lz4");
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic("warm", 8, (short) 1)));
        }
        byte[] value = new byte[WARM_BYTES];
        new Random(1).nextBytes(value);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < WARM_RECORDS; i++) {
                producer.send(new ProducerRecord<>("warm", null, value));
            }
        }
    }

    // openssl is where a certificate authority would be; the JDK itself cannot write a key as PEM.
    private static void selfSigned(Path certificate, Path key) throws IOException, InterruptedException {
        var made = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=gateway",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes());
        if (made.waitFor() != 0) {
            throw new IOException("openssl: " + said);
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        try {
            return http.send(request("/readyz"), BodyHandlers.discarding()).statusCode() == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(0) + path))
                .build();
    }

    int port(String transport) {
        return ports.get(List.of("", "udp", "tcp", "tls").indexOf(transport));
    }

    Path certificate() {
        return certificate;
    }

    /** Packets by outcome since the start, all reasons together. */
    Map<String, Long> packets() throws IOException, InterruptedException {
        var packets = new HashMap<String, Long>();
        String metrics = http.send(request("/metrics"), BodyHandlers.ofString()).body();
        Matcher line = Pattern.compile("(?m)^rhapsode_ingest_packets_total\\{outcome=\"([^\"]*)\".* ([0-9.E+]+)$")
                .matcher(metrics);
        while (line.find()) {
            packets.merge(line.group(1), (long) Double.parseDouble(line.group(2)), Long::sum);
        }
        return packets;
    }

    /** Pauses of the garbage collector since the start, milliseconds, sorted. */
    double[] pauses() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("gc.log"))) {
            return lines.map(PAUSE::matcher)
                    .filter(Matcher::find)
                    .mapToDouble(pause -> Double.parseDouble(pause.group(1)))
                    .sorted()
                    .toArray();
        }
    }

    /** Processor time of the gateway so far, seconds. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(process.pid());
    }

    double kafkaCpuSeconds() throws IOException {
        return cpuSeconds(kafka.pid());
    }

    private static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        kafka.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
