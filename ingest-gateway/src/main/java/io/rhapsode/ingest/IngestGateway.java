/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeTotals;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.ingest.admission.AgentsFile;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.source.HepStreamServer;
import io.rhapsode.ingest.source.HepUdpServer;
import io.rhapsode.ingest.source.Intake;
import io.rhapsode.ingest.source.LiveCaptures;
import io.rhapsode.ingest.source.WarmUp;
import io.rhapsode.ingest.spool.SpoolSink;
import io.rhapsode.service.HealthServer;
import io.rhapsode.service.ServiceMain;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives HEP over UDP, TCP and TLS, captures from interfaces, and puts every packet on rhapsode.raw.v1, keyed by
 * Call-ID. The sockets open when the way behind them stands, not before: what nobody can take on is better refused than
 * lost. With a spool it stands at once, without one when Kafka is there.
 */
public final class IngestGateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IngestGateway.class);

    /** Counts told in a second; with more nodes than that each is told less often, and nothing is lost by it. */
    private static final int COUNTS_PER_SECOND = 2_000;

    private static final Duration BETWEEN_COMPLAINTS = Duration.ofSeconds(15);
    private static final Duration WARM_UP = Duration.ofMillis(700);
    private static final int STALLED_SECONDS = 5;
    private static final List<String> METERED_OUTCOMES = List.of("received", "rejected", "spooled", "sent", "failed");

    private static final Pattern BREAKING = Pattern.compile("[\\p{Cc}\\u2028\\u2029&&[^\\n]]");

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
    private final SpoolSink spool;
    private volatile LiveCaptures captures;
    private volatile HepStreamServer streams;
    private volatile KafkaSink kafka;
    private volatile String waits = "has not looked for Kafka yet";
    private volatile String trouble;
    private volatile String fault;
    private long complainedAt =
            System.nanoTime() - BETWEEN_COMPLAINTS.minusSeconds(3).toNanos();
    private long lastSent;
    private long lastFailed;
    private int stalledSeconds;

    private IngestGateway(IngestConfig config) {
        this.config = config;
        this.instance = config.run();
        this.agents = config.admission().open();
        this.account = new Account(config.captureNodes(), count -> meter(count, metrics), this::meter);
        Gauge.builder("rhapsode.ingest.in.flight", this::inFlight)
                .description("packets on their way to Kafka")
                .register(metrics);
        Gauge.builder("rhapsode.ingest.node.minutes", account, Account::size)
                .description("capture nodes and minutes whose counts are open")
                .register(metrics);
        this.spool = config.spool().map(this::spool).orElse(null);
        try {
            this.health = HealthServer.start(config.health(), this::healthy, this::ready, metrics);
        } catch (RuntimeException e) {
            closeSpool();
            throw e;
        }
    }

    private SpoolSink spool(Path folder) {
        var opened = SpoolSink.open(
                folder, config.spoolBytes(), config.mostInFlight(), config.spoolSyncMillis(), instance, account);
        Gauge.builder("rhapsode.ingest.spooling", opened, SpoolSink::spooling)
                .description("1 while packets go to the disk, 0 while they go straight to Kafka")
                .register(metrics);
        Gauge.builder("rhapsode.ingest.spool.packets", opened, SpoolSink::packets)
                .description("packets on the disk")
                .register(metrics);
        Gauge.builder("rhapsode.ingest.spool", opened, SpoolSink::bytes)
                .description("size of the files on the disk")
                .baseUnit("bytes")
                .register(metrics);
        Gauge.builder("rhapsode.ingest.spool.damaged", opened, SpoolSink::damaged)
                .description("what could not be read from the disk")
                .baseUnit("bytes")
                .register(metrics);
        return opened;
    }

    /**
     * Starts the gateway; it goes on in the background, see {@link #hepPort()}.
     *
     * @param environment the settings, see {@link IngestConfig#DEFINITION}
     * @throws IllegalArgumentException naming every wrong setting
     * @throws IllegalStateException if a port or the spool is in use, or the spool cannot be written
     */
    public static IngestGateway start(Map<String, String> environment) {
        return start(environment, Set.of());
    }

    /** @param alsoKnown settings of other services of the same process */
    public static IngestGateway start(Map<String, String> environment, Set<String> alsoKnown) {
        var config = IngestConfig.readGateway(environment, alsoKnown);
        HepUdpServer.expectFree(config.hep());
        config.streams().expectFree(config.hep().getAddress());
        var gateway = new IngestGateway(config);
        gateway.clockwork.execute(gateway::open);
        return gateway;
    }

    /** Starts the gateway, or with RHAPSODE_HEP_TO an agent. */
    public static void main(String[] arguments) {
        var environment = System.getenv();
        ServiceMain.run(
                "ingest-gateway",
                () -> IngestConfig.isAgent(environment) ? Agent.start(environment, Set.of()) : start(environment));
    }

    static void meter(Tally.Count count, MeterRegistry metrics) {
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
        String agent = label(node.node);
        for (String outcome : METERED_OUTCOMES) {
            FunctionCounter.builder("rhapsode.ingest.agent.packets", node, totals -> totals.count(outcome))
                    .tags("agent", agent, "site", node.site, "outcome", outcome)
                    .register(metrics);
        }
        FunctionCounter.builder("rhapsode.ingest.agent.bytes", node, totals -> totals.count("bytes"))
                .tags("agent", agent, "site", node.site)
                .register(metrics);
        Gauge.builder("rhapsode.ingest.agent.clock.offset", node, IngestGateway::clockOffsetSeconds)
                .description("by how much the gateway's clock is ahead of the agent's; NaN while not known")
                .baseUnit("seconds")
                .tags("agent", agent, "site", node.site)
                .register(metrics);
    }

    /**
     * A name from the network as the value of a label. Quotes, backslashes and line feeds are escaped by the Prometheus format;
     * the other control characters and line ends, at which it lets a reader break lines, are spelt out.
     */
    private static String label(String name) {
        return BREAKING.matcher(name)
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    private static double clockOffsetSeconds(NodeTotals node) {
        var micros = node.clockOffset();
        return micros.isPresent() ? micros.getAsLong() / 1e6 : Double.NaN;
    }

    private void open() {
        LOG.debug("{} bytes of samples", WarmUp.run(config.socketCount(), WARM_UP));
        if (spool != null) {
            receive(spool);
        }
        look();
    }

    private void look() {
        try {
            if (kafka == null) {
                KafkaSink.createTopics(config.kafka(), config.partitions(), config.replicas());
                kafka = KafkaSink.of(config.kafka(), config.buffer(), instance, config.deadLettersPerSecond());
            }
            Optional<String> missing = kafka.missing();
            if (missing.isPresent()) {
                lookAgain(missing.get(), 50);
                return;
            }
            waits = null;
            if (spool == null) {
                receive(kafka);
            } else {
                spool.kafka(kafka);
            }
        } catch (KafkaException | IllegalStateException e) {
            lookAgain(e.getMessage(), 1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain(String why, long millis) {
        waits = "waits for Kafka at " + config.kafka().get("bootstrap.servers") + ": " + why;
        if (System.nanoTime() - complainedAt > BETWEEN_COMPLAINTS.toNanos()) {
            complainedAt = System.nanoTime();
            LOG.warn("The gateway {}", waits);
        }
        if (!clockwork.isShutdown()) {
            clockwork.schedule(this::look, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void receive(PacketSink sink) {
        try {
            var opened =
                    HepUdpServer.open(config.hep(), config.socketCount(), config.receiveBuffer(), () -> intake(sink));
            Gauge.builder("rhapsode.ingest.receive.buffer", opened, HepUdpServer::receiveBuffer)
                    .description("receive buffer of a socket as the kernel gave it")
                    .baseUnit("bytes")
                    .register(metrics);
            if (config.streams().isOn()) {
                streams = HepStreamServer.open(
                        config.streams(),
                        config.hep().getAddress(),
                        config.socketCount(),
                        sink,
                        () -> intake(sink),
                        metrics);
            }
            captures = LiveCaptures.open(config.capture(), config.node(), account, sink, IngestGateway::nowMicros);
            server.complete(opened);
            clockwork.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        } catch (IllegalStateException | IllegalArgumentException e) {
            LOG.error("The gateway stops: {}", e.getMessage());
            fault = e.getMessage();
            server.completeExceptionally(e);
        }
    }

    private Intake intake(PacketSink sink) {
        return new Intake(account, sink, agents::agents, config.admission().site(), IngestGateway::nowMicros);
    }

    private void tick() {
        try {
            agents.look();
            countDrops();
            tell(COUNTS_PER_SECOND);
            trouble = stalled();
        } catch (RuntimeException e) {
            LOG.error("Counting failed", e);
            fault = "counting failed: " + e;
        }
    }

    private void tell(int atMost) {
        if (waits == null) {
            // Asked first: what leaves the disk from now on is not among the counts that are told now.
            boolean all = nothingIsOnTheDisk();
            account.publish(kafka, atMost, nowMicros());
            if (spool != null) {
                spool.publish(atMost, nowMicros());
            }
            if (all) {
                kafka.toldUntil(minute());
            }
        }
    }

    private boolean nothingIsOnTheDisk() {
        return spool == null || spool.isEmpty();
    }

    private static long minute() {
        return Math.floorDiv(nowMicros(), 60_000_000L) * 60;
    }

    private void countDrops() {
        captures.countDrops(account, nowMicros());
        server.join().newDrops().filter(drops -> drops > 0).ifPresent(drops -> {
            account.of(Account.UNKNOWN, nowMicros()).dropped(drops);
        });
    }

    /** What is wrong with the way to Kafka, seen over the last seconds; null if nothing is. */
    private String stalled() {
        Tally total = account.total();
        long sent = total.sent.value();
        long failed = total.total("failed");
        long inFlight = inFlight();
        stalledSeconds = spool == null && inFlight > 0 && sent == lastSent ? stalledSeconds + 1 : 0;
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

    private long inFlight() {
        return Math.max(0, account.total().inFlight() - (spool == null ? 0 : spool.packets()));
    }

    static long nowMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private Optional<String> healthy() {
        boolean open = server.isDone() && !server.isCompletedExceptionally();
        return Optional.ofNullable(fault)
                .or(() -> open ? server.join().trouble().or(() -> captures.trouble()) : Optional.empty())
                .or(() -> streams == null ? Optional.empty() : streams.trouble());
    }

    private Optional<String> ready() {
        return healthy()
                .or(() -> Optional.ofNullable(trouble))
                .or(agents::trouble)
                .or(() -> spool == null
                        ? Optional.ofNullable(waits)
                        : spool.trouble()
                                .or(() -> Optional.ofNullable(server.isDone() ? null : "is opening its sockets")));
    }

    /**
     * The UDP port. Waits until the sockets are open.
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

    /**
     * Reads what waits in the sockets, sends what waits for Kafka (10 s at most), tells the last counts. What Kafka does not
     * take is in the spool then.
     */
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
            captures.close();
            server.join().close();
        }
        if (spool != null) {
            spool.closePackets();
        } else if (kafka != null) {
            kafka.closePackets(KafkaSink.FLUSH_AT_MOST);
        }
        if (kafka != null) {
            tell(Integer.MAX_VALUE);
            if (nothingIsOnTheDisk() && account.total().inFlight() <= 0) {
                kafka.closed(minute());
            }
            kafka.close();
        }
        closeSpool();
        health.close();
    }

    private void closeSpool() {
        if (spool != null) {
            spool.close();
        }
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
