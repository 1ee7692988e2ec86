/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a record or in the state: it costs itself, with a dead letter, and nothing that comes behind it. */
class PoisonTest {

    private static final int REMEMBERED = 2 * OpenCalls.MOST_LATELY;

    /** Kafka's limit for a record, and so for a dead letter with all there is around it. */
    private static final int MOST_KAFKA_TAKES = 1 << 20;

    /** What no program writes: three numbers belong together. */
    private static final OpenCall POISON =
            OpenCall.newBuilder().setRevision(7).addSightings(1).build();

    @TempDir
    Path folder;

    private TestWay way;

    @BeforeEach
    void open() {
        way = new TestWay(folder);
    }

    @AfterEach
    void close() {
        way.close();
    }

    private static RawPacket invite(String callId) {
        return Script.packets(callId, "0 a INVITE 1").get(0);
    }

    private KeyValueStore<Bytes, OpenCall> calls() {
        return way.driver.getKeyValueStore(CallProcessor.STORE);
    }

    /** So that the next look at any call before these is one at the store. */
    private void forgetObjects() {
        for (int i = 0; i < REMEMBERED; i++) {
            way.packet(invite("other-" + i));
        }
    }

    private static Bytes key(String callId) {
        return Bytes.wrap(callId.getBytes(UTF_8));
    }

    private Map<String, Long> counts() {
        way.pass(Duration.ofMillis(1_100));
        var newest = new HashMap<String, Long>();
        for (var count : way.counts()) {
            StageCount value = count.value();
            newest.put(value.getOutcome() + "/" + value.getReason(), value.getCount());
        }
        return newest;
    }

    private DeadLetter onlyLetter() {
        var letters = way.deadLetters();
        assertThat(letters).hasSize(1);
        return letters.get(0).value();
    }

