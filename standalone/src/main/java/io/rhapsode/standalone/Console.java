/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The terminal of {@code up} and {@code demo}: what they say goes there, what the services log goes to a file. */
final class Console {

    /** Exit code when a server has died. */
    static final int SERVER_DIED = 3;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile Standalone running;
    private volatile List<AutoCloseable> others = List.of();

    void say(String line) {
        out.println(line);
        out.flush();
    }

    /**
     * Turns standard error, where the services log to, into a file in the data folder.
     *
     * @throws StartRefused if it cannot be written
     */
    void logTo(Path data) {
        try {
            var log = new LogFile(data.resolve("logs").resolve("rhapsode.log"), 10 << 20);
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw DataFolder.unusable(data, e);
        }
    }

    /**
     * Starts everything. From here on Ctrl-C and SIGTERM end what there is by then, and the process after it.
     *
     * @throws StartRefused as {@link Standalone#start}
     */
    Standalone start(StandaloneConfig config) {
        var starting = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(starting), "shutdown"));
        try {
            running = Standalone.start(config, this::say);
            return running;
        } finally {
            begun.countDown();
        }
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
     * Blocks until a server dies.
     *
     * @param closedBefore what is to be closed before all else
     * @return the exit code
     */
    int watch(AutoCloseable... closedBefore) {
        others = List.of(closedBefore);
        CompletableFuture<String> broken = running.broken();
        err.println("rhapsode: " + broken.join());
        err.flush();
        return SERVER_DIED;
    }

    private void stop(Thread starting) {
        boolean underWay = begun.getCount() > 0;
        if (running == null && !underWay) {
            // The start was refused, and has said why.
            return;
        }
        say("Stopping ...");
        if (underWay) {
            breakOff(starting);
        }
        for (AutoCloseable other : others) {
            try {
                other.close();
            } catch (Exception e) {
                say("While stopping: " + e);
            }
        }
        if (running != null) {
            running.close();
        }
        say("Stopped.");
    }

    /** A start that is interrupted ends what it has started. */
    private void breakOff(Thread starting) {
        starting.interrupt();
        try {
            if (!begun.await(Standalone.CLOSE_SECONDS, TimeUnit.SECONDS)) {
                say("What was started did not end in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
