/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.ProtoSerde;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When records of calls are published and when calls are closed. */
class CallProcessorTest {

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

    private void send(String callId, String script) {
        way.play(callId, script);
    }

    private void sendReceivedAt(Instant received, String callId, String script) {
        for (RawPacket packet : Script.packets(callId, script)) {
            way.raw(
                    callId.getBytes(UTF_8),
                    packet.toBuilder()
                            .setReceivedAtUs(received.getEpochSecond() * 1_000_000)
                            .build()
                            .toByteArray());
        }
    }

    /** In small steps, as a running service sees it. */
    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 500) {
            way.pass(Duration.ofMillis(Math.min(left, 500)));
        }
    }

    private Call only() {
        var calls = way.calls();
        assertThat(calls).hasSize(1);
        return calls.get(0);
    }

    private long open(String begin) {
        long count = 0;
        try (var calls = way.driver
                .<Bytes, OpenCall>getKeyValueStore(CallProcessor.STORE)
                .all()) {
            while (calls.hasNext()) {
                count += new String(calls.next().key.get(), UTF_8).startsWith(begin) ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void isPublishedWithinASecondAndAHalf() {
        send("c1", "0 a INVITE 1");
        way.pass(Duration.ofMillis(1_500));
        assertThat(only().getState()).isEqualTo(CallState.CALLING);
    }

    @Test
    void atMostOneRecordASecondThoughMessagesPourIn() {
        for (int i = 0; i < 100; i++) {
            send("c1", "0 a INVITE 1");
            way.pass(Duration.ofMillis(100));
        }
        way.pass(Duration.ofSeconds(2));
        var calls = way.calls();
        assertThat(calls).hasSizeBetween(8, 11);
        assertThat(calls.get(calls.size() - 1).getMessages()).isEqualTo(100);
        assertThat(calls).extracting(Call::getRevision).isSorted().doesNotHaveDuplicates();
        assertThat(calls).extracting(Call::getOpenedAtUs).containsOnly(TestWay.BEGIN.toEpochMilli() * 1_000);
    }

    /** In a rebalance, say: the answer to the BYE waits in Kafka while the partition's owner is not known. */
    @Test
    void whatCouldNotBeReadWhileTheThreadStoodStillIsPartOfTheCall() {
        send("c1", "0 a INVITE 1 \n 1 a 200/INVITE 1 \n 2 a BYE 2");
        pass(Duration.ofSeconds(2));
        way.standStill(Duration.ofSeconds(60));
        pass(Duration.ofSeconds(10));
        send("c1", "3 a 200/BYE 2");
        pass(Duration.ofSeconds(2));
        var calls = way.calls();
        assertThat(calls.get(calls.size() - 1).getMessages()).isEqualTo(4);
    }

    /** A thread with many partitions reads them in turn. */
    @Test
    void whileAPartitionIsReadLateWhatWaitsInItIsPartOfTheCall() {
        sendReceivedAt(way.wall().minusSeconds(40), "c1", "0 a INVITE 1 \n 1 a 200/INVITE 1 \n 2 a BYE 2");
        pass(Duration.ofSeconds(38));
        sendReceivedAt(way.wall().minusSeconds(76), "c1", "3 a 200/BYE 2");
        pass(Duration.ofSeconds(20));
        var calls = way.calls();
        assertThat(calls.get(calls.size() - 1).getMessages()).isEqualTo(4);
        pass(Duration.ofSeconds(80));
        assertThat(open("c1")).as("but it does not wait for ever").isZero();
    }

    @Test
    void whileABacklogIsReadACallWaitsForMoreOfItsMessages() {
        for (int i = 0; i < 110; i++) {
            sendReceivedAt(way.wall().minusSeconds(45), "c1", "0 a INVITE 1");
            way.pass(Duration.ofMillis(100));
        }
        assertThat(way.calls())
                .extracting(Call::getMessages)
                .hasSize(2)
                .first(INTEGER)
                .isBetween(50, 60);
        sendReceivedAt(way.wall(), "c2", "0 a INVITE 1");
        way.pass(Duration.ofMillis(1_500));
        assertThat(way.calls())
                .as("where the backlog is over all are published")
                .extracting(Call::getCallId, Call::getMessages)
                .containsExactlyInAnyOrder(tuple("c1", 110), tuple("c2", 1));
        way.pass(Duration.ofSeconds(10));
        assertThat(way.calls()).isEmpty();
    }

    @Test
    void saysSinceWhenAChangeOfACallOrAKeyFigureIsNotWritten() {
        way.pass(Duration.ofSeconds(2));
        assertThat(way.metrics.publishedUpTo()).as("nothing waits").isGreaterThan(millisBefore(1_100));
        long changedAt = way.wall().toEpochMilli();
        sendReceivedAt(way.wall().minusSeconds(3_600), "c1", "0 a INVITE 1");
        way.pass(Duration.ofSeconds(4));
        assertThat(way.calls()).isEmpty();
        assertThat(way.metrics.publishedUpTo()).isLessThanOrEqualTo(changedAt);
        way.pass(Duration.ofSeconds(2));
        assertThat(way.calls()).hasSize(1);
        assertThat(way.kpis()).isEmpty();
        assertThat(way.metrics.publishedUpTo())
                .as("its key figures are not there yet")
                .isLessThan(millisBefore(200));
        way.pass(Duration.ofSeconds(11));
        assertThat(way.kpis()).isNotEmpty();
        assertThat(way.metrics.publishedUpTo()).isGreaterThan(millisBefore(1_100));
    }

    private long millisBefore(long millis) {
        return way.wall().toEpochMilli() - millis;
    }

    @Test
    void theFurtherBehindTheLongerACallWaitsOnceItWasPublished() {
        for (int i = 0; i < 340; i++) {
            sendReceivedAt(way.wall().minusSeconds(3_600), "c1", "0 a INVITE 1");
            way.pass(Duration.ofMillis(100));
        }
        assertThat(way.calls())
                .as("as a new call after 5 s")
                .extracting(Call::getMessages)
                .singleElement(INTEGER)
                .isBetween(50, 60);
        for (int i = 0; i < 30; i++) {
            sendReceivedAt(way.wall().minusSeconds(3_600), "c1", "0 a INVITE 1");
            way.pass(Duration.ofMillis(100));
        }
        assertThat(way.calls())
                .as("30 s later")
                .extracting(Call::getMessages)
                .singleElement(INTEGER)
                .isBetween(345, 370);
    }

    @Test
    void nothingIsPublishedOfACallThatDoesNotChange() {
        send("c1", "0 a INVITE 1 \n 9 a 200/INVITE 1");
        pass(Duration.ofSeconds(2));
        assertThat(way.calls()).hasSize(1);
        pass(Duration.ofMinutes(20));
        assertThat(way.calls()).isEmpty();
        assertThat(open("c1")).isOne();
    }

    @Test
    void callOfACaptureThatIsReadOnceMoreIsNewerThanItsOldRecord() {
        send("c1", "0 a INVITE 1 \n 0 b 100/INVITE 1 \n 0 b 486/INVITE 1");
        pass(Duration.ofMinutes(30));
        long newest = way.calls().stream().mapToLong(Call::getRevision).max().orElseThrow();
        assertThat(open("c1")).isZero();
        send("c1", "0 a INVITE 1");
        pass(Duration.ofSeconds(2));
        assertThat(only().getRevision()).isGreaterThan(newest);
    }

    @Test
    void whatNobodyAnswersSaysSoInTheEnd() {
        send("c1", "0 a OPTIONS 1");
        pass(Duration.ofMinutes(6));
        var calls = way.calls();
        assertThat(calls).extracting(Call::getWhy).containsExactly("", "nothing came back at all");
        assertThat(calls)
                .extracting(Call::getRevision)
                .containsExactly(calls.get(0).getRevision(), calls.get(0).getRevision() + 1);
    }

    @Test
    void endedCallIsClosedAfter32SecondsAndLateMessagesBeforeThatBelongToIt() {
        send("c1", "0 a INVITE 1 \n 9 a 200/INVITE 1 \n 99 a BYE 2 dialog");
        pass(Duration.ofSeconds(30));
        send("c1", "0 a 200/BYE 2");
        pass(Duration.ofSeconds(30));
        assertThat(open("c1")).isOne();
        var calls = way.calls();
        assertThat(calls).extracting(Call::getMessages).containsExactly(3, 4);
        pass(Duration.ofSeconds(4));
        assertThat(open("c1")).isZero();
        assertThat(way.calls()).as("the last state was published already").isEmpty();
    }

    @Test
    void messageAfterTheEndOpensARecordOfItsOwn() {
        send("c1", "0 a INVITE 1 \n 9 a 486/INVITE 1");
        pass(Duration.ofSeconds(40));
        var first = only();
        send("c1", "0 a INVITE 2");
        pass(Duration.ofSeconds(2));
        var second = only();
        assertThat(second.getCallId()).isEqualTo(first.getCallId());
        assertThat(second.getOpenedAtUs()).isGreaterThan(first.getOpenedAtUs());
        assertThat(second.getMessages()).isOne();
    }

    @Test
    void unansweredFailsFiveMinutesAfterItsLastMessage() {
        send("c1", "0 a INVITE 1 \n 9 a 180/INVITE 1");
        pass(Duration.ofMinutes(4));
        send("c1", "0 a 180/INVITE 1");
        pass(Duration.ofMinutes(4));
        var ringing = way.calls();
        assertThat(ringing).extracting(Call::getState).containsOnly(CallState.RINGING);
        long newest = ringing.get(ringing.size() - 1).getRevision();
        pass(Duration.ofSeconds(62));
        var failed = only();
        assertThat(failed.getState()).isEqualTo(CallState.FAILED);
        assertThat(failed.getFinalCode()).isZero();
        assertThat(failed.getRevision())
                .as("greater than the one with the same messages")
                .isEqualTo(newest + 1);
        assertThat(open("c1")).isZero();
    }

    @Test
    void answeredAndSilentEndsAfterTheIdleLimit() {
        way.close();
        way = new TestWay(folder, Map.of("RHAPSODE_CALL_IDLE_S", "600"));
        send("c1", "0 a INVITE 1 \n 9 a 200/INVITE 1");
        pass(Duration.ofMinutes(9));
        assertThat(only().getState()).isEqualTo(CallState.ANSWERED);
        pass(Duration.ofSeconds(62));
        var ended = only();
        assertThat(ended.getState()).isEqualTo(CallState.ENDED);
        assertThat(ended.getEndAtUs()).isZero();
    }

    @Test
    void importOfAnOldCaptureClosesItsCallsSoonAfterItWasRead() {
        for (var packet : Captures.packets("registrations-challenges-cancel.pcap")) {
            way.packet(packet);
        }
        for (var packet : Script.packets("old", "0 a INVITE 1 \n 9 a 200/INVITE 1")) {
            way.packet(packet);
        }
        assertThat(way.metric("rhapsode.stream.calls.closed.early")).isZero();
        pass(Duration.ofSeconds(40));
        assertThat(open("105090259-")).as("cancelled in 2005").isZero();
        assertThat(open("old")).as("answered in " + Script.BEGIN).isOne();
        way.calls();
        var script = Script.packets("late", "0 a INVITE 1 \n 9 a 200/INVITE 1").stream()
                .map(packet -> packet.toBuilder()
                        .setCapturedAtUs(1_120_000_000_000_000L)
                        .build())
                .toList();
        script.forEach(way::packet);
        pass(Duration.ofSeconds(301));
        assertThat(open("late")).as("answered in 2005, silent since").isZero();
        assertThat(way.calls())
                .filteredOn(call -> call.getCallId().equals("late"))
                .last()
                .extracting(Call::getState)
                .isEqualTo(CallState.ENDED);
    }

    @Test
    void keepAlivesOfOneCallIdForEverHaveRecordsOfFiveMinutes() {
        for (int i = 0; i < 60; i++) {
            send("ping", "0 a OPTIONS " + i + " \n 9 a 200/OPTIONS " + i);
            pass(Duration.ofSeconds(20));
        }
        pass(Duration.ofSeconds(40));
        var calls = way.calls();
        assertThat(calls.stream().map(Call::getOpenedAtUs).distinct()).hasSize(4);
        assertThat(
                        calls.stream()
                                .collect(Collectors.toMap(Call::getOpenedAtUs, Call::getMessages, Math::max))
                                .values()
                                .stream()
                                .mapToInt(Integer::intValue)
                                .sum())
                .as("every message is in one record")
                .isEqualTo(120);
        assertThat(open("ping")).isZero();
    }

    @Test
    void moreOpenCallsThanAllowedCloseTheNextToCloseAndAreCounted() {
        way.close();
        way = new TestWay(folder, Map.of("RHAPSODE_OPEN_CALLS", "100"));
        for (int i = 0; i < 150; i++) {
            send("flood-" + i, "0 a INVITE 1");
        }
        send("busy", "0 a INVITE 1 \n 9 a 486/INVITE 1");
        send("one-more", "0 a INVITE 1");
        assertThat(open("")).isEqualTo(100);
        assertThat(open("busy")).as("it was over and would have closed first").isZero();
        assertThat(way.metric("rhapsode.stream.calls.closed.early")).isEqualTo(52);
        pass(Duration.ofSeconds(2));
        assertThat(way.calls().stream().map(Call::getCallId).distinct())
                .as("none without a record")
                .hasSize(152);
    }

    @Test
    void clockOfAGatewayThatIsYearsAheadOrBehindClosesNothing() {
        send("c1", "0 a INVITE 1");
        for (var received : List.of(Instant.parse("2100-01-01T00:00:00Z"), Instant.EPOCH.plusSeconds(1))) {
            sendReceivedAt(received, "c2", "0 a INVITE 1");
            pass(Duration.ofSeconds(5));
        }
        assertThat(open("")).isEqualTo(2);
    }

    @Test
    void restartGoesOnWithWhatWasOpen() {
        var context = new MockProcessorContext<Bytes, Followed>();
        KeyValueStore<Bytes, OpenCall> store = store(context, CallProcessor.STORE, OpenCall.parser());
        store(context, LegProcessor.STORE, Legs.parser());
        context.setCurrentSystemTimeMs(TestWay.BEGIN.toEpochMilli());
        var open =
                CallAggregator.add(null, Script.messages("0 a INVITE 1").get(0), TestWay.BEGIN.toEpochMilli() * 1_000);
        store.put(
                key("published"),
                open.toBuilder().setPublishedRevision(open.getRevision()).build());
        store.put(key("unsaid"), open);
        new CallProcessor(
                        new CallLimits(1_000_000_000L),
                        100,
                        new KpiDimensions(List.of("site")),
                        0,
                        new StreamMetrics(way.registry))
                .init(context);
        var tick = context.scheduledPunctuators().get(0).getPunctuator();
        tick.punctuate(0);
        assertThat(forwardedCalls(context)).extracting(Call::getCallId).containsExactly("unsaid");
        context.resetForwards();
        for (int second = 1; second <= 302; second++) {
            context.setCurrentSystemTimeMs(TestWay.BEGIN.toEpochMilli() + second * 1_000);
            tick.punctuate(0);
        }
        assertThat(forwardedCalls(context))
                .extracting(Call::getState)
                .containsExactly(CallState.FAILED, CallState.FAILED);
    }

    private static List<Call> forwardedCalls(MockProcessorContext<Bytes, Followed> context) {
        return context.forwarded().stream()
                .flatMap(forward -> forward.record().value().calls().stream())
                .toList();
    }

    static <T extends MessageLite> KeyValueStore<Bytes, T> store(
            MockProcessorContext<?, ?> context, String name, Parser<T> parser) {
        KeyValueStore<Bytes, T> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), ProtoSerde.of(parser))
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return store;
    }

    private static Bytes key(String callId) {
        return Bytes.wrap(callId.getBytes(UTF_8));
    }
}
