/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildServerTest {

    /** Runs until it is told to end, and does so with the exit code it was given, if any. */
    private static final String SERVER = """
            public class Server {
                public static void main(String[] arguments) throws Exception {
                    if (arguments.length > 0 && arguments[0].equals("fails")) {
                        Exception full = new Exception("No space left on device");
                        StackTraceElement frame = new StackTraceElement("Deep", "down", "Deep.java", 1);
                        full.setStackTrace(java.util.Collections.nCopies(300, frame).toArray(StackTraceElement[]::new));
                        full.printStackTrace();
                        System.out.println("ready");
                        System.exit(1);
                    }
                    if (arguments.length > 0) {
                        Runtime.getRuntime().addShutdownHook(
                                new Thread(() -> Runtime.getRuntime().halt(Integer.parseInt(arguments[0]))));
                    }
                    System.out.println("ready");
                    Thread.sleep(60_000);
                }
            }
            """;

    @TempDir
    private Path folder;

    private Path jars;
    private Path log;

    @BeforeEach
    void makeJar() throws IOException {
        jars = Files.createDirectory(folder.resolve("lib"));
        log = folder.resolve("server.log");
        Path source = Files.writeString(folder.resolve("Server.java"), SERVER);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString()))
                .isZero();
        try (var jar = new JarOutputStream(Files.newOutputStream(jars.resolve("server.jar")))) {
            jar.putNextEntry(new JarEntry("Server.class"));
            Files.copy(folder.resolve("Server.class"), jar);
        }
    }

    @Test
    void aServerThatEndsWhenToldToEndsInOrder() throws Exception {
        assertThat(ended("Server").disorder()).isEmpty();
    }

    @Test
    void aServerThatFailsWhileItEndsIsToldOfWithTheTailOfItsLog() throws Exception {
        assertThat(ended("Server", "134").disorder()).hasValueSatisfying(told -> assertThat(told)
                .startsWith("Some did not end in order (exit code 134).")
                .contains(log.toString(), "ready"));
    }

    @Test
    void whyAServerHasStoppedByItselfIsToldWithoutTheFramesOfItsStack() throws Exception {
        var server = ChildServer.start("Some", List.of("-Xmx32m"), jars, List.of("Server", "fails"), log);
        try (server) {
            assertThat(server.died().get(30, TimeUnit.SECONDS))
                    .startsWith("Some has stopped by itself (exit code 1).")
                    .contains("No space left on device", "ready")
                    .doesNotContain("at Deep.down");
        }
        assertThat(server.wasGone()).isTrue();
        assertThat(ended("Server").wasGone()).isFalse();
    }

    private ChildServer ended(String... main) throws Exception {
        try (var server = ChildServer.start("Some", List.of("-Xmx32m"), jars, List.of(main), log)) {
            server.awaitReady(this::isReady, Duration.ofSeconds(30), progress -> {});
            return server;
        }
    }

    private boolean isReady() {
        try {
            return Files.exists(log) && Files.readString(log).contains("ready");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
