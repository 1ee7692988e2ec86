/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.schema.IngestStats;
import io.rhapsode.schema.StageCount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class AccountTest {

    private static final long MINUTE = 60_000_000L;
    private static final long NOW = Packets.AT / MINUTE * MINUTE;

    private final FakeKafka kafka = new FakeKafka(true, 0);
    private final Account account = new Account(10, count -> {});

    private NodeMinute receiveAndSend(String node, long at) {
        NodeMinute minute = account.of(node, at);
        minute.received(100);
        minute.onCompletion(null, null);
        return minute;
    }

    @Test
    void nodesOverTheBoundAreCountedTogether() {
        for (int i = 0; i < 25; i++) {
            receiveAndSend("node-" + i, NOW);
        }
        receiveAndSend("node-3", NOW);
        account.publish(kafka.sink, 1_000, NOW);

        assertThat(kafka.counts())
                .containsEntry("node-3 received", 2L)
                .containsEntry("node-9 bytes", 100L)
                .containsEntry("other received", 15L)
                .doesNotContainKey("node-10 received");
        assertThat(account.total().received.value()).isEqualTo(26);
    }

    @Test
    void sendersOfRubbishCannotTakeTheRoomOfNodesWithAName() {
        for (int i = 0; i < 1_000; i++) {
            account.ofStranger("10.0.0." + i, NOW).received(1);
        }
        receiveAndSend("edge-1", NOW);

        assertThat(account.of("edge-1", NOW).node).isEqualTo("edge-1");
        assertThat(account.size()).isEqualTo(3);
    }

    @Test
    void memoryIsBoundedWhileKafkaIsAwayForDays() {
        for (long minute = 0; minute < 50_000; minute++) {
            receiveAndSend("node-" + minute, NOW + minute * MINUTE);
        }

        assertThat(account.size()).isLessThanOrEqualTo(10 * 4 + 10_000);
        assertThat(account.total().received.value()).isEqualTo(50_000);
    }

    @Test
    void onlyWhatChangedIsToldAndAsTheWholeCount() {
        receiveAndSend("n", NOW);
        assertThat(account.publish(kafka.sink, 1_000, NOW)).isEqualTo(3);
        assertThat(account.publish(kafka.sink, 1_000, NOW)).isZero();

        receiveAndSend("n", NOW);
        assertThat(account.publish(kafka.sink, 1_000, NOW)).isEqualTo(3);
        assertThat(kafka.counts()).containsEntry("n received", 2L).containsEntry("n bytes", 200L);
    }

    @Test
    void aRoundThatIsTooLongGoesOnInTheNextSecond() {
        for (int i = 0; i < 8; i++) {
            receiveAndSend("node-" + i, NOW);
        }

        assertThat(account.publish(kafka.sink, 10, NOW)).isBetween(10, 12);
        account.publish(kafka.sink, 10, NOW);
        assertThat(kafka.counts()).hasSize(24);
    }

    @Test
    void aCountThatDidNotArriveIsToldAgain() {
        receiveAndSend("n", NOW);
        kafka.reports.sendException = new KafkaException("away");
        account.publish(kafka.sink, 1_000, NOW);
        assertThat(kafka.counts()).isEmpty();

        kafka.reports.sendException = null;
        account.publish(kafka.sink, 1_000, NOW);
        assertThat(kafka.counts()).containsEntry("n received", 1L);
    }

    @Test
    void aMinuteIsClosedWhenItIsOverAndSettledAndTold() {
        NodeMinute minute = receiveAndSend("n", NOW);
        minute.received(100);

        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);
        assertThat(account.size()).as("one is in flight").isEqualTo(1);

        minute.onCompletion(null, null);
        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);
        assertThat(account.size()).isZero();
        assertThat(kafka.counts()).containsEntry("n sent", 2L);
    }

    @Test
    void aPacketOnTheDiskIsToldByWhoeverTakesItFromThere() {
        NodeMinute minute = account.of("n", NOW);
        minute.spooled(100);
        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);
        assertThat(kafka.counts()).as("its minute need not wait for it").isEmpty();
        assertThat(account.size()).isZero();
        assertThat(account.total().inFlight()).isEqualTo(1);

        Account later = account.another("#1");
        NodeMinute own = later.of("n", NOW);
        own.unspooled(100);
        own.onCompletion(null, null);
        later.publish(kafka.sink, 1_000, NOW);

        assertThat(own.minute).isEqualTo(NOW / 1_000_000);
        assertThat(kafka.counts())
                .containsEntry("n received", 1L)
                .containsEntry("n bytes", 100L)
                .containsEntry("n spooled", 1L)
                .containsEntry("n sent", 1L);
        assertThat(account.total().inFlight()).isZero();
        assertThat(account.total().received.value()).isEqualTo(1);
        assertThat(kafka.countRecords())
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .allMatch(key -> key.startsWith("ingest-gateway/test@1#1/"));
    }

    @Test
    void countsThatKafkaHasNotConfirmedCanBeKept() {
        receiveAndSend("n", NOW);
        account.publish(kafka.sink, 1_000, NOW);
        receiveAndSend("n", NOW);

        var kept = new ArrayList<String>();
        account.unconfirmed((of, count, value) -> kept.add(of.node + " " + count.outcome + " " + value));
        assertThat(kept).containsExactlyInAnyOrder("n received 2", "n bytes 200", "n sent 2");
    }

    @Test
    void aClockThatGoesBackDoesNotBeginAClosedMinuteAgain() {
        receiveAndSend("n", NOW);
        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);

        NodeMinute later = receiveAndSend("n", NOW - 5 * MINUTE);

        assertThat(later.minute).isEqualTo((NOW + MINUTE) / 1_000_000);
    }

    @Test
    void aMinuteIsToldAsAWholeWithSiteAndClockAndAgainWhenItChanges() {
        NodeMinute minute = account.of("sbc-1", "dus", NOW);
        minute.received(100);
        minute.captured(NOW - 3_000, NOW);
        minute.captured(NOW - 2_000, NOW);
        minute.captured(NOW - 90_000_000_000L, NOW);
        minute.captured(0, NOW);
        account.publish(kafka.sink, 1_000, NOW);
        minute.received(50);
        minute.rejected("hep-no-payload");
        minute.onCompletion(null, null);
        account.publish(kafka.sink, 1_000, NOW);
        account.publish(kafka.sink, 1_000, NOW);

        assertThat(kafka.stats()).hasSize(2);
        assertThat(kafka.stats().get(1))
                .isEqualTo(IngestStats.newBuilder()
                        .setSite("dus")
                        .setAgent("sbc-1")
                        .setMinuteS(NOW / 1_000_000)
                        .setInstance("test@1")
                        .setReceived(2)
                        .setBytes(150)
                        .setDecoded(1)
                        .setSent(1)
                        .putRefused("hep-no-payload", 1)
                        .setClockOffsetUs(2_000)
                        .setSmoothedClockOffsetUs(2_000)
                        .build());
    }

    @Test
    void aMinuteThatDidNotArriveAsAWholeIsToldAgainAndNotClosed() {
        receiveAndSend("n", NOW);
        kafka.reports.sendException = new KafkaException("away");
        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);
        assertThat(kafka.stats()).isEmpty();
        assertThat(account.size()).isEqualTo(1);

        kafka.reports.sendException = null;
        account.publish(kafka.sink, 1_000, NOW + 10 * MINUTE);
        assertThat(kafka.stats()).hasSize(1);
        assertThat(account.size()).isZero();
    }

    @Test
    void clockThatJumpsIsFollowedOverMinutes() {
        var totals = new ArrayList<NodeTotals>();
        var metered = new Account(10, count -> {}, totals::add);
        for (int i = 0; i < 12; i++) {
            long at = NOW + i * MINUTE;
            metered.of("n", at).captured(at - (i < 2 ? 1_000 : 9_000), at);
            metered.of("n", at).received(1);
            metered.publish(kafka.sink, 100, at);
            if (i == 1) {
                assertThat(totals.get(0).clockOffset()).hasValue(1_000);
            }
        }
        assertThat(totals).hasSize(1);
        assertThat(totals.get(0).clockOffset().orElseThrow()).isBetween(8_000L, 9_000L);
        assertThat(totals.get(0).count("received")).isEqualTo(12);
        assertThat(totals.get(0).count("bytes")).isEqualTo(12);
    }

    @Test
    void senderOfRubbishHasNoFiguresOfItsOwn() {
        var totals = new ArrayList<NodeTotals>();
        var metered = new Account(10, count -> {}, totals::add);
        metered.ofStranger("192.0.2.1", NOW).received(1);
        metered.of("n", NOW).received(1);
        assertThat(totals).extracting(node -> node.node).containsExactly("n");
    }

    @Test
    void countsHaveAKeyOfTheirOwnAndSayWhoCountedWhat() throws Exception {
        account.of("n", NOW).dropped(7);
        account.publish(kafka.sink, 1_000, NOW);

        var record = kafka.countRecords().get(0);
        var count = StageCount.parseFrom(record.value());
        assertThat(new String(record.key(), StandardCharsets.UTF_8))
                .isEqualTo("ingest-gateway/test@1/n/" + NOW / 1_000_000 + "/dropped/socket-buffer-full");
        assertThat(count.getStage()).isEqualTo("ingest-gateway");
        assertThat(count.getInstance()).isEqualTo("test@1");
        assertThat(count.getMinuteS()).isEqualTo(NOW / 1_000_000);
        assertThat(count.getOutcome()).isEqualTo("dropped");
        assertThat(count.getReason()).isEqualTo("socket-buffer-full");
        assertThat(count.getCount()).isEqualTo(7);
    }
}
