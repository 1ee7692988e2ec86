/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.stream.StreamProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A stream-processor in a JVM of its own, with a state folder and a health port of its own, that a test can kill. */
final class StreamProcess implements AutoCloseable {

    private final Process process;
    private final Path log;
    private final JsonClient health;

    private StreamProcess(Process process, Path log, int healthPort) {
        this.process = process;
        this.log = log;
        this.health = new JsonClient("http://127.0.0.1:" + healthPort);
    }

    /**
     * @param folder for its state and its log
     * @param settings those that all instances share
     */
    static StreamProcess start(Path folder, Map<String, String> settings) throws IOException {
        Files.createDirectories(folder);
        int port = Ports.free();
        var own = new HashMap<>(settings);
        own.put("RHAPSODE_STREAM_STATE", folder.resolve("state").toString());
        own.put("RHAPSODE_STREAM_HEALTH_PORT", Integer.toString(port));
        Path log = folder.resolve("log.txt");
        var builder = new ProcessBuilder(
                ClassArchive.java(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StreamProcessor.class.getName());
        builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
        builder.environment().putAll(own);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new StreamProcess(builder.start(), log, port);
    }

    StreamProcess awaitReady() throws Exception {
        return JsonClient.eventually(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("ended:\n" + Files.readString(log));
            }
            assertThat(health.response("/readyz").statusCode()).isEqualTo(200);
            return this;
        });
    }

    /** @param name as /metrics has it */
    double metric(String name) throws IOException, InterruptedException {
        return health.response("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    /** With SIGKILL. */
    void kill() throws InterruptedException {
        assertThat(process.isAlive()).as("at work when it is killed").isTrue();
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
