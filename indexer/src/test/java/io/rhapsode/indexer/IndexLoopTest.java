/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexLoopTest {

    private static final TopicPartition MESSAGES = new TopicPartition(Topic.SIP.topicName(), 0);

    /** A consumer whose offsets Kafka may refuse. */
    private static final class Reader extends MockConsumer<byte[], byte[]> {

        volatile KafkaException commitTrouble;
        volatile int refusedCommits;
        volatile double heartbeatSecondsAgo;

        Reader() {
            super("earliest");
        }

        @Override
        public Map<MetricName, ? extends Metric> metrics() {
            var name = new MetricName(IndexLoop.LAST_HEARTBEAT, "consumer-coordinator-metrics", "", Map.of());
            return Map.of(name, new Metric() {
                @Override
                public MetricName metricName() {
                    return name;
                }

                @Override
                public Object metricValue() {
                    return heartbeatSecondsAgo;
                }
            });
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            if (commitTrouble == null) {
                super.commitAsync(offsets, callback);
            } else {
                callback.onComplete(offsets, commitTrouble);
                refusedCommits++;
            }
        }
    }

    private final Reader consumer = new Reader();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private FakeElasticsearch elasticsearch;
    private RestClient client;
    private IndexLoop loop;
    private Thread thread;

    @BeforeEach
    void build() throws Exception {
        elasticsearch = new FakeElasticsearch().withTemplates();
        client = elasticsearch.client();
        lingering(Duration.ofMillis(20));
    }

    private void lingering(Duration linger) {
        limitedTo(new IndexerConfig.Limits(4, 1 << 16, 2, linger));
    }

    private void limitedTo(IndexerConfig.Limits limits) {
        loop = new IndexLoop(
                consumer,
                new BulkClient(client),
                new TemplateInstaller(client, IndexNames.DAILY),
                new DeadLetters(producer, Generation.FIRST, Clock.systemUTC()),
                new IndexerMetrics(),
                Generation.FIRST,
                limits,
                IndexNames.DAILY);
        thread = new Thread(loop, "index-loop");
    }

    @AfterEach
    void end() throws Exception {
        loop.close();
        thread.join(20_000);
        client.close();
        elasticsearch.close();
    }

    /** Starts with so many messages on the topic. */
    private void startWith(int messages) {
        consumer.schedulePollTask(() -> {
            consumer.updateBeginningOffsets(Map.of(MESSAGES, 0L));
            consumer.rebalance(List.of(MESSAGES));
            LongStream.range(0, messages).forEach(offset -> consumer.addRecord(Samples.message(offset)));
        });
        thread.start();
    }

    private static String id(long offset) {
        return MessageId.of(Samples.AT, 3, offset);
    }

    private long committed() {
        var offset = consumer.committed(Set.of(MESSAGES)).get(MESSAGES);
        return offset == null ? 0 : offset.offset();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Test
    void everyMessageIsStoredOnceAndThenCommitted() throws Exception {
        startWith(50);
        await(() -> committed() == 50);
        assertThat(elasticsearch.stored).hasSize(50);
        assertThat(elasticsearch.sent.values()).containsOnly(1);
        assertThat(loop.trouble()).isEmpty();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void nothingIsWrittenWhileADayIsFiledInTheOtherWay() throws Exception {
        elasticsearch.indices.put("rhapsode-sip-v1-2026.11.24.10", 0L);
        startWith(5);
        await(() -> loop.trouble().orElse("").contains("rhapsode-sip-v1-2026.11.24.10"));
        assertThat(elasticsearch.sent).isEmpty();
        elasticsearch.indices.clear();
        await(() -> committed() == 5);
        assertThat(loop.trouble()).isEmpty();
    }

    @Test
    void nothingIsCommittedBeyondADocumentThatWaitsToBeTriedAgain() throws Exception {
        elasticsearch.fate = (id, before) -> id.equals(id(5)) && before < 4 ? 429 : 201;
        startWith(20);
        await(() -> elasticsearch.sent.getOrDefault(id(5), 0) == 3);
        assertThat(committed()).isLessThanOrEqualTo(4);
        await(() -> committed() == 20);
        assertThat(elasticsearch.stored).hasSize(20);
        assertThat(elasticsearch.sent.get(id(5))).isEqualTo(5);
        assertThat(elasticsearch.sent.get(id(4)))
                .as("its neighbour is not sent again")
                .isEqualTo(1);
    }

    @Test
    void aDocumentThatIsRefusedIsDeadLetteredWithItsReasonAndCountedOnce() throws Exception {
        elasticsearch.fate = (id, before) -> id.equals(id(2)) ? 400 : 201;
        startWith(10);
        await(() -> committed() == 10);
        assertThat(elasticsearch.stored).hasSize(9);
        assertThat(producer.history())
                .extracting(ProducerRecord::topic)
                .containsExactly(Topic.DEAD_LETTER.topicName(), Topic.COUNTS.topicName());
        var letter = DeadLetter.parseFrom(producer.history().get(0).value());
        assertThat(letter.getReason()).isEqualTo("document-parsing-exception");
        assertThat(letter.getStage()).isEqualTo("indexer");
        assertThat(letter.getTopic()).isEqualTo(Topic.SIP.topicName());
        assertThat(letter.getOffset()).isEqualTo(2);
        assertThat(letter.getValue().toByteArray()).isEqualTo(Samples.message(2).value());
        var count = StageCount.parseFrom(producer.history().get(1).value());
        assertThat(count.getCount()).isEqualTo(1);
        assertThat(count.getInstance()).isEqualTo("rhapsode.sip.v1-0-2");
        assertThat(count.getCaptureNode()).isEqualTo("sbc-1");
        assertThat(count.getMinuteS() % 60).isZero();
    }

    @Test
    void whileElasticsearchIsAwayNothingIsLostAndItIsSaid() throws Exception {
        elasticsearch.status = 503;
        startWith(50);
        await(() -> loop.trouble().orElse("").contains("503"));
        assertThat(committed()).isZero();
        assertThat(loop.death()).isEmpty();
        elasticsearch.status = 200;
        await(() -> committed() == 50);
        assertThat(elasticsearch.stored).hasSize(50);
        assertThat(loop.trouble()).isEmpty();
    }

    @Test
    void anElasticsearchThatPushesBackIsGivenLessAtATime() throws Exception {
        limitedTo(new IndexerConfig.Limits(400, 8 << 20, 2, Duration.ofMillis(20)));
        elasticsearch.error = "es_rejected_execution_exception";
        elasticsearch.fate = (id, before) -> 429;
        startWith(800);
        await(() -> elasticsearch.bulks.contains(200));
        elasticsearch.fate = (id, before) -> 201;
        await(() -> committed() == 800);
        assertThat(elasticsearch.stored).hasSize(800);
        assertThat(elasticsearch.bulks.subList(0, 2)).containsExactly(400, 400);
        assertThat(elasticsearch.bulks.subList(2, elasticsearch.bulks.size())).allMatch(documents -> documents < 400);
    }

    @Test
    void whatOneIndexDoesNotTakeIsSaidWhileOthersTakeTheirs() throws Exception {
        elasticsearch.error = "cluster_block_exception";
        elasticsearch.fate = (id, before) -> id.equals(id(0)) ? 429 : 201;
        startWith(1);
        await(() -> elasticsearch.sent.getOrDefault(id(0), 0) == 3);
        consumer.schedulePollTask(() -> consumer.addRecord(Samples.message(1)));
        await(() -> elasticsearch.stored.containsKey(id(1)));
        for (int i = 0; i < 30; i++) {
            assertThat(loop.trouble().orElse("")).contains("429 cluster_block_exception");
            Thread.sleep(10);
        }
        elasticsearch.fate = (id, before) -> 201;
        await(() -> committed() == 2);
        await(() -> loop.trouble().isEmpty());
    }

    @Test
    void anElasticsearchThatIsSilentIsToldBeforeItAnswers() throws Exception {
        var silence = new CountDownLatch(1);
        elasticsearch.fate = (id, before) -> {
            awaitQuietly(silence);
            return 201;
        };
        startWith(1);
        await(() -> loop.trouble().orElse("").contains("has not answered for"));
        assertThat(committed()).isZero();
        silence.countDown();
        await(() -> committed() == 1);
        await(() -> loop.trouble().isEmpty());
    }

    @Test
    void aKafkaThatIsSilentIsTold() throws Exception {
        startWith(1);
        await(() -> loop.trouble().isEmpty());
        consumer.heartbeatSecondsAgo = 21;
        assertThat(loop.trouble()).contains("Kafka has not answered for 21 s");
        consumer.heartbeatSecondsAgo = 3;
        assertThat(loop.trouble()).isEmpty();
        consumer.heartbeatSecondsAgo = -1;
        assertThat(loop.trouble()).as("it has just begun").isEmpty();
    }

    @Test
    void aConsumerHasTheMetricThatTellsIt() {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "any");
        try (var real = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            assertThat(real.metrics()).anySatisfy((name, metric) -> {
                assertThat(name.name()).isEqualTo(IndexLoop.LAST_HEARTBEAT);
                assertThat(metric.metricValue()).isEqualTo(-1.0);
            });
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whoIsNotLetInIsToldWhatToLookAtAndLosesNothing() throws Exception {
        elasticsearch.status = 401;
        startWith(50);
        await(() -> loop.trouble().orElse("").contains("RHAPSODE_ELASTICSEARCH_API_KEY"));
        elasticsearch.fate = (id, before) -> before == 0 ? 403 : 201;
        elasticsearch.status = 200;
        await(() -> loop.trouble().orElse("").contains("check the privileges"));
        await(() -> committed() == 50);
        assertThat(elasticsearch.stored).hasSize(50);
        assertThat(producer.history()).isEmpty();
        await(() -> loop.trouble().isEmpty());
    }

    @Test
    void whileThereIsNoRoomTheConsumerIsPausedAndStillPolls() throws Exception {
        startWith(4);
        await(() -> committed() == 4);
        elasticsearch.fate = (id, before) -> 503;
        consumer.schedulePollTask(
                () -> LongStream.range(4, 60).forEach(offset -> consumer.addRecord(Samples.message(offset))));
        await(() -> consumer.paused().contains(MESSAGES));
        int[] polled = {0};
        consumer.schedulePollTask(() -> polled[0]++);
        await(() -> polled[0] == 1);
        assertThat(committed()).isEqualTo(4);
        elasticsearch.fate = (id, before) -> 201;
        await(() -> committed() == 60);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void aBulkThatIsNotFullWaitsAWhileForTheOneBeforeIt() throws Exception {
        lingering(Duration.ofMillis(200));
        elasticsearch.fate = (id, before) -> id.equals(id(0)) ? 503 : 201;
        startWith(1);
        await(() -> elasticsearch.sent.containsKey(id(0)));
        consumer.schedulePollTask(() -> consumer.addRecord(Samples.message(1)));
        Thread.sleep(400);
        consumer.schedulePollTask(() -> consumer.addRecord(Samples.message(2)));
        await(() -> elasticsearch.stored.keySet().equals(Set.of(id(1), id(2))));
        assertThat(elasticsearch.bulks).as("both in one").contains(2);
        assertThat(committed()).isZero();
        elasticsearch.fate = (id, before) -> 201;
        await(() -> committed() == 3);
    }

    @Test
    void aClusterThatLostItsTemplatesGetsThemBeforeItsNextDocuments() throws Exception {
        startWith(4);
        await(() -> committed() == 4);
        elasticsearch.templates.clear();
        elasticsearch.status = 503;
        consumer.schedulePollTask(() -> consumer.addRecord(Samples.message(4)));
        await(() -> loop.trouble().isPresent());
        boolean[] early = {false};
        elasticsearch.fate = (id, before) -> {
            early[0] |= elasticsearch.templates.size() < Indices.values().length;
            return 201;
        };
        elasticsearch.status = 200;
        await(() -> committed() == 5);
        assertThat(early[0]).isFalse();
        assertThat(elasticsearch.templatesPut).hasSize(Indices.values().length);
    }

    @Test
    void aKafkaThatTakesNoDeadLettersHoldsTheOffsetBack() throws Exception {
        elasticsearch.fate = (id, before) -> id.equals(id(0)) ? 400 : 201;
        producer.sendException = new KafkaException("away");
        startWith(3);
        await(() -> loop.trouble().orElse("").contains("dead letters"));
        assertThat(committed()).isZero();
        producer.sendException = null;
        await(() -> committed() == 3);
        assertThat(producer.history()).hasSize(2);
    }

    @Test
    void aKafkaThatTakesNoOffsetsIsComplainedOfOnceAndNotAtEveryAttempt() throws Exception {
        var err = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            consumer.commitTrouble = new RetriableCommitFailedException("away");
            startWith(1);
            await(() -> consumer.refusedCommits == 5);
        } finally {
            System.setErr(err);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("Offsets not committed yet"))
                .singleElement()
                .asString()
                .contains("away");
        consumer.commitTrouble = null;
        await(() -> committed() == 1);
    }

    @Test
    void closingBringsInWhatIsOnItsWay() throws Exception {
        startWith(3);
        await(() -> elasticsearch.stored.size() == 3);
        loop.close();
        thread.join(20_000);
        assertThat(consumer.closed()).isTrue();
        assertThat(loop.death()).isEmpty();
    }
}