    @Test
    void garbageNothingNoKeyAndAWrongSchemaAreDeadLettersAndTheNextIsTaken() {
        way.raw("call-1".getBytes(UTF_8), new byte[] {(byte) 0xff, 1, 2});
        way.raw("call-1".getBytes(UTF_8), null);
        way.raw(null, new byte[] {8, 1});
        way.raw(
                "call-1".getBytes(UTF_8),
                Call.newBuilder().setCallId("call-1").setRevision(3).build().toByteArray());
        way.packet(invite("call-1"));
        assertThat(way.deadLetters())
                .extracting(letter -> letter.value().getReason())
                .hasSize(4)
                .startsWith("bad-record", "bad-record");
        assertThat(way.messages()).hasSize(1);
        assertThat(counts().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(5);
    }

    @Test
    void aRecordWithoutATimeIsTaken() {
        var without = new ConsumerRecord<Object, Object>("raw", 0, 7, null, new byte[0]);
        assertThat(without.timestamp()).isNegative();
        assertThat(CallTopology.time(without, -1)).isZero();
    }

    @Test
    void hugeRecordsBecomeLettersThatKafkaTakes() {
        byte[] garbage = new byte[1_047_000];
        garbage[0] = (byte) 0xff;
        way.raw(null, garbage);
        var huge = invite("call-1").toBuilder();
        String text = "x".repeat(340_000);
        way.packet(
                huge.setCaptureNode(text).setSender(text).setCorrelationId(text).build());
        assertThat(way.messages()).isEmpty();
        assertThat(way.deadLetters())
                .extracting(letter -> letter.value().getReason())
                .containsExactly("bad-record", "too-large");
        way.raw(null, garbage);
        var letter = onlyLetter();
        assertThat(letter.getCut()).isTrue();
        assertThat(letter.getSerializedSize()).isLessThan(MOST_KAFKA_TAKES - 100_000);
        assertThat(counts().keySet()).containsExactlyInAnyOrder("dead-lettered/bad-record", "dead-lettered/too-large");
    }

    @Test
    void aRecordThatTheFollowingOfCallsFailsAtIsAMessageAndADeadLetterBeside() {
        way.packet(invite("call-1"));
        calls().put(
                        key("call-1"),
                        POISON.toBuilder()
                                .setPublishedRevision(POISON.getRevision())
                                .build());
        forgetObjects();
        way.packet(invite("call-1"));
        assertThat(way.messages()).hasSize(REMEMBERED + 2);
        var letter = onlyLetter();
        assertThat(letter.getReason()).isEqualTo(PoisonRecords.REASON);
        assertThat(letter.getStage()).isEqualTo("stream-processor");
        assertThat(letter.getTopic()).isEqualTo(Topic.RAW.topicName());
        assertThat(letter.getOffset()).isEqualTo(REMEMBERED + 1);
        assertThat(letter.getDetail()).startsWith("follow-calls: ").contains("Sightings");
        assertThat(letter.getCut()).isFalse();
        // A packet has one outcome, and this one's is that it was parsed.
        assertThat(counts()).containsExactly(Map.entry("parsed/", REMEMBERED + 2L));
        assertThat(way.calls()).extracting(Call::getCallId).hasSize(REMEMBERED).doesNotContain("call-1");
    }

    @Test
    void aCallThatCannotBePublishedIsGivenUpWithItsStateAndTheOthersAreNot() {
        way.packet(invite("call-1"));
        way.packet(invite("call-2"));
        calls().put(key("call-1"), POISON);
        forgetObjects();
        way.pass(Duration.ofMillis(1_100));
        way.pass(Duration.ofMillis(1_100));
        var letters = way.deadLetters();
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("call-1");
            assertThat(letter.value().getReason()).isEqualTo(PoisonRecords.REASON);
            assertThat(letter.value().getValue()).isEqualTo(POISON.toByteString());
            assertThat(letter.value().getTopic()).isEmpty();
        });
        assertThat(way.calls())
                .extracting(Call::getCallId)
                .hasSize(1 + REMEMBERED)
                .contains("call-2")
                .doesNotContain("call-1");
        assertThat(calls().get(key("call-1"))).isNull();
        // Its next message begins a record anew.
        way.packet(invite("call-1"));
        way.pass(Duration.ofSeconds(2));
        assertThat(way.calls()).extracting(Call::getCallId).containsExactly("call-1");
    }

    /** A record of it would be too long for the changelog, and stop the partition for good. */
    @Test
    void aCallThatGrowsWithoutEndIsFollowedAsFarAsARecordGoes() {
        byte[] begin = invite("call-1").getPayload().toByteArray();
        String text = new String(begin, UTF_8);
        for (int i = 0; i < 40; i++) {
            String longName = "\r\nUser-Agent: " + i + "x".repeat(50_000) + "\r\n";
            way.packet(invite("call-1").toBuilder()
                    .setPayload(ByteString.copyFromUtf8(text.replaceFirst("\r\n", longName)))
                    .build());
        }
        assertThat(way.messages()).hasSize(40);
        assertThat(calls().get(key("call-1")).getSerializedSize()).isBetween(400_000, 500_000);
        assertThat(way.deadLetters())
                .hasSizeBetween(25, 35)
                .allSatisfy(letter -> assertThat(letter.value().getReason()).isEqualTo(PoisonRecords.REASON));
        way.pass(Duration.ofSeconds(2));
        assertThat(way.calls()).singleElement().satisfies(call -> assertThat(call.getSerializedSize())
                .isLessThan(MOST_KAFKA_TAKES / 2));
    }

    @Test
    void keysAsLongAsRecordsCostTheirRecordOnly() {
        byte[] key = new byte[1_040_000];
        way.raw(key, invite("call-1").toByteArray());
        var letters = way.deadLetters();
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.value().getReason()).isEqualTo("too-large");
            assertThat(letter.value().getCut()).isTrue();
            assertThat(key.length + letter.value().getSerializedSize()).isLessThan(MOST_KAFKA_TAKES - 1_000);
        });
    }

    @Test
    void stateThatCannotBeReadIsCountedAndBeginsAnew() {
        var metrics = new StreamMetrics(way.registry);
        var serde = new StateSerde<>(OpenCall.parser(), metrics);
        byte[] value = POISON.toByteArray();
        assertThat(serde.deserializer().deserialize("changelog", value)).isEqualTo(POISON);
        assertThat(serde.deserializer().deserialize("changelog", new byte[] {(byte) 0xff}))
                .isNull();
        assertThat(serde.deserializer().deserialize("changelog", null)).isNull();
        assertThat(way.metric("rhapsode.stream.state.unusable")).isOne();
    }

    @Test
    void aRestartTakesUpTheCallsThatCanBeReadAndForgetsTheOthers() {
        var states = new StateSerde<>(OpenCall.parser(), new StreamMetrics(way.registry));
        Serializer<OpenCall> spoiling =
                (topic, call) -> call.equals(POISON) ? new byte[] {(byte) 0xff} : call.toByteArray();
        var context = new MockProcessorContext<Bytes, Followed>();
        CallProcessorTest.store(context, LegProcessor.STORE, Legs.parser());
        KeyValueStore<Bytes, OpenCall> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(CallProcessor.STORE),
                        Serdes.Bytes(),
                        Serdes.serdeFrom(spoiling, states.deserializer()))
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        context.setCurrentSystemTimeMs(TestWay.BEGIN.toEpochMilli());
        store.put(key("good"), OpenCall.newBuilder().setRevision(1).build());
        store.put(key("spoilt"), POISON);
        var metrics = new StreamMetrics(new SimpleMeterRegistry());
        new CallProcessor(new CallLimits(1_000_000_000L), 100, new KpiDimensions(List.of()), 0, metrics).init(context);
        context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
        assertThat(context.forwarded())
                .filteredOn(forward -> forward.record().value().call() != null)
                .singleElement()
                .satisfies(call -> assertThat(call.record().key()).isEqualTo(key("good")));
        // Kafka's store reads what it deletes once more.
        assertThat(way.metric("rhapsode.stream.state.unusable")).isPositive();
        assertThat(store.approximateNumEntries()).isOne();
    }

    /** Of a store or of Kafka, not of the record: the thread is replaced, and nothing is passed over. */
    @Test
    void troubleOfKafkaIsNoDeadLetter() {
        var handler = new PoisonRecords();
        for (KafkaException trouble : List.of(new KafkaException("away"), new ProcessorStateException("disk full"))) {
            assertThat(handler.handleError(null, null, trouble).result())
                    .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        }
        assertThatThrownBy(() -> handler.handleError(null, null, new IllegalStateException("ours")))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void bytesThatAreNoTextInEveryFieldAreTakenAsTheyAre() {
        byte[] payload = invite("call-1").getPayload().toByteArray();
        for (int i = 0; i < payload.length; i++) {
            byte[] broken = payload.clone();
            broken[i] = (byte) 0x80;
            way.packet(invite("call-1").toBuilder()
                    .setPayload(ByteString.copyFrom(broken))
                    .build());
        }
        int letters = way.deadLetters().size();
        assertThat(way.messages()).hasSize(payload.length - letters);
        assertThat(counts().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(payload.length);
    }
}
