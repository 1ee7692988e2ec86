/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeTotals;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.ingest.admission.AgentsFile;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.ingest.source.HepStreamServer;
import io.rhapsode.ingest.source.HepUdpServer;
import io.rhapsode.ingest.source.Intake;
import io.rhapsode.ingest.source.WarmUp;
import io.rhapsode.service.HealthServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives HEP over UDP, TCP and TLS and puts every packet on rhapsode.raw.v1, keyed by Call-ID. The sockets open when the way to
 * Kafka stands, not before: what nobody can take on is better refused than lost.
 */
public final class IngestGateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IngestGateway.class);

    /** Counts told in a second; with more nodes than that each is told less often, and nothing is lost by it. */
    private static final int COUNTS_PER_SECOND = 2_000;

    private static final Duration BETWEEN_COMPLAINTS = Duration.ofSeconds(15);
    private static final Duration WARM_UP = Duration.ofMillis(700);
    private static final int STALLED_SECONDS = 5;
    private static final List<String> METERED_OUTCOMES = List.of("received", "rejected", "spooled", "sent", "failed");

    private final IngestConfig config;
    private final String instance;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AgentsFile agents;
    private final AtomicInteger meteredNodes = new AtomicInteger();
    private final Account account;
    private final CompletableFuture<HepUdpServer> server = new CompletableFuture<>();
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(runnable -> new Thread(runnable, "ingest-clockwork"));
    private final HealthServer health;
    private volatile KafkaSink sink;
    private volatile HepStreamServer streams;
    private volatile String trouble = "has not looked for Kafka yet";
    private volatile String fault;
    private long complainedAt =
            System.nanoTime() - BETWEEN_COMPLAINTS.minusSeconds(3).toNanos();
    private long lastSent;
    private long lastFailed;
    private int stalledSeconds;

    private IngestGateway(IngestConfig config) {
        this.config = config;
        this.instance = instance(config.instance());
        this.agents = config.admission().open();
        this.account = new Account(config.captureNodes(), this::meter, this::meter);
        Gauge.builder("rhapsode.ingest.in.flight", account.total(), Tally::inFlight)
                .description("packets on their way to Kafka")
                .register(metrics);
        Gauge.builder("rhapsode.ingest.node.minutes", account, Account::size)
                .description("capture nodes and minutes whose counts are open")
                .register(metrics);
        this.health = HealthServer.start(config.health(), this::healthy, this::ready, metrics);
    }

    /**
     * Starts the gateway; it goes on in the background, see {@link #hepPort()}.
     *
     * @param environment the settings, see {@link IngestConfig#DEFINITION}
     * @throws IllegalArgumentException naming every wrong setting
     * @throws IllegalStateException if a port is in use
     */
    public static IngestGateway start(Map<String, String> environment) {
        return start(environment, Set.of());
    }

    /** @param alsoKnown settings of other services of the same process */
    public static IngestGateway start(Map<String, String> environment, Set<String> alsoKnown) {
        var config = IngestConfig.read(environment, alsoKnown);
        HepUdpServer.expectFree(config.hep());
        config.streams().expectFree(config.hep().getAddress());
        var gateway = new IngestGateway(config);
        gateway.clockwork.execute(gateway::open);
        return gateway;
    }

    public static void main(String[] arguments) {
        var gateway = start(System.getenv());
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "close"));
    }

    private static String instance(String name) {
        return (name.isEmpty() ? machine() : name) + "@" + Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            LOG.debug("This machine has no name: {}", e.getMessage());
            return "gateway";
        }
    }

    private void meter(Tally.Count count) {
        boolean bytes = count.outcome.equals("bytes");
        var counter =
                FunctionCounter.builder("rhapsode.ingest." + (bytes ? "bytes" : "packets"), count, Tally.Count::value);
        if (!bytes) {
            counter.tag("outcome", count.outcome).tag("reason", count.reason);
        }
        counter.register(metrics);
    }

    /** The first so many nodes have figures of their own; all are on rhapsode.ingest-stats. */
    private void meter(NodeTotals node) {
        if (meteredNodes.getAndIncrement() >= config.admission().meteredNodes()) {
            return;
        }
        for (String outcome : METERED_OUTCOMES) {
            FunctionCounter.builder("rhapsode.ingest.agent.packets", node, totals -> totals.count(outcome))
                    .tags("agent", node.node, "site", node.site, "outcome", outcome)
                    .register(metrics);
        }
        FunctionCounter.builder("rhapsode.ingest.agent.bytes", node, totals -> totals.count("bytes"))
                .tags("agent", node.node, "site", node.site)
                .register(metrics);
        Gauge.builder("rhapsode.ingest.agent.clock.offset", node, IngestGateway::clockOffsetSeconds)
                .description("by how much the gateway's clock is ahead of the agent's; NaN while not known")
                .baseUnit("seconds")
                .tags("agent", node.node, "site", node.site)
                .register(metrics);
    }

    private static double clockOffsetSeconds(NodeTotals node) {
        var micros = node.clockOffset();
        return micros.isPresent() ? micros.getAsLong() / 1e6 : Double.NaN;
    }

    private void open() {
        try {
            if (sink == null) {
                LOG.debug("{} bytes of samples", WarmUp.run(config.socketCount(), WARM_UP));
                KafkaSink.createTopics(config.kafka(), config.partitions(), config.replicas());
                sink = KafkaSink.of(config.kafka(), config.buffer(), instance, config.deadLettersPerSecond());
            }
            Optional<String> missing = sink.missing();
            if (missing.isPresent()) {
                lookAgain(missing.get(), 50);
            } else {
                receive();
            }
        } catch (KafkaException | IllegalStateException e) {
            lookAgain(e.getMessage(), 1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain(String why, long millis) {
        trouble = "waits for Kafka at " + config.kafka().get("bootstrap.servers") + ": " + why;
        if (System.nanoTime() - complainedAt > BETWEEN_COMPLAINTS.toNanos()) {
            complainedAt = System.nanoTime();
            LOG.warn("The gateway {}", trouble);
        }
        if (!clockwork.isShutdown()) {
            clockwork.schedule(this::open, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void receive() {
        try {
            var opened = HepUdpServer.open(config.hep(), config.socketCount(), config.receiveBuffer(), this::intake);
            Gauge.builder("rhapsode.ingest.receive.buffer", opened, HepUdpServer::receiveBuffer)
                    .description("receive buffer of a socket as the kernel gave it")
                    .baseUnit("bytes")
                    .register(metrics);
            if (config.streams().isOn()) {
                streams = HepStreamServer.open(
                        config.streams(), config.hep().getAddress(), config.socketCount(), sink, this::intake, metrics);
            }
            trouble = null;
            server.complete(opened);
            clockwork.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        } catch (IllegalStateException e) {
            LOG.error("The gateway stops: {}", e.getMessage());
            fault = e.getMessage();
            server.completeExceptionally(e);
        }
    }

    private Intake intake() {
        return new Intake(account, sink, agents::agents, config.admission().site(), IngestGateway::nowMicros);
    }

    private void tick() {
        try {
            agents.look();
            countDrops();
            account.publish(sink, COUNTS_PER_SECOND, nowMicros());
            trouble = stalled();
        } catch (RuntimeException e) {
            LOG.error("Counting failed", e);
            fault = "counting failed: " + e;
        }
    }

    private void countDrops() {
        server.join().newDrops().filter(drops -> drops > 0).ifPresent(drops -> {
            account.of(Account.UNKNOWN, nowMicros()).dropped(drops);
        });
    }

    /** What is wrong with the way to Kafka, seen over the last seconds; null if nothing is. */
    private String stalled() {
        Tally total = account.total();
        long sent = total.sent.value();
        long failed = total.total("failed");
        long inFlight = total.inFlight();
        stalledSeconds = inFlight > 0 && sent == lastSent ? stalledSeconds + 1 : 0;
        String wrong = null;
        if (failed > lastFailed) {
            wrong = (failed - lastFailed) + " packets could not be sent in the last second";
        } else if (stalledSeconds >= STALLED_SECONDS) {
            wrong = "Kafka has taken nothing for " + stalledSeconds + " s, " + inFlight + " packets wait";
        }
        lastSent = sent;
        lastFailed = failed;
        return wrong;
    }

    private static long nowMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private Optional<String> healthy() {
        boolean open = server.isDone() && !server.isCompletedExceptionally();
        return Optional.ofNullable(fault)
                .or(() -> open ? server.join().trouble() : Optional.empty())
                .or(() -> streams == null ? Optional.empty() : streams.trouble());
    }

    private Optional<String> ready() {
        return healthy().or(() -> Optional.ofNullable(trouble)).or(agents::trouble);
    }

    /**
     * The UDP port. Waits until the way to Kafka stands and the sockets are open.
     *
     * @throws IllegalStateException if they cannot be opened, or the gateway was closed before
     */
    public int hepPort() {
        try {
            return server.join().port();
        } catch (CompletionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e);
        }
    }

    /** The TCP port, if there is one. Waits as {@link #hepPort()} does. */
    public Optional<Integer> tcpPort() {
        hepPort();
        return streams == null ? Optional.empty() : streams.tcpPort();
    }

    /** The port for TLS, if there is one. Waits as {@link #hepPort()} does. */
    public Optional<Integer> tlsPort() {
        hepPort();
        return streams == null ? Optional.empty() : streams.tlsPort();
    }

    /** The port of /healthz, /readyz and /metrics, at once. */
    public int healthPort() {
        return health.port();
    }

    /** Reads what waits in the sockets, sends what waits for Kafka (10 s at most), tells the last counts. */
    @Override
    public void close() {
        trouble = "is closing";
        stopClockwork();
        server.completeExceptionally(new IllegalStateException("the gateway was closed before Kafka was there"));
        if (streams != null) {
            streams.drain();
            streams.close();
        }
        if (!server.isCompletedExceptionally()) {
            server.join().drain();
            countDrops();
            server.join().close();
        }
        if (sink != null) {
            sink.closePackets();
            account.publish(sink, Integer.MAX_VALUE, nowMicros());
            sink.close();
        }
        health.close();
    }

    private void stopClockwork() {
        clockwork.shutdownNow();
        try {
            if (!clockwork.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("The clockwork does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
