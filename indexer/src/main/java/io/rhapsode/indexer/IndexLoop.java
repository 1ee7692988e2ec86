/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Generation;
import io.rhapsode.service.Complaint;
import io.rhapsode.service.ElasticsearchAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics to Elasticsearch, on one thread: poll, fill bulks, send them, judge each document, commit. Several bulks are on
 * their way at a time; offsets are committed in the order in which they were read, and only when every document before
 * them is stored or dead-lettered. While there is no room for more the consumer is paused but keeps polling, so that it
 * keeps its partitions.
 */
final class IndexLoop implements Runnable, ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(IndexLoop.class);

    private static final Duration IDLE = Duration.ofMillis(100);
    private static final Duration ROUND_TRIP = Duration.ofMillis(50);

    /** How soon an answer is seen that a bulk waits for. */
    private static final Duration ANSWER = Duration.ofMillis(5);

    /** So many times as long a bulk waits at most for those before it. */
    private static final int LONGEST_LINGERS = 10;

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);
    private static final long FIRST_BACKOFF_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_BACKOFF_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long COMMIT_NANOS = Duration.ofMillis(200).toNanos();
    private static final long MEASURE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    /** The consumer's metric: seconds since the group's coordinator was told that this member is there, -1 for never. */
    static final String LAST_HEARTBEAT = "last-heartbeat-seconds-ago";

    private static final int KAFKA_PATIENCE_S = 20;
    private static final long CHECK_NANOS = Duration.ofSeconds(10).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private final BulkClient elasticsearch;
    private final TemplateInstaller templates;
    private final DeadLetters deadLetters;
    private final IndexerMetrics metrics;
    private final Generation generation;
    private final long lingerNanos;
    private final Pace pace;

    /** Records polled that found no room yet; never more than one poll gives, as the consumer is paused meanwhile. */
    private final Queue<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();

    private final Queue<Bulk> free = new ArrayDeque<>();
    private Bulk open;

    /** Every bulk that was closed, in the order of reading, until its offsets may be committed. */
    private final Queue<Bulk> unsettled = new ArrayDeque<>();

    /** Those of them that wait to be sent, for the first time or again. */
    private final Queue<Bulk> unsent = new ArrayDeque<>();

    /** Those that wait for their answer, and since when. */
    private final Map<Bulk, Long> onTheirWay = new HashMap<>();

    private final BlockingQueue<Answered> answers;
    private Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>();
    private long committedAtNanos;
    private long measuredAtNanos = System.nanoTime();

    private boolean templatesThere;
    private int templateFailures;
    private long templatesCheckedAtNanos;

    private final long createdAtNanos = System.nanoTime();
    private final Complaint troubles = new Complaint();
    private final Complaint uncommitted = new Complaint();

    private volatile boolean closing;
    private volatile String trouble = "starting";
    private volatile Optional<String> death = Optional.empty();

    private record Answered(Bulk bulk, BulkAnswer answer) {}

    IndexLoop(
            Consumer<byte[], byte[]> consumer,
            BulkClient elasticsearch,
            TemplateInstaller templates,
            DeadLetters deadLetters,
            IndexerMetrics metrics,
            Generation generation,
            IndexerConfig.Limits limits,
            IndexNames names) {
        this.consumer = consumer;
        this.elasticsearch = elasticsearch;
        this.templates = templates;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
        this.generation = generation;
        this.lingerNanos = limits.linger().toNanos();
        this.pace = new Pace(limits.bulks(), limits.documents());
        this.answers = new LinkedBlockingQueue<>(limits.bulks());
        Stream.generate(() -> new Bulk(limits.documents(), limits.bytes(), names))
                .limit(limits.bulks())
                .forEach(free::add);
    }

    /** What keeps documents from the index at present, in a sentence; empty if nothing does. */
    Optional<String> trouble() {
        return trouble.isEmpty() ? death.or(this::silenceOfKafka) : Optional.of(trouble);
    }

    /** The members of a group tell its coordinator every three seconds that they are there, and stop when it is gone. */
    private Optional<String> silenceOfKafka() {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(LAST_HEARTBEAT))
                .map(metric -> ((Number) metric.getValue().metricValue()).longValue())
                .map(seconds -> seconds < 0 ? (System.nanoTime() - createdAtNanos) / 1_000_000_000 : seconds)
                .filter(seconds -> seconds > KAFKA_PATIENCE_S)
                .map(seconds -> "Kafka has not answered for " + seconds + " s")
                .findFirst();
    }

    /** Why the loop ended by itself, which it never should. */
    Optional<String> death() {
        return death;
    }

    /** Asks the loop to end; {@link #run} returns when what is on its way has come in, at most ten seconds later. */
    void close() {
        closing = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(
                    Stream.of(Document.values())
                            .map(document -> document.topicName(generation))
                            .toList(),
                    this);
            while (!closing) {
                turn();
            }
        } catch (WakeupException e) {
            if (!closing) {
                died(e);
            }
        } catch (RuntimeException | Error e) {
            died(e);
        }
    }

    private void died(Throwable e) {
        LOG.error("The index loop ended", e);
        death = Optional.of("the index loop ended: " + e);
        trouble = "the index loop ended";
    }

    private void turn() {
        long now = System.nanoTime();
        if (!templatesThere || now - templatesCheckedAtNanos > CHECK_NANOS) {
            checkTemplates(now);
        }
        poll(now);
        fill();
        for (var answered = answers.poll(); answered != null; answered = answers.poll()) {
            judge(answered);
        }
        expectAnswers();
        send();
        commit();
        measure();
    }

    /**
     * Installs the templates that are not there. Done again whenever nothing was heard of Elasticsearch for a while, so
     * that it shows when it is away, and a cluster that came back empty gets its templates before its first document.
     */
    private void checkTemplates(long now) {
        if (templateFailures > 0 && now - templatesCheckedAtNanos < backoff(templateFailures)) {
            return;
        }
        try {
            templates.install();
            templatesThere = true;
            templateFailures = 0;
            recovered();
        } catch (IOException e) {
            templateFailures++;
            templatesThere = false;
            troubled("Elasticsearch is not ready: " + BulkClient.brief(e));
        }
        templatesCheckedAtNanos = System.nanoTime();
    }

    private void poll(long now) {
        if (waiting.isEmpty()) {
            consumer.resume(consumer.paused());
            take(patience(now));
        } else {
            consumer.pause(consumer.assignment());
            awaitAnswer(ROUND_TRIP);
            take(Duration.ZERO);
        }
    }

    private void take(Duration patience) {
        consumer.poll(patience).forEach(waiting::add);
    }

    private Duration patience(long now) {
        if (open == null) {
            return unsettled.isEmpty() ? IDLE : ROUND_TRIP;
        }
        long left = open.openedAtNanos() + lingerNanos - now;
        return left > 0 || unsettled.isEmpty() ? Duration.ofNanos(Math.max(0, left)) : ANSWER;
    }

    private void awaitAnswer(Duration limit) {
        try {
            var answered = answers.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (answered != null) {
                judge(answered);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }

    private void fill() {
        long now = System.nanoTime();
        while (!waiting.isEmpty() && hasRoom()) {
            open.add(waiting.remove(), now);
            if (open.isFull(pace.documents())) {
                closeOpen();
            }
        }
        if (open != null && isDue(now)) {
            closeOpen();
        }
    }

    /**
     * One that is not full waits for those on their way: so the bulks grow with the load, and Elasticsearch, which makes
     * a segment of each it works on at a time, has less to merge.
     */
    private boolean isDue(long now) {
        long age = now - open.openedAtNanos();
        return age >= lingerNanos && (unsettled.isEmpty() || age >= LONGEST_LINGERS * lingerNanos);
    }

    private boolean hasRoom() {
        if (open == null) {
            open = free.poll();
        }
        return open != null;
    }

    private void closeOpen() {
        unsettled.add(open);
        unsent.add(open);
        open = null;
    }

    /** Sends what is due; what has nothing to send any more is settled here. */
    private void send() {
        long now = System.nanoTime();
        for (int i = unsent.size(); i > 0; i--) {
            var bulk = unsent.remove();
            boolean due = bulk.failures() == 0 || now - bulk.retryAtNanos() >= 0;
            if (!due || bulk.hasDocuments() && !templatesThere) {
                unsent.add(bulk);
            } else if (bulk.hasDocuments() && onTheirWay.size() >= pace.bulks()) {
                unsent.add(bulk);
            } else if (bulk.hasDocuments()) {
                onTheirWay.put(bulk, now);
                bulk.limit(pace.documents());
                metrics.bulkSent(bulk.sendingLength());
                elasticsearch.send(bulk, answer -> answers.add(new Answered(bulk, answer)));
            } else {
                settle(bulk);
            }
        }
    }

    /** Where the disks have no place for a new index, Elasticsearch is silent for half a minute before it refuses. */
    private void expectAnswers() {
        long now = System.nanoTime();
        for (long sentAtNanos : onTheirWay.values()) {
            long waited = now - sentAtNanos;
            if (waited > PATIENCE_NANOS) {
                troubled("Elasticsearch has not answered for " + waited / 1_000_000_000 + " s");
            }
        }
    }

    private void judge(Answered answered) {
        long now = System.nanoTime();
        var bulk = answered.bulk();
        var answer = answered.answer();
        long sentAtNanos = onTheirWay.remove(bulk);
        pace.learn(answer, sentAtNanos, now);
        metrics.bulkAnswered(Duration.ofNanos(now - sentAtNanos));
        metrics.pace(pace.bulks(), pace.documents());
        Map<Outcome, Integer> counts = bulk.judge(answer);
        metrics.stored(counts.getOrDefault(Outcome.STORED, 0));
        metrics.retried(counts.getOrDefault(Outcome.RETRY, 0));
        // Whatever kept it from looking at the documents may have cost it its templates as well.
        templatesThere &= answer.status() == 200;
        templatesCheckedAtNanos = now;
        if (counts.containsKey(Outcome.RETRY)) {
            troubled("Elasticsearch does not take all documents at present: " + reason(answer));
        }
        settle(bulk);
        if (answer.status() == 200) {
            recovered();
        }
    }

    private static String reason(BulkAnswer answer) {
        return answer.trouble().isEmpty()
                ? answer.items().stream()
                        .filter(item -> item.outcome() == Outcome.RETRY)
                        .findFirst()
                        .map(IndexLoop::reason)
                        .orElse("fewer results than documents")
                : answer.trouble();
    }

    private static String reason(BulkAnswer.Item item) {
        String advice = ElasticsearchAccess.advice(item.status(), item.type());
        String what = advice.isEmpty() ? item.status() + " " + item.type() : advice;
        return what + "; " + BulkClient.cut(item.reason());
    }

    /** Dead-letters what was refused; then the bulk is done, or waits for its next turn. */
    private void settle(Bulk bulk) {
        if (!bulk.refusals().isEmpty()) {
            deadLetter(bulk);
        }
        if (bulk.isSettled()) {
            while (!unsettled.isEmpty() && unsettled.peek().isSettled()) {
                var done = unsettled.remove();
                committable.putAll(done.offsets());
                done.clear();
                free.add(done);
            }
        } else {
            bulk.retryAt(System.nanoTime() + backoff(bulk.failures()));
            unsent.add(bulk);
        }
    }

    private void deadLetter(Bulk bulk) {
        var refusals = bulk.refusals();
        try {
            deadLetters.store(refusals);
            metrics.deadLettered(refusals.size());
            LOG.warn(
                    "{} documents dead-lettered, the first because of {}: {}",
                    refusals.size(),
                    refusals.get(0).reason(),
                    refusals.get(0).detail().lines().findFirst().orElse(""));
            refusals.clear();
        } catch (ExecutionException | KafkaException e) {
            troubled("Kafka takes no dead letters: " + BulkClient.brief(e));
        }
    }

    /** 0.1 s, doubled with each failure, 5 s at most. */
    private static long backoff(int failures) {
        return Math.min(LONGEST_BACKOFF_NANOS, FIRST_BACKOFF_NANOS << Math.min(failures, 10));
    }

    private void troubled(String what) {
        troubles.again(what, System.nanoTime()).ifPresent(LOG::warn);
        trouble = what;
    }

    /** Unless documents of another bulk still wait: of several indices one alone may take none. */
    private void recovered() {
        if (!trouble.isEmpty() && unsettled.stream().noneMatch(bulk -> bulk.failures() > 0)) {
            trouble = "";
        }
    }

    private void commit() {
        long now = System.nanoTime();
        if (committable.isEmpty() || now - committedAtNanos < COMMIT_NANOS) {
            return;
        }
        committedAtNanos = now;
        var offsets = committable;
        committable = new HashMap<>();
        consumer.commitAsync(offsets, (tried, e) -> {
            if (e != null) {
                // Not lost: tried again with the next, unless there are newer ones or the partition is gone.
                uncommitted
                        .again("Offsets not committed yet: " + BulkClient.brief(e), System.nanoTime())
                        .ifPresent(LOG::warn);
                tried.forEach((partition, offset) -> {
                    if (consumer.assignment().contains(partition)) {
                        committable.putIfAbsent(partition, offset);
                    }
                });
            }
        });
    }

    private void measure() {
        metrics.unsettled(unsettled.size());
        long now = System.nanoTime();
        if (now - measuredAtNanos < MEASURE_NANOS) {
            return;
        }
        measuredAtNanos = now;
        long lag = 0;
        for (var partition : consumer.assignment()) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        metrics.lag(lag + waiting.size());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        LOG.info("Reading {} partitions more", partitions.size());
    }

    /** Also called when the consumer closes: brings in what is on its way, so that little is read twice. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (open != null && !open.isEmpty()) {
            closeOpen();
        }
        long end = System.nanoTime() + SETTLE_LIMIT.toNanos();
        send();
        while (!unsettled.isEmpty() && System.nanoTime() < end && trouble.isEmpty()) {
            awaitAnswer(ROUND_TRIP);
            send();
        }
        try {
            consumer.commitSync(committable, SETTLE_LIMIT);
        } catch (KafkaException e) {
            LOG.warn("Offsets not committed, their records are read again: {}", BulkClient.brief(e));
        }
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        Set<TopicPartition> gone = new HashSet<>(partitions);
        waiting.removeIf(record -> gone.contains(new TopicPartition(record.topic(), record.partition())));
        committable.keySet().removeAll(gone);
        unsettled.forEach(bulk -> bulk.forget(gone));
        if (open != null) {
            open.forget(gone);
        }
    }
}
