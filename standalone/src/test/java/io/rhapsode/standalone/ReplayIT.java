/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.rhapsode.indexer.Indexer;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.web.SearchWeb;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the log is for: dead letters put back after a fix, and everything computed anew beside what runs. */
@ExtendWith(StandaloneExtension.class)
class ReplayIT {

    /** A minute that no other test counts in. */
    private static final long RECEIVED_S = Instant.now().getEpochSecond() / 60 * 60 - 7_200;

    /** Another one: a log that is read long after it was written. */
    private static final long BACKLOG_S = RECEIVED_S - 3_600;

    private final RunningStandalone rhapsode;

    @TempDir
    Path folder;

    ReplayIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    private String run(String command, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, command, ".txt");
        var line = new ArrayList<>(List.of(
                ClassArchive.java(),
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                command,
                "--kafka",
                rhapsode.kafka()));
        line.addAll(List.of(arguments));
        var builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(said).doesNotContain("Not updating");
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private int total(String kind, String callIds) throws Exception {
        return rhapsode.api()
                .get("/api/v1/" + kind + "?size=0&facets=false&q=" + encode("callid:" + callIds))
                .getInt("total");
    }

    private static RawPacket packet(String callId, int step, long seconds) {
        return RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(TestCalls.message(callId, step)))
                .setProtocolType(1)
                .setCapturedAtUs(seconds * 1_000_000 + step)
                .setReceivedAtUs(seconds * 1_000_000 + step)
                .setSourceAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setDestinationAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 2}))
                .setCaptureNode("replay-it")
                .build();
    }

    /** What a stage writes that cannot use a record which the next version of it can. */
    private void deadLetter(String stage, Topic topic, long offset, String reason, MessageLite value) {
        var letter = DeadLetter.newBuilder()
                .setStage(stage)
                .setTopic(topic.topicName())
                .setOffset(offset)
                .setReason(reason)
                .setCaptureNode("replay-it")
                .setAtUs(System.currentTimeMillis() * 1_000)
                .setValue(value.toByteString())
                .build();
        write(Topic.DEAD_LETTER, null, letter);
        count(stage, "dead-lettered", reason, 1);
    }

    private void count(String stage, String outcome, String reason, long count) {
        count(RECEIVED_S, stage, outcome, reason, count);
    }

    private void count(long minuteS, String stage, String outcome, String reason, long count) {
        var value = StageCount.newBuilder()
                .setStage(stage)
                .setInstance("replay-it")
                .setCaptureNode("replay-it")
                .setMinuteS(minuteS)
                .setOutcome(outcome)
                .setReason(reason)
                .setCount(count)
                .build();
        write(Topic.COUNTS, stage + "/replay-it/replay-it/" + minuteS + "/" + outcome + "/" + reason, value);
    }

    private void write(Topic topic, String key, MessageLite value) {
        Map<String, Object> settings = Map.of("bootstrap.servers", rhapsode.kafka());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] bytes = key == null ? null : key.getBytes(UTF_8);
            producer.send(new ProducerRecord<>(topic.topicName(), null, bytes, value.toByteArray(), topic.headers()));
        }
    }

    private JsonObject status(JsonClient api) throws Exception {
        return api.get("/api/v1/status?from=" + Instant.ofEpochSecond(RECEIVED_S) + "&to="
                + Instant.ofEpochSecond(RECEIVED_S + 60));
    }

    @Test
    void deadLettersArePutBackOnceAndTheAccountIsRight() throws Exception {
        RawPacket invite = packet("putback-raw", 0, RECEIVED_S);
        var message = SipMessage.newBuilder()
                .setPacket(packet("putback-sip", 0, RECEIVED_S))
                .setAtUs(RECEIVED_S * 1_000_000)
                .setRawOffset(2_000_000_000)
                .setCallId("putback-sip")
                .setMethod("INVITE")
                .build();
        count("ingest-gateway", "received", "", 2);
        count("ingest-gateway", "sent", "", 2);
        count("stream-processor", "parsed", "", 1);
        deadLetter("stream-processor", Topic.RAW, 1_000_000_000, "it-unparsed", invite);
        deadLetter("indexer", Topic.SIP, 7, "it-unindexed", message);
        eventually(() -> assertThat(status(rhapsode.api()).getJsonObject("dead_lettered"))
                .hasSize(2)
                .containsKeys("it-unparsed", "it-unindexed"));

        String[] reasons = {"--reason", "it-unparsed", "--reason", "it-unindexed"};
        assertThat(run("replay-dead-letters", "--dry-run", "--reason", "it-unparsed"))
                .contains("1 dead letters would be put back: 1 it-unparsed.");
        assertThat(run("replay-dead-letters", reasons))
                .contains("2 dead letters put back: 1 it-unindexed, 1 it-unparsed.");
        eventually(() -> {
            assertThat(total("messages", "putback-*")).isEqualTo(2);
            assertThat(total("calls", "putback-raw")).isEqualTo(1);
            JsonObject status = status(rhapsode.api());
            assertThat(status.getJsonObject("dead_lettered"))
                    .as(status.toString())
                    .isEmpty();
            assertThat(status.getInt("parsed")).isEqualTo(2);
            assertThat(status.getInt("indexed")).isEqualTo(2);
            assertThat(status.getString("verdict")).isEqualTo("complete");
        });

        assertThat(run("replay-dead-letters", reasons)).contains("0 dead letters put back.");
        TestCalls.send(rhapsode.hepPort(), "putback-after", 1);
        eventually(() -> assertThat(total("messages", "putback-after-0")).isEqualTo(TestCalls.MESSAGES_PER_CALL));
        assertThat(total("messages", "putback-raw")).isEqualTo(1);
        assertThat(total("messages", "putback-sip")).isEqualTo(1);
        var places = read("rhapsode.sip.v1").stream()
                .map(record -> parse(record, SipMessage.parser()))
                .filter(one -> one.getCallId().equals("putback-raw"))
                .map(SipMessage::getRawOffset)
                .toList();
        assertThat(places).as("where the message was first").containsExactly(1_000_000_000L);
    }

    @Test
    void aSecondGenerationIsTheSameMessagesAndNewerCallsAndTakesTheirPlace() throws Exception {
        int calls = 50;
        TestCalls.send(rhapsode.hepPort(), "again", calls);
        int messages = calls * TestCalls.MESSAGES_PER_CALL;
        eventually(() -> assertThat(total("messages", "again-*")).isEqualTo(messages));
        eventually(() -> assertThat(total("calls", "again-* state:ended")).isEqualTo(calls));

        String state = folder.resolve("state").toString();
        assertThat(run("recompute", "--generation", "2", "--state", state)).contains("All of it is read");
        assertThat(ids("rhapsode.sip.v1-v2")).isEqualTo(ids("rhapsode.sip.v1")).hasSize(messages);
        Map<String, Call> first = calls("rhapsode.calls.v1", "again-");
        Map<String, Call> second = calls("rhapsode.calls.v1-v2", "again-");
        assertThat(second.keySet()).isEqualTo(first.keySet()).hasSize(calls);
        assertThat(second.values()).allSatisfy(call -> {
            assertThat(call.getState()).isEqualTo(CallState.ENDED);
            assertThat(call.getMessages()).isEqualTo(TestCalls.MESSAGES_PER_CALL);
            assertThat(call.getOpenedAtUs())
                    .isEqualTo(first.get(call.getCallId()).getOpenedAtUs());
            assertThat(call.getRevision())
                    .isGreaterThan(first.get(call.getCallId()).getRevision());
        });
        switchOver(messages, calls);
    }

    @Test
    void recomputeEndsWhenCallsAndKeyFiguresOfABacklogAreWritten() throws Exception {
        int calls = 8;
        for (int i = 0; i < calls * TestCalls.MESSAGES_PER_CALL; i++) {
            String callId = "backlog-" + i / TestCalls.MESSAGES_PER_CALL;
            write(Topic.RAW, callId, packet(callId, i % TestCalls.MESSAGES_PER_CALL, BACKLOG_S));
        }
        write(Topic.RAW, "backlog-open", packet("backlog-open", 0, Instant.now().getEpochSecond()));
        // As the gateway would that they came by: the account of all that comes after adds up.
        long packets = calls * TestCalls.MESSAGES_PER_CALL + 1;
        count(BACKLOG_S, "ingest-gateway", "received", "", packets);
        count(BACKLOG_S, "ingest-gateway", "sent", "", packets);

        assertThat(run(
                        "recompute",
                        "--generation",
                        "3",
                        "--state",
                        folder.resolve("state").toString()))
                .contains("All of it is read and written")
                .containsPattern("Calls that are open at its end: [0-9,]+, .*--follow");
        assertThat(calls("rhapsode.calls.v1-v3", "backlog-")).hasSize(calls + 1);
        assertThat(read("rhapsode.kpis.v1-v3").stream().map(record -> parse(record, Kpi.parser())))
                .filteredOn(kpi -> kpi.getDimension().equals("all") && kpi.getMinuteS() == BACKLOG_S)
                .last()
                .satisfies(kpi -> assertThat(kpi.getAnswered()).isEqualTo(calls));
    }

    /** The indexer and the web of the second generation on the same Elasticsearch. */
    private void switchOver(int messages, int calls) throws Exception {
        Map<String, String> settings = Map.of(
                "RHAPSODE_KAFKA", rhapsode.kafka(),
                "RHAPSODE_ELASTICSEARCH", rhapsode.elasticsearch(),
                "RHAPSODE_STREAM_GENERATION", "2",
                "RHAPSODE_INDEXER_HEALTH_PORT", "0",
                "RHAPSODE_HTTP_PORT", "0");
        var elasticsearch = new JsonClient(rhapsode.elasticsearch());
        try (var indexer = Indexer.start(settings, settings.keySet());
                var web = SearchWeb.start(settings, settings.keySet())) {
            assertThat(indexer.healthPort()).isPositive();
            eventually(() -> {
                var hits = elasticsearch
                        .get("/rhapsode-calls/_search?size=1000&version=true&q=" + encode("sip.call_id:again-*"))
                        .getJsonObject("hits")
                        .getJsonArray("hits")
                        .getValuesAs(JsonObject.class);
                assertThat(hits).hasSize(calls).allSatisfy(hit -> assertThat(
                                hit.getJsonNumber("_version").longValue())
                        .isGreaterThan(1L << 53));
            });
            assertThat(total("messages", "again-*")).isEqualTo(messages);
            assertThat(total("calls", "again-*")).isEqualTo(calls);
            var api = new JsonClient("http://127.0.0.1:" + web.port());
            eventually(() -> {
                JsonObject status =
                        api.get("/api/v1/status?from=" + Instant.now().minusSeconds(1_800));
                assertThat(status.getInt("parsed")).isGreaterThanOrEqualTo(messages);
            });
        }
    }

    private Set<String> ids(String topic) {
        var ids = new TreeSet<String>();
        for (var record : read(topic)) {
            SipMessage message = parse(record, SipMessage.parser());
            if (message.getCallId().startsWith("again-")) {
                assertThat(ids.add(MessageId.of(message))).as("once").isTrue();
            }
        }
        return ids;
    }

    /** The newest of each. */
    private Map<String, Call> calls(String topic, String prefix) {
        var calls = new TreeMap<String, Call>();
        for (var record : read(topic)) {
            Call call = parse(record, Call.parser());
            if (call.getCallId().startsWith(prefix)) {
                calls.merge(
                        call.getCallId(), call, (one, other) -> one.getRevision() > other.getRevision() ? one : other);
            }
        }
        return calls;
    }

    private static <T> T parse(ConsumerRecord<byte[], byte[]> record, com.google.protobuf.Parser<T> parser) {
        try {
            return parser.parseFrom(record.value());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** All that is committed on it. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = ReplayDeadLettersCommand.consumer(Map.of("bootstrap.servers", rhapsode.kafka()))) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
