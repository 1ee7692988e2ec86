/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code rhapsode up} as a process of its own, so that a test can kill it. */
final class UpProcess implements AutoCloseable {

    /** Three servers' own limits; behind a kill, Kafka waits first until the members of the groups count as gone. */
    private static final Duration START = Duration.ofSeconds(150);

    private static final Pattern UP = Pattern.compile("Rhapsode is up: +http://127\\.0\\.0\\.1:(\\d+)/");
    private static final Pattern ELASTICSEARCH = Pattern.compile("Elasticsearch +http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern KAFKA = Pattern.compile("Kafka +127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern HEP = Pattern.compile("HEP \\(UDP\\) +127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final Path output;

    private UpProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts the program and does not wait. */
    static UpProcess start(Path data, Map<String, String> settings, String... options) throws IOException {
        Files.createDirectories(data);
        Path output = Files.createTempFile("rhapsode-up", ".txt");
        Path target = Installation.find().root().resolve("standalone/target");
        var classPath = List.of(Installation.ownClasses(), target.resolve("lib"));
        var classes = ClassArchive.of(target, "services-of-tests", classPath);
        var command = new ArrayList<String>(
                List.of(ClassArchive.java(), "-Xmx384m", "-D" + ClassArchive.OF_THIS_PROCESS + "=" + classes.file()));
        command.addAll(classes.options());
        command.addAll(List.of("-cp", classPath.get(0) + ":" + classPath.get(1) + "/*", Main.class.getName(), "up"));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
        builder.environment().putAll(settings);
        return new UpProcess(builder.start(), output);
    }

    static UpProcess start(Path data) throws IOException {
        return start(data, RunningStandalone.settings(data));
    }

    UpProcess awaitReady() throws Exception {
        return JsonClient.eventually(START, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("ended with " + process.exitValue() + ":\n" + said());
            }
            assertThat(said()).contains("Ctrl-C stops it");
            return this;
        });
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    int httpPort() throws IOException {
        return port(UP);
    }

    int hepPort() throws IOException {
        return port(HEP);
    }

    int kafkaPort() throws IOException {
        return port(KAFKA);
    }

    int elasticsearchPort() throws IOException {
        return port(ELASTICSEARCH);
    }

    /** Where a service answers /metrics. */
    int healthPort(String service) throws IOException {
        return port(Pattern.compile(service + " +http://127\\.0\\.0\\.1:(\\d+)/metrics"));
    }

    private int port(Pattern line) throws IOException {
        Matcher found = line.matcher(said());
        assertThat(found.find()).as("%s in %s", line, said()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    /** The child that runs this class. */
    ProcessHandle child(String className) {
        return process.children()
                .filter(child -> child.info().commandLine().orElse("").contains(className))
                .findFirst()
                .orElseThrow();
    }

    List<ProcessHandle> children() {
        return process.children().toList();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Ends it as Ctrl-C does, and all it started in order. */
    void stop() throws IOException, InterruptedException {
        terminate();
        // 128 + SIGTERM: the way a shell sees it.
        assertThat(awaitEnd(Standalone.CLOSE_SECONDS)).isEqualTo(143);
        assertThat(said())
                .contains("Stopped.")
                .doesNotContain("stopped by itself", "While closing", "did not end in order");
    }

    /** @return the exit code */
    int awaitEnd(int seconds) throws InterruptedException, IOException {
        assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                .as("ended within %d s; it said: %s", seconds, said())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.onExit().get(Standalone.CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("it did not end in time", e);
        }
        Files.deleteIfExists(output);
    }
}
