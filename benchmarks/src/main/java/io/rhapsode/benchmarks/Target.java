/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.standalone.Ports;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A whole Rhapsode in processes of its own, as {@code ./rhapsode up} starts it, on an empty data folder and free ports;
 * seen only through its API. The load generator stays in this process: where taskset is there, it is held to the last
 * core by the caller.
 */
final class Target implements AutoCloseable {

    /** The last line that {@code up} prints when all of it is ready. */
    private static final String READY = "Ctrl-C stops it";

    private static final Duration UP_WITHIN = Duration.ofMinutes(3);

    private final Path data;
    private final Process process;
    private final URI web;
    private final InetSocketAddress gateway;
    private final HttpClient http = HttpClient.newHttpClient();

    private Target(Path data, Process process, int httpPort, int hepPort) {
        this.data = data;
        this.process = process;
        this.web = URI.create("http://127.0.0.1:" + httpPort);
        this.gateway = new InetSocketAddress("127.0.0.1", hepPort);
    }

    static Target start() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("rhapsode-bench");
        List<Integer> ports = freePorts(4);
        List<String> command = List.of(
                script().toString(),
                "up",
                "--data=" + data,
                "--http-port=" + ports.get(0),
                "--hep-port=" + ports.get(1),
                "--kafka-port=" + ports.get(2),
                "--elasticsearch-port=" + ports.get(3));
        File output = data.resolve("up.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        // Whoever ends the measurement ends what it measures.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        Target target = new Target(data, process, ports.get(0), ports.get(1));
        target.awaitReady(output.toPath());
        return target;
    }

    /**
     * The command that people use, not the classes beside this one: among those are the rivals, and log4j with them,
     * which writes down every byte that goes to Elasticsearch.
     */
    private static Path script() throws IOException {
        for (Path folder = ownClasses(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("rhapsode"))) {
                return folder.resolve("rhapsode");
            }
        }
        throw new IOException("there is no script rhapsode above " + ownClasses());
    }

    private static Path ownClasses() {
        return Path.of(URI.create(
                Target.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    InetSocketAddress gateway() {
        return gateway;
    }

    /** How many messages the API finds for a query. */
    long messages(String query) throws IOException, InterruptedException {
        return total("/api/v1/messages", query);
    }

    long calls(String query) throws IOException, InterruptedException {
        return total("/api/v1/calls", query);
    }

    /** Bytes on disk under the data folder: Kafka's log, the stream's state, the index. */
    long bytesOnDisk(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** Resident memory of all its processes in bytes, from /proc. */
    long residentBytes() throws IOException {
        long pages = 0;
        for (ProcessHandle each : processes()) {
            Path statm = Path.of("/proc", Long.toString(each.pid()), "statm");
            if (Files.exists(statm)) {
                pages += Long.parseLong(Files.readString(statm).split(" ")[1]);
            }
        }
        return pages * 4096;
    }

    /** Processor time of all its processes since their start. */
    Duration processorTime() {
        return processes().stream()
                .flatMap(each -> each.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException stopNow) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(data);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private long total(String path, String query) throws IOException, InterruptedException {
        return get(path + "?size=0&facets=false&q=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .getJsonNumber("total")
                .longValue();
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(web.resolve(path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        }
    }

    private void awaitReady(Path output) throws IOException, InterruptedException {
        long until = System.nanoTime() + UP_WITHIN.toNanos();
        while (!Files.readString(output).contains(READY)) {
            if (!process.isAlive() || System.nanoTime() > until) {
                String log = Files.readString(output);
                close();
                throw new IOException("Rhapsode did not start:\n" + log);
            }
            Thread.sleep(200);
        }
    }

    static List<Integer> freePorts(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < count) {
            ports.add(Ports.free());
        }
        return List.copyOf(ports);
    }
}
