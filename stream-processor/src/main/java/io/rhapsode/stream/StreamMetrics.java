/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rhapsode.schema.CallState;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.streams.KafkaStreams;

/**
 * What this process did since it started. What a transaction took back is counted again when it is done again: the
 * exact counts are on rhapsode.counts.
 */
final class StreamMetrics {

    private final MeterRegistry registry;
    private final Counter parsed;
    private final Counter keyDiffers;
    private final Counter unreadableReports;
    private final Counter published;
    private final Counter closedEarly;
    private final Counter jsonTooLarge;
    private final Counter unusableState;
    private final Counter restored;
    private final Counter notForUs;
    private final Counter kpisPublished;
    private final Counter kpisOfOthers;
    private final Counter announced;
    private final Counter linked;
    private final Counter linksTooLate;
    private final Counter reportsOfNoCall;
    private final Counter unreadableReturns;
    private final Counter legKeysFull;
    private final AtomicLong open = new AtomicLong();

    /** By the processor that publishes: the wall clock's millisecond before which it has no change left. */
    private final Map<Object, Long> publishedUpTo = new ConcurrentHashMap<>();

    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
        parsed = counter("rhapsode.stream.parsed", "Packets parsed");
        keyDiffers = counter("rhapsode.stream.key.differs", "Raw records whose key is not the Call-ID that was parsed");
        unreadableReports =
                counter("rhapsode.stream.reports.unreadable", "Quality reports in SIP messages that could not be read");
        published = counter("rhapsode.stream.calls.published", "Call records written");
        closedEarly = counter("rhapsode.stream.calls.closed.early", "Calls closed because too many were open");
        jsonTooLarge = counter("rhapsode.stream.json.too.large", "Values left out of the JSON topics for their length");
        unusableState = counter("rhapsode.stream.state.unusable", "States that cannot be used and begin anew");
        restored =
                counter("rhapsode.stream.state.restored", "Records of state read again from Kafka before processing");
        notForUs = counter("rhapsode.stream.repetitions.passed", "Raw records put back for another generation");
        kpisPublished = counter("rhapsode.stream.kpis.published", "Records of key figures written");
        kpisOfOthers = counter(
                "rhapsode.stream.kpis.of.others", "Changes of key figures that went to (other): too many values");
        announced =
                counter("rhapsode.stream.legs.announced", "Calls announced under a key that may join them to others");
        linked = counter("rhapsode.stream.links", "Records of links written");
        linksTooLate =
                counter("rhapsode.stream.links.too.late", "Links to calls that are not open, in no record there");
        reportsOfNoCall = counter("rhapsode.stream.reports.of.no.call", "Media reports of calls that are not open");
        unreadableReturns = counter(
                "rhapsode.stream.returns.unreadable", "Values on the topics of links and of media that are none");
        legKeysFull = counter(
                "rhapsode.stream.legs.key.full", "Announcements left alone because too many calls had the same key");
        Gauge.builder("rhapsode.stream.calls.open", open, AtomicLong::get)
                .description("Calls that are followed")
                .register(registry);
        Gauge.builder("rhapsode.stream.unpublished.age", this, StreamMetrics::unpublishedSeconds)
                .description("Seconds that the oldest change of a call or key figure has waited to be written")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void parsed() {
        parsed.increment();
    }

    void keyDiffers() {
        keyDiffers.increment();
    }

    void unreadableReport() {
        unreadableReports.increment();
    }

    void published() {
        published.increment();
    }

    void closedEarly() {
        closedEarly.increment();
    }

    void jsonTooLarge() {
        jsonTooLarge.increment();
    }

    void unusableState() {
        unusableState.increment();
    }

    void restored(long records) {
        restored.increment(records);
    }

    void notForUs() {
        notForUs.increment();
    }

    void kpiPublished() {
        kpisPublished.increment();
    }

    void kpiOfOthers() {
        kpisOfOthers.increment();
    }

    void announced() {
        announced.increment();
    }

    void linked() {
        linked.increment();
    }

    void linkTooLate() {
        linksTooLate.increment();
    }

    void reportOfNoCall() {
        reportsOfNoCall.increment();
    }

    void unreadableReturn() {
        unreadableReturns.increment();
    }

    void legKeyFull() {
        legKeysFull.increment();
    }

    void deadLetter(String reason) {
        registry.counter("rhapsode.stream.dead.letters", "reason", reason).increment();
    }

    void closed(CallState state) {
        registry.counter("rhapsode.stream.calls.closed", "state", state.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void openCalls(long difference) {
        open.addAndGet(difference);
    }

    /** What changed before that time, by the wall clock, is written, as far as this processor is concerned. */
    void publishedUpTo(Object processor, long wallMillis) {
        publishedUpTo.put(processor, wallMillis);
    }

    /** Its partition is another's now. */
    void publishesNoMore(Object processor) {
        publishedUpTo.remove(processor);
    }

    /** What changed before that millisecond is written by all that publish here; {@link Long#MIN_VALUE} if none does. */
    long publishedUpTo() {
        return publishedUpTo.values().stream().mapToLong(Long::longValue).min().orElse(Long.MIN_VALUE);
    }

    private double unpublishedSeconds() {
        long upTo = publishedUpTo();
        return upTo == Long.MIN_VALUE ? 0 : Math.max(0, System.currentTimeMillis() - upTo) / 1e3;
    }

    /** The few of Kafka Streams' own that tell whether it keeps up. */
    void watch(KafkaStreams streams) {
        gauge(streams, "rhapsode.stream.threads.alive", "Threads that process", "alive-stream-threads", Fold.SUM);
        gauge(
                streams,
                "rhapsode.stream.processing.failed",
                "Records and calls that a step failed at, dead letters beside the count",
                "dropped-records-total",
                Fold.SUM);
        gauge(streams, "rhapsode.stream.process.rate", "Records processed a second", "process-rate", Fold.SUM);
        gauge(streams, "rhapsode.stream.commit.latency", "Milliseconds a commit takes", "commit-latency-avg", Fold.MAX);
        gauge(streams, "rhapsode.stream.poll.latency", "Milliseconds a poll takes", "poll-latency-avg", Fold.MAX);
        gauge(streams, "rhapsode.stream.lag", "Records of the furthest partition behind", "records-lag-max", Fold.MAX);
    }

    private enum Fold {
        SUM,
        MAX
    }

    private void gauge(KafkaStreams streams, String name, String description, String kafkaName, Fold fold) {
        ToDoubleFunction<KafkaStreams> value = all -> all.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals(kafkaName))
                .filter(metric -> !metric.metricName().tags().containsKey("processor-node-id"))
                .mapToDouble(
                        metric -> metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN)
                .filter(number -> !Double.isNaN(number))
                .reduce(0, (one, other) -> fold == Fold.SUM ? one + other : Math.max(one, other));
        Gauge.builder(name, streams, value).description(description).register(registry);
    }
}
