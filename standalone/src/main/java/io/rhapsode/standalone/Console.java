/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The terminal of {@code up} and {@code demo}: what they say goes there, what the services log goes to a file. */
final class Console {

    /** Exit code when a server has died. */
    static final int SERVER_DIED = 3;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Turns standard error, where the services log to, into a file in the data folder. */
    void logTo(Path data) throws IOException {
        var log = new LogFile(data.resolve("logs").resolve("rhapsode.log"), 10 << 20);
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    /** Shows where everything is. */
    void introduce(Standalone standalone) {
        say("");
        say("Rhapsode is up:     http://127.0.0.1:" + standalone.httpPort() + "/");
        say("  HEP (UDP)         127.0.0.1:" + standalone.hepPort());
        standalone.tcpPort().ifPresent(port -> say("  HEP (TCP)         127.0.0.1:" + port));
        standalone.tlsPort().ifPresent(port -> say("  HEP (TLS)         127.0.0.1:" + port));
        say("  Kafka             127.0.0.1:" + standalone.kafkaPort());
        say("  Elasticsearch     http://127.0.0.1:" + standalone.elasticsearchPort());
        standalone
                .healthPorts()
                .forEach((service, port) -> say("  %-17s http://127.0.0.1:%d/metrics".formatted(service, port)));
        say("Ctrl-C stops it.");
    }

    /**
     * Blocks until a server dies; Ctrl-C or SIGTERM end the process by the shutdown hook.
     *
     * @param others closed before
     * @return the exit code
     */
    int watch(Standalone standalone, AutoCloseable... others) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(standalone, others), "shutdown"));
        CompletableFuture<String> broken = standalone.broken();
        err.println("rhapsode: " + broken.join());
        err.flush();
        return SERVER_DIED;
    }

    private void stop(Standalone standalone, AutoCloseable... others) {
        say("Stopping ...");
        for (AutoCloseable other : others) {
            try {
                other.close();
            } catch (Exception e) {
                say("While stopping: " + e);
            }
        }
        standalone.close();
        say("Stopped.");
    }
}
