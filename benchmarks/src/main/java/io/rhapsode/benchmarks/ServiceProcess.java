/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A service in a process of its own, which can be halted while there is to be something to catch up with. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;

    /**
     * @param folder for what it says
     * @param main its class
     * @param heapMegabytes bound of its heap
     * @param settings its environment
     */
    ServiceProcess(Path folder, String main, int heapMegabytes, Map<String, String> settings) throws IOException {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-cp",
                // Not log4j, which a rival parser needs: the HTTP client would write down every byte with it.
                withoutLog4j(System.getProperty("java.class.path")),
                main);
        builder.environment().remove("RHAPSODE_JAVA_OPTIONS");
        builder.environment().putAll(settings);
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(main + ".log").toFile()))
                .start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Processor time since its start. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Kafka takes it for dead after 45 seconds. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("the service has ended");
        }
    }

    private static String withoutLog4j(String classPath) throws IOException {
        var kept = new StringBuilder();
        for (String each : classPath.split(":")) {
            if (!each.contains("log4j")) {
                kept.append(kept.isEmpty() ? "" : ":").append(each);
            }
        }
        return kept.toString();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException stopNow) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
