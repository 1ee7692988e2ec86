/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceMainTest {

    /** A service that is set wrongly. */
    static final class Wrong {
        public static void main(String[] arguments) {
            ServiceMain.run("some-service", () -> {
                throw new IllegalArgumentException("RHAPSODE_PORT must be a number");
            });
        }
    }

    /** A service that starts, and has a thread that keeps the process. */
    static final class Right {
        public static void main(String[] arguments) {
            ServiceMain.run("some-service", () -> {
                new Thread(Right::rest).start();
                return () -> System.out.println("closed");
            });
            System.out.println("started");
        }

        private static void rest() {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aMistakeIsOneSentence() throws Exception {
        var process = start(Wrong.class);
        try (var said = process.inputReader()) {
            assertThat(said.lines()).containsExactly("some-service: RHAPSODE_PORT must be a number");
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void itIsClosedWhenItsProcessIsAskedToEnd() throws Exception {
        var process = start(Right.class);
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("started");
            process.toHandle().destroy();
            assertThat(said.lines()).containsExactly("closed");
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(Class<?> service) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String quiet = "-Dslf4j.internal.verbosity=ERROR"; // There is no logger here.
        return new ProcessBuilder(java, quiet, "-cp", classes, service.getName())
                .redirectErrorStream(true)
                .start();
    }
}
