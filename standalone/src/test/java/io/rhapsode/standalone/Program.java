/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the machine that a test runs: a real sender, or tshark as a witness. Ends with the test. */
final class Program implements AutoCloseable {

    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Skips the test, by name, where the program is not installed. */
    static void require(String... names) {
        for (String name : names) {
            boolean there = Stream.of(System.getenv("PATH").split(":"))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
            assumeTrue(there, name + " is not installed (./rhapsode test installs it as root)");
        }
    }

    static Program start(List<String> command) throws IOException {
        Path output = Files.createTempFile("rhapsode-it", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .start();
        return new Program(process, output);
    }

    /** Runs to its end; what it printed. */
    static String run(String... command) throws IOException, InterruptedException {
        try (Program program = start(List.of(command))) {
            return program.await(60);
        }
    }

    /** @throws AssertionError if it does not end by itself with exit code 0 in time */
    String await(int seconds) throws IOException, InterruptedException {
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError((ended ? "exit code " + process.exitValue() : "not ended after " + seconds + " s")
                    + "\n" + output());
        }
        return output();
    }

    /** Whether it ends by itself with exit code 0 in time. */
    boolean succeeds(int seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.delete(output);
    }
}
