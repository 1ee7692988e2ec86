/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Generation;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Topic;
import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.standalone.LocalElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Elasticsearch that takes no documents because of its disks: the indexer says so soon, and goes on by itself. */
class FloodStageIT {

    private static final TopicPartition MESSAGES = new TopicPartition(Topic.SIP.topicName(), 0);
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static LocalElasticsearch elasticsearch;
    private static RestClient client;
    private static RestJson rest;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final IndexLoop loop = new IndexLoop(
            consumer,
            new BulkClient(client),
            new TemplateInstaller(client, IndexNames.DAILY),
            new DeadLetters(
                    new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
                    Generation.FIRST,
                    Clock.systemUTC()),
            new IndexerMetrics(),
            Generation.FIRST,
            new IndexerConfig.Limits(4, 1 << 16, 2, Duration.ofMillis(20)),
            IndexNames.DAILY);
    private final Thread thread = new Thread(loop, "index-loop");
    private long offset;

    @BeforeAll
    static void start() throws Exception {
        elasticsearch = LocalElasticsearch.start(folder, 384);
        client = BulkClient.connect(ElasticsearchAccess.open(elasticsearch.url()), 60_000);
        rest = new RestJson(client);
        // Else Elasticsearch takes the block away when it sees that there is room.
        cluster("disk.threshold_enabled", "false");
    }

    @AfterAll
    static void stop() throws IOException {
        if (elasticsearch != null) {
            client.close();
            elasticsearch.close();
        }
    }

    @BeforeEach
    void read() throws Exception {
        consumer.schedulePollTask(() -> {
            consumer.updateBeginningOffsets(Map.of(MESSAGES, 0L));
            consumer.rebalance(List.of(MESSAGES));
        });
        thread.start();
        eventually(() -> assertThat(loop.trouble()).isEmpty());
    }

    @AfterEach
    void end() throws Exception {
        loop.close();
        thread.join(20_000);
    }

    private void message(String at) {
        Instant time = Instant.parse(at);
        long micros = time.getEpochSecond() * 1_000_000;
        var message = SipMessage.newBuilder()
                .setPacket(RawPacket.newBuilder().setCapturedAtUs(micros).setReceivedAtUs(micros))
                .setRawOffset(offset)
                .setAtUs(micros)
                .setMethod("INVITE")
                .setCallId("one@a.example");
        var record = new ConsumerRecord<>(
                MESSAGES.topic(), 0, offset++, new byte[0], message.build().toByteArray());
        consumer.schedulePollTask(() -> consumer.addRecord(record));
    }

    private void committed() throws Exception {
        eventually(() -> {
            assertThat(consumer.committed(Set.of(MESSAGES)).get(MESSAGES)).isNotNull();
            assertThat(consumer.committed(Set.of(MESSAGES)).get(MESSAGES).offset())
                    .isEqualTo(offset);
        });
    }

    private void saysSoon(String what) throws Exception {
        long begun = System.nanoTime();
        eventually(() -> assertThat(loop.trouble().orElse("")).contains(what));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    }

    @Test
    void anIndexThatTakesNoDocumentsIsToldAndRecovered() throws Exception {
        message("2026-11-22T12:00:00Z");
        committed();
        blocks("true");
        message("2026-11-22T12:00:01Z");
        saysSoon("flood-stage");
        blocks("null");
        committed();
        eventually(() -> assertThat(loop.trouble()).isEmpty());
    }

    private static void blocks(String value) throws IOException {
        rest.ask(
                "PUT",
                "/rhapsode-sip-v1-2026.11.22/_settings",
                "{\"index.blocks.read_only_allow_delete\":" + value + "}");
    }

    @Test
    void aNewIndexThatFindsNoPlaceIsToldAndRecovered() throws Exception {
        cluster("enable", "\"none\"");
        message("2026-11-23T12:00:00Z");
        saysSoon("has not answered");
        eventually(() -> assertThat(loop.trouble().orElse("")).contains("unavailable_shards_exception"));
        cluster("enable", "null");
        committed();
        eventually(() -> assertThat(loop.trouble()).isEmpty());
    }

    private static void cluster(String allocation, String value) throws IOException {
        rest.ask(
                "PUT",
                "/_cluster/settings",
                "{\"persistent\":{\"cluster.routing.allocation.%s\":%s}}".formatted(allocation, value));
    }
}
