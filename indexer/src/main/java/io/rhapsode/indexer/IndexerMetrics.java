/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the indexer counts, for Prometheus. */
final class IndexerMetrics {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter stored = documents("stored");
    private final Counter retried = documents("retried");
    private final Counter deadLettered = documents("dead-lettered");
    private final Counter bytes = Counter.builder("rhapsode.indexer.bulk.bytes")
            .description("Bytes of the bulks sent, those sent again included")
            .register(registry);
    private final Map<String, Counter> indicesDeleted =
            Map.of("age", deletedBecauseOf("age"), "disk", deletedBecauseOf("disk"));
    private final Counter held = Counter.builder("rhapsode.indexer.held.documents")
            .description("Documents of held calls that were copied out of indices before these were deleted")
            .register(registry);
    private final Counter holdFailures = Counter.builder("rhapsode.indexer.held.failures")
            .description("Indices that were over but stayed, since what is held of them could not be copied")
            .register(registry);
    private final Counter indicesWarm = Counter.builder("rhapsode.indexer.indices.warm")
            .description("Indices that Elasticsearch was told to move to its warm tier")
            .register(registry);
    private final Counter merged = merges("merged");
    private final Counter mergesFailed = merges("failed");
    private final Timer bulks = Timer.builder("rhapsode.indexer.bulk")
            .description("From sending a bulk to its answer")
            .serviceLevelObjectives(
                    Duration.ofMillis(10),
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5))
            .register(registry);
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong unsettled = new AtomicLong();
    private final AtomicLong paceBulks = new AtomicLong();
    private final AtomicLong paceDocuments = new AtomicLong();
    private final AtomicLong mergesWithoutRoom = new AtomicLong();

    IndexerMetrics() {
        Gauge.builder("rhapsode.indexer.lag", lag, AtomicLong::get)
                .description("Records on the topics that have not been read yet")
                .register(registry);
        Gauge.builder("rhapsode.indexer.unsettled", unsettled, AtomicLong::get)
                .description("Bulks whose documents are not all stored or dead-lettered yet")
                .register(registry);
        Gauge.builder("rhapsode.indexer.pace.bulks", paceBulks, AtomicLong::get)
                .description("Bulks that are on their way at a time at most, by what Elasticsearch takes")
                .register(registry);
        Gauge.builder("rhapsode.indexer.pace.documents", paceDocuments, AtomicLong::get)
                .description("Documents that are in one request at most, by what Elasticsearch takes")
                .register(registry);
        Gauge.builder("rhapsode.indexer.merges.without.room", mergesWithoutRoom, AtomicLong::get)
                .description("Finished indices that are not merged, since a disk has not twice their size free")
                .register(registry);
    }

    private Counter documents(String outcome) {
        return Counter.builder("rhapsode.indexer.documents")
                .description("Documents by what became of them; a document counts as retried each time")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter deletedBecauseOf(String reason) {
        return Counter.builder("rhapsode.indexer.indices.deleted")
                .description("Indices deleted, since their time was over or since their kind took too much disk")
                .tag("reason", reason)
                .register(registry);
    }

    private Counter merges(String outcome) {
        return Counter.builder("rhapsode.indexer.merges")
                .description("Finished indices that were to be merged to one segment, by what became of it")
                .tag("outcome", outcome)
                .register(registry);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    void stored(int count) {
        stored.increment(count);
    }

    void retried(int count) {
        retried.increment(count);
    }

    void deadLettered(int count) {
        deadLettered.increment(count);
    }

    void bulkSent(int length) {
        bytes.increment(length);
    }

    void bulkAnswered(Duration time) {
        bulks.record(time);
    }

    void pace(int bulks, int documents) {
        paceBulks.set(bulks);
        paceDocuments.set(documents);
    }

    /** @param reason "age" or "disk" */
    void indexDeleted(String reason) {
        indicesDeleted.get(reason).increment();
    }

    void held(long documents) {
        held.increment(documents);
    }

    void holdFailed() {
        holdFailures.increment();
    }

    void indexWarm() {
        indicesWarm.increment();
    }

    void merged() {
        merged.increment();
    }

    void mergeFailed() {
        mergesFailed.increment();
    }

    void mergesWithoutRoom(int indices) {
        mergesWithoutRoom.set(indices);
    }

    void lag(long records) {
        lag.set(records);
    }

    void unsettled(int count) {
        unsettled.set(count);
    }
}
