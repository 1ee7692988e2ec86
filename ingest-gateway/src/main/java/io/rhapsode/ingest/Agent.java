/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.ingest.sink.HepSink;
import io.rhapsode.ingest.source.HepUdpServer;
import io.rhapsode.ingest.source.Intake;
import io.rhapsode.ingest.source.LiveCaptures;
import io.rhapsode.service.HealthServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's far end: the same sources, and HEP to a gateway instead of Kafka. It captures from interfaces, and as a
 * relay receives HEP and sends it on under the names it came with.
 */
public final class Agent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    private static final Duration BETWEEN_COMPLAINTS = Duration.ofSeconds(15);

    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(runnable -> new Thread(runnable, "agent-clockwork"));
    private final Account account;
    private final HepSink sink;
    private final LiveCaptures captures;
    private final HepUdpServer relay;
    private final HealthServer health;
    private volatile String fault;
    private long complainedAt = System.nanoTime() - BETWEEN_COMPLAINTS.toNanos();
    private boolean complains;

    private Agent(IngestConfig config) {
        account = new Account(config.captureNodes(), count -> IngestGateway.meter(count, metrics));
        sink = new HepSink(config.hepSink());
        Gauge.builder("rhapsode.agent.held", sink, HepSink::held)
                .description("what waits to be sent, or may have to be sent again")
                .baseUnit("bytes")
                .register(metrics);
        health = HealthServer.start(config.health(), this::healthy, this::ready, metrics);
        relay = config.relay() ? relay(config) : null;
        captures = LiveCaptures.open(config.capture(), config.node(), account, sink, IngestGateway::nowMicros);
        clockwork.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private HepUdpServer relay(IngestConfig config) {
        return HepUdpServer.open(
                config.hep(),
                config.socketCount(),
                config.receiveBuffer(),
                () -> new Intake(account, sink, IngestGateway::nowMicros));
    }

    /**
     * Starts the agent.
     *
     * @param environment the settings, see {@link IngestConfig#DEFINITION}
     * @param alsoKnown settings of others in the same environment
     * @throws IllegalArgumentException naming every wrong setting, or what cannot be captured
     * @throws IllegalStateException if a port is in use
     */
    public static Agent start(Map<String, String> environment, Set<String> alsoKnown) {
        var config = IngestConfig.readAgent(environment, alsoKnown);
        if (config.relay()) {
            HepUdpServer.expectFree(config.hep());
        }
        return new Agent(config);
    }

    private void tick() {
        try {
            countDrops();
            complains = System.nanoTime() - complainedAt > BETWEEN_COMPLAINTS.toNanos();
            account.publish(this::tell, Integer.MAX_VALUE, IngestGateway.nowMicros());
        } catch (RuntimeException e) {
            LOG.error("Counting failed", e);
            fault = "counting failed: " + e;
        }
    }

    private void countDrops() {
        long now = IngestGateway.nowMicros();
        captures.countDrops(account, now);
        if (relay != null) {
            relay.newDrops().filter(drops -> drops > 0).ifPresent(drops -> {
                account.of(Account.UNKNOWN, now).dropped(drops);
            });
        }
    }

    /** There is no topic for counts at this end: the sums are in the metrics, what was lost by whom is in the log. */
    private void tell(NodeMinute of, Tally.Count count, long value) {
        boolean isLoss = count.outcome.equals("failed") || count.outcome.equals("dropped");
        if (isLoss && complains) {
            complainedAt = System.nanoTime();
            LOG.warn("Of node {}, {} packets of this minute {}: {}", of.node, value, count.outcome, count.reason);
        }
        count.confirmed = value;
    }

    private Optional<String> healthy() {
        return Optional.ofNullable(fault)
                .or(() -> captures == null ? Optional.empty() : captures.trouble())
                .or(() -> relay == null ? Optional.empty() : relay.trouble());
    }

    private Optional<String> ready() {
        return healthy().or(sink::trouble);
    }

    /** What became of the packets since the start. */
    Tally total() {
        return account.total();
    }

    /** The port of /healthz, /readyz and /metrics. */
    public int healthPort() {
        return health.port();
    }

    /** The UDP port of a relay, -1 if it is none. */
    public int hepPort() {
        return relay == null ? -1 : relay.port();
    }

    /** Takes what the kernel has, sends what waits (10 s at most). */
    @Override
    public void close() {
        clockwork.shutdown();
        captures.close();
        if (relay != null) {
            relay.drain();
            relay.close();
        }
        sink.close();
        tick();
        health.close();
    }
}
