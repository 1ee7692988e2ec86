/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Topic;
import io.rhapsode.service.Complaint;
import io.rhapsode.service.HealthServer;
import io.rhapsode.service.ServiceMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads messages, calls and counts from their topics into Elasticsearch. */
public final class Indexer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);
    private static final int BULK_TIMEOUT_MS = 60_000;
    private static final long CLOSE_LIMIT_MS = 40_000;

    private final IndexerConfig config;
    private final RestClient elasticsearch;
    private final DeadLetters deadLetters;
    private final IndexLoop loop;
    private final Thread thread = new Thread(this::work, "index-loop");
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Complaint notReady = new Complaint();
    private final ScheduledExecutorService upkeep;
    private final HealthServer health;

    private Indexer(IndexerConfig config) {
        this.config = config;
        var clock = Clock.systemUTC();
        var metrics = new IndexerMetrics();
        elasticsearch = BulkClient.connect(config.elasticsearch(), BULK_TIMEOUT_MS);
        deadLetters = DeadLetters.connect(config.kafka(), config.generation(), clock);
        loop = new IndexLoop(
                consumer(config),
                new BulkClient(elasticsearch),
                new TemplateInstaller(elasticsearch, config.names()),
                deadLetters,
                metrics,
                config.generation(),
                config.limits(),
                config.names());
        upkeep = Executors.newSingleThreadScheduledExecutor(runnable -> new Thread(runnable, "upkeep"));
        health = HealthServer.start(config.health(), loop::death, loop::trouble, metrics.registry());
        upkeep.scheduleWithFixedDelay(
                new Retention(elasticsearch, config.retention(), clock, metrics), 1, 60, TimeUnit.MINUTES);
        upkeep.scheduleWithFixedDelay(
                new WarmTier(elasticsearch, config.warmAfter(), clock, metrics), 2, 60, TimeUnit.MINUTES);
        upkeep.scheduleWithFixedDelay(
                new ForceMerge(elasticsearch, config.mergeAfter(), clock, metrics), 5, 5, TimeUnit.MINUTES);
        thread.start();
    }

    public static Indexer start(Map<String, String> environment) {
        return start(environment, Set.of());
    }

    /**
     * Starts at once, also while Kafka or Elasticsearch are away: it waits for them and says so under /readyz.
     *
     * @param alsoKnown settings of other services of the same process
     * @throws IllegalArgumentException naming every wrong setting
     */
    public static Indexer start(Map<String, String> environment, Set<String> alsoKnown) {
        var config = IndexerConfig.from(environment, alsoKnown);
        LOG.info("Settings in force:\n{}", config.effective());
        return new Indexer(config);
    }

    /** The port of /healthz, /readyz and /metrics. */
    public int healthPort() {
        return health.port();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(IndexerConfig config) {
        var settings = new HashMap<String, Object>(Map.of(
                "auto.offset.reset",
                "earliest",
                "partition.assignment.strategy",
                CooperativeStickyAssignor.class.getName(),
                "allow.auto.create.topics",
                false,
                "max.poll.records",
                2_000,
                "fetch.max.bytes",
                8 << 20,
                // The place of one that was killed is free after this, not after 45 s.
                "session.timeout.ms",
                10_000));
        settings.putAll(config.kafka());
        settings.put("group.id", config.group());
        settings.put("enable.auto.commit", false);
        settings.put("isolation.level", "read_committed");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void work() {
        try {
            while (!createTopics()) {
                if (closed.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        loop.run();
    }

    /** Returns false if Kafka is not there yet. */
    private boolean createTopics() throws InterruptedException {
        var settings =
                new HashMap<String, Object>(Map.of("default.api.timeout.ms", 10_000, "request.timeout.ms", 5_000));
        settings.putAll(config.kafka());
        try (var admin = Admin.create(settings)) {
            Topic.createAll(admin, config.generation(), config.partitions(), config.replicas());
            return true;
        } catch (IllegalStateException | KafkaException e) {
            notReady.again("Kafka is not ready: " + BulkClient.brief(e), System.nanoTime())
                    .ifPresent(LOG::warn);
            return false;
        }
    }

    /** Brings in what is on its way, commits it, and ends. */
    @Override
    public void close() {
        closed.countDown();
        loop.close();
        upkeep.shutdownNow();
        try {
            thread.join(CLOSE_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        health.close();
        deadLetters.close();
        try {
            elasticsearch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) {
        ServiceMain.run("indexer", () -> start(System.getenv()));
    }
}
