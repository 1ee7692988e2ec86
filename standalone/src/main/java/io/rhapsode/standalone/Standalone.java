/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on one machine: Kafka and Elasticsearch as child processes on loopback, the four services in this JVM.
 * {@link #close()} ends all of it, the children included, within {@value #CLOSE_SECONDS} seconds.
 */
public final class Standalone implements AutoCloseable {

    /** Bound of {@link #close()}. */
    public static final int CLOSE_SECONDS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
    private static final List<String> HEALTH_PORTS =
            List.of("RHAPSODE_INGEST_HEALTH_PORT", "RHAPSODE_STREAM_HEALTH_PORT", "RHAPSODE_INDEXER_HEALTH_PORT");
    private static final Duration READY_LIMIT = Duration.ofSeconds(120);
    private static final Duration SERVICES_GOOD_BYE = Duration.ofSeconds(25);

    /**
     * Enough for the gateway to write to its spool what Kafka did not confirm, and for the stream-processor to commit; what
     * waits for the server that is gone waits in vain.
     */
    private static final Duration GOOD_BYE_WITHOUT_A_SERVER = Duration.ofSeconds(15);

    private final DataFolder folder;
    private final Consumer<String> progress;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private LocalKafka kafka;
    private LocalElasticsearch elasticsearch;
    private Services services;
    private boolean complete;

    private Standalone(DataFolder folder, Consumer<String> progress) {
        this.folder = folder;
        this.progress = progress;
        parts.push(this::keepClasses);
        parts.push(folder);
    }

    /**
     * Returns when all of it takes packets and answers queries.
     *
     * @param progress gets lines for the person who waits
     * @throws StartRefused if the folder or a port is in use, or a server does not start
     */
    public static Standalone start(StandaloneConfig config, Consumer<String> progress) {
        checkPorts(config);
        var standalone = new Standalone(DataFolder.open(config.data()), progress);
        try {
            standalone.startServers(config);
            standalone.startServices(config);
            standalone.complete = true;
            return standalone;
        } catch (InterruptedException e) {
            throw standalone.brokenOff();
        } catch (IOException | RuntimeException e) {
            // Who is interrupted has many words for it, and leaves the mark on the thread.
            if (Thread.interrupted()) {
                throw standalone.brokenOff();
            }
            standalone.close();
            throw refusal(e);
        }
    }

    private StartRefused brokenOff() {
        close();
        Thread.currentThread().interrupt();
        return new StartRefused("Interrupted while starting.");
    }

    private static RuntimeException refusal(Exception e) {
        if (e instanceof IOException) {
            return new StartRefused("Cannot start: " + e + ".");
        }
        if (e instanceof IllegalStateException) {
            // What a service says when it cannot start: a sentence for the terminal, the place for the log.
            LOG.error("A service does not start", e);
            return new StartRefused("A service does not start: " + e.getMessage() + ".");
        }
        return (RuntimeException) e;
    }

    private static void checkPorts(StandaloneConfig config) {
        Map<String, String> environment = config.environment();
        Ports.requireFreeTcp("127.0.0.1", config.kafkaPort(), "--kafka-port");
        Ports.requireFreeTcp("127.0.0.1", config.elasticsearchPort(), "--elasticsearch-port");
        Ports.requireFreeTcp(
                environment.getOrDefault("RHAPSODE_HTTP_HOST", "127.0.0.1"),
                config.servicePort("RHAPSODE_HTTP_PORT"),
                "--http-port");
        Ports.requireFreeUdp(
                environment.getOrDefault("RHAPSODE_HEP_HOST", "127.0.0.1"),
                config.servicePort("RHAPSODE_HEP_PORT"),
                "--hep-port");
        for (String setting : List.of("RHAPSODE_HEP_TCP_PORT", "RHAPSODE_HEP_TLS_PORT")) {
            int port = config.servicePort(setting);
            Ports.requireFreeTcp(
                    environment.getOrDefault("RHAPSODE_HEP_HOST", "127.0.0.1"),
                    Math.max(0, port),
                    "the setting " + setting);
        }
        for (String setting : HEALTH_PORTS) {
            if (environment.containsKey(setting)) {
                Ports.requireFreeTcp(healthHost(environment), config.servicePort(setting), "the setting " + setting);
            }
        }
    }

    private static String healthHost(Map<String, String> environment) {
        return environment.getOrDefault("RHAPSODE_HEALTH_HOST", "127.0.0.1");
    }

    /** Where nobody asked for a port, another instance on this machine is no reason not to start. */
    private static void moveHealthPorts(StandaloneConfig config, Map<String, String> environment) {
        for (String setting : HEALTH_PORTS) {
            if (!environment.containsKey(setting)
                    && !Ports.isFreeTcp(healthHost(environment), config.servicePort(setting))) {
                environment.put(setting, "0");
            }
        }
    }

    private void startServers(StandaloneConfig config) throws IOException, InterruptedException {
        Installation installation = Installation.find();
        progress.accept("Starting Kafka and Elasticsearch in " + folder.path());
        kafka = LocalKafka.start(
                installation.kafkaJars(),
                folder.kafka(),
                folder.log("kafka"),
                Ports.orFree(config.kafkaPort()),
                config.kafkaMegabytes());
        parts.push(() -> end(kafka.server()));
        elasticsearch = LocalElasticsearch.start(
                installation.elasticsearchJars(),
                installation.elasticsearchHome(),
                folder.elasticsearch(),
                folder.log("elasticsearch"),
                Ports.orFree(config.elasticsearchPort()),
                config.elasticsearchMegabytes());
        parts.push(() -> end(elasticsearch.server()));
        kafka.awaitReady(READY_LIMIT, progress);
        elasticsearch.awaitReady(READY_LIMIT, progress);
    }

    private void startServices(StandaloneConfig config) throws InterruptedException {
        long begun = System.nanoTime();
        var environment = new HashMap<>(config.environment());
        environment.put("RHAPSODE_KAFKA", kafka.address());
        environment.put("RHAPSODE_ELASTICSEARCH", elasticsearch.url());
        environment.putIfAbsent("RHAPSODE_STREAM_STATE", folder.streams().toString());
        environment.putIfAbsent("RHAPSODE_SPOOL", folder.spool().toString());
        kafka.forgetMembers();
        moveHealthPorts(config, environment);
        services = Services.start(environment);
        parts.push(this::closeServices);
        services.awaitReady(READY_LIMIT, progress);
        progress.accept("  The services are ready (%.1f s)".formatted((System.nanoTime() - begun) / 1e9));
    }

    /** Completes, with what to tell the operator, when a server ends that should not. */
    public CompletableFuture<String> broken() {
        return CompletableFuture.anyOf(
                        kafka.server().died(), elasticsearch.server().died())
                .thenApply(String.class::cast);
    }

    public int httpPort() {
        return services.httpPort();
    }

    public int hepPort() {
        return services.hepPort();
    }

    /** HEP over TCP, if that was asked for. */
    public Optional<Integer> tcpPort() {
        return services.tcpPort();
    }

    /** HEP over TLS, if that was asked for. */
    public Optional<Integer> tlsPort() {
        return services.tlsPort();
    }

    public int kafkaPort() {
        return kafka.port();
    }

    public int elasticsearchPort() {
        return elasticsearch.port();
    }

    /** Where each service answers /healthz, /readyz and /metrics. */
    public Map<String, Integer> healthPorts() {
        return services.healthPorts();
    }

    private void end(ChildServer server) {
        server.close();
        complete &= !server.wasGone();
        server.disorder().ifPresent(progress);
    }

    /**
     * For the next start, when all else is done; of one that was broken off not all would be there, and after a crash nobody
     * is to wait for it.
     */
    private void keepClasses() throws IOException, InterruptedException {
        var writing = new ArrayList<ClassArchive.Writing>();
        if (complete) {
            write(kafka.server().classes(), kafka.server().jvm(), writing);
            write(elasticsearch.server().classes(), elasticsearch.server().jvm(), writing);
            write(ClassArchive.ofThisProcess(), ClassArchive.jvmOfThisProcess(), writing);
        }
        long until = System.nanoTime() + ClassArchive.WRITE_LIMIT.toNanos();
        for (ClassArchive.Writing each : writing) {
            if (!each.await(Duration.ofNanos(until - System.nanoTime()))) {
                progress.accept("  left out: " + each.archive().file());
            }
        }
    }

    private void write(ClassArchive classes, List<String> jvm, List<ClassArchive.Writing> writing) throws IOException {
        if (classes.isMissing()) {
            if (writing.isEmpty()) {
                // It reaches those that write, too: they belong to this terminal.
                progress.accept(
                        "  this once, in half a minute: keeping the programs' classes for a faster start next time;"
                                + " Ctrl-C again leaves it out");
            }
            writing.add(classes.write(jvm));
        }
    }

    /** A service that waits for a server that is gone must not keep the rest from ending. */
    private void closeServices() throws InterruptedException {
        var closing = new Thread(services::close, "close-services");
        closing.setDaemon(true);
        closing.start();
        boolean broken = kafka.server().isGone() || elasticsearch.server().isGone();
        var limit = broken ? GOOD_BYE_WITHOUT_A_SERVER : SERVICES_GOOD_BYE;
        closing.join(limit.toMillis());
        if (closing.isAlive()) {
            progress.accept("The services took longer than " + limit.toSeconds() + " s to close");
        }
    }

    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                progress.accept("While closing: " + e);
            }
        }
    }
}
