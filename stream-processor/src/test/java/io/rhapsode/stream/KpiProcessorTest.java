/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.state.Amounts;
import io.rhapsode.stream.state.Changes;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Share;
import io.rhapsode.stream.state.Sum;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From messages to key figures, through the whole topology. */
class KpiProcessorTest {

    private static final long MINUTE = TestWay.BEGIN.getEpochSecond();

    @TempDir
    Path folder;

    private TestWay way;

    /** What a consumer has that keeps the newest record of each key. */
    private final Map<String, Kpi> newest = new TreeMap<>();

    private void open(String... settings) {
        var map = new TreeMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        way = new TestWay(folder, map);
    }

    @AfterEach
    void close() {
        if (way != null) {
            way.close();
        }
    }

    /** Captured so many milliseconds after the test's begin as the script says, received now. */
    private List<RawPacket> packets(String callId, String script) {
        return Script.packets(callId, script).stream()
                .map(packet -> packet.toBuilder()
                        .setCapturedAtUs(packet.getCapturedAtUs() + MINUTE * 1_000_000 - Script.BEGIN)
                        .build())
                .toList();
    }

    private void send(String callId, String script) {
        packets(callId, script).forEach(way::packet);
    }

    private List<Kpi> pass(Duration time) {
        var published = new ArrayList<Kpi>();
        for (long left = time.toMillis(); left > 0; left -= 500) {
            way.pass(Duration.ofMillis(Math.min(left, 500)));
        }
        for (TestRecord<String, Kpi> record : way.kpis()) {
            var kpi = record.value();
            assertThat(record.key()).isEqualTo(KpiFigures.key(kpi));
            var before = newest.put(record.key(), kpi);
            assertThat(kpi.getRevision()).isGreaterThan(before == null ? 0 : before.getRevision());
            published.add(kpi);
        }
        return published;
    }

    private Kpi all(long minute) {
        return newest.get("all//" + minute + "/0");
    }

    @Test
    void aCallIsInItsMinuteWithinThreeSecondsForItsSiteAndForAll() {
        open();
        send("c1", "0 a INVITE 1 site=dus \n 20 a 486/INVITE 1 site=dus");
        pass(Duration.ofSeconds(3));
        assertThat(newest.keySet()).containsExactly("all//" + MINUTE + "/0", "site/dus/" + MINUTE + "/0");
        var kpi = newest.get("site/dus/" + MINUTE + "/0");
        assertThat(kpi.toBuilder().clearRevision().build())
                .isEqualTo(Kpi.newBuilder()
                        .setDimension("site")
                        .setValue("dus")
                        .setMinuteS(MINUTE)
                        .setAttempts(1)
                        .setEffective(1)
                        .setDelivered(1)
                        .setMessages(2)
                        .putFinalCodes(486, 1)
                        .setSerPercent(0)
                        .setSeerPercent(100)
                        .setIsaPercent(0)
                        .setAsrPercent(0)
                        .setNerPercent(100)
                        .setRetransmissionPercent(0)
                        .build());
    }

    @Test
    void aCallThatEndsAnHourLaterRevisesTheMinuteItBeganIn() {
        open();
        send("c1", "0 a INVITE 1 \n 20 a 200/INVITE 1");
        pass(Duration.ofSeconds(3));
        assertThat(all(MINUTE).hasAcdMs()).isFalse();
        way.pass(Duration.ofHours(1));
        send("c1", "3600020 a BYE 2 dialog");
        pass(Duration.ofSeconds(13));
        assertThat(all(MINUTE).getAcdMs()).isEqualTo(3_600_000);
        assertThat(all(MINUTE).getAttempts()).isOne();
        assertThat(newest.keySet()).as("no other minute").hasSize(2);
    }

    @Test
    void anEarlierMessageThatArrivesLaterMovesTheCallToItsMinute() {
        open();
        send("c1", "60500 a 180/INVITE 1");
        pass(Duration.ofSeconds(3));
        assertThat(all(MINUTE + 60).getAttempts()).isOne();
        send("c1", "59900 a INVITE 1");
        pass(Duration.ofSeconds(3));
        assertThat(all(MINUTE).getAttempts()).isOne();
        assertThat(all(MINUTE).getPddMs()).isEqualTo(600);
        assertThat(all(MINUTE + 60).getAttempts()).isZero();
        assertThat(all(MINUTE + 60).getMessages()).isZero();
    }

    @Test
    void minutesAreWrittenOnceASecondAndOldOnesOnceInTen() {
        open();
        for (int i = 0; i < 40; i++) {
            send("new" + i, "0 a INVITE 1 \n 9 a 486/INVITE 1");
            send("old" + i, "-600000 a INVITE 1 \n -599000 a 486/INVITE 1");
            way.pass(Duration.ofMillis(500));
        }
        pass(Duration.ofSeconds(12));
        assertThat(all(MINUTE).getAttempts()).isEqualTo(40);
        assertThat(all(MINUTE - 600).getAttempts()).isEqualTo(40);
        assertThat(way.metric("rhapsode.stream.kpis.published"))
                .as("of two dimensions each")
                .isBetween(2.0 * (15 + 2), 2.0 * (22 + 4));
        assertThat(pass(Duration.ofMinutes(2)))
                .as("nothing more is written of what does not change")
                .isEmpty();
    }

    @Test
    void dimensionsAsConfigured() {
        open("RHAPSODE_KPI_KEYS", "trunk-from,trunk-to,prefix:3");
        send("c1", "0 a INVITE 1 user=+4922112345 \n 20 a 486/INVITE 1");
        pass(Duration.ofSeconds(3));
        assertThat(newest.values())
                .extracting(kpi -> kpi.getDimension() + "=" + kpi.getValue())
                .containsExactlyInAnyOrder("all=", "trunk-from=10.0.0.1", "trunk-to=10.0.0.2", "prefix:3=492");
    }

    /** Each kind of call has its own outcome; what they are together is counted while they are made. */
    @Test
    void anyOrderOfArrivalGivesTheCountsOfTheCallsThatWereMade() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        open();
        var packets = new ArrayList<RawPacket>();
        var expected = new TreeMap<String, Kpi.Builder>();
        for (int i = 0; i < 300; i++) {
            int minute = random.nextInt(5);
            String site = "s" + random.nextInt(3);
            call(
                    "c" + i,
                    minute,
                    site,
                    random.nextInt(6),
                    packets,
                    List.of(
                            expected.computeIfAbsent("all//" + minute, ignored -> Kpi.newBuilder()),
                            expected.computeIfAbsent("site/" + site + "/" + minute, ignored -> Kpi.newBuilder())));
        }
        Collections.shuffle(packets, random);
        for (int i = 0; i < packets.size(); i++) {
            way.packet(packets.get(i));
            if (i % 40 == 0) {
                pass(Duration.ofMillis(500));
            }
        }
        pass(Duration.ofMinutes(6));
        assertThat(newest).hasSameSizeAs(expected);
        expected.forEach((name, kpi) -> {
            int slash = name.lastIndexOf('/');
            long minute = MINUTE + 60 * Long.parseLong(name.substring(slash + 1));
            KpiFigures.derive(kpi);
            var found = newest.get(name.substring(0, slash) + "/" + minute + "/0").toBuilder();
            assertThat(found.clearDimension()
                            .clearValue()
                            .clearMinuteS()
                            .clearRevision()
                            .build())
                    .as("seed %d, %s", seed, name)
                    .isEqualTo(kpi.build());
        });
    }

    private void call(String id, int minute, String site, int kind, List<RawPacket> packets, List<Kpi.Builder> sums) {
        long at = minute * 60_000L + 1_000;
        String invite = at + " a INVITE 1 site=" + site;
        String rings = "\n" + (at + 25) + " a 180/INVITE 1 site=" + site;
        String script =
                switch (kind) {
                    case 0 ->
                        invite + rings + "\n" + (at + 100) + " a 200/INVITE 1 site=" + site + "\n" + (at + 2_100)
                                + " a BYE 2 dialog site=" + site;
                    case 1 -> invite + rings + "\n" + (at + 100) + " a 486/INVITE 1 site=" + site;
                    case 2 -> invite + "\n" + (at + 100) + " a 503/INVITE 1 site=" + site;
                    case 3 -> invite;
                    case 4 -> at + " a REGISTER 1 site=" + site + "\n" + (at + 11) + " a 200/REGISTER 1 site=" + site;
                    default -> at + " a OPTIONS 1 site=" + site;
                };
        packets.addAll(packets(id, script));
        for (var sum : sums) {
            sum.setMessages(sum.getMessages() + script.lines().count());
            if (kind < 4) {
                sum.setAttempts(sum.getAttempts() + 1);
            }
            if (kind < 2) {
                sum.setPddMs(sum.getPddMs() + 25).putPddHistogram(25, sum.getPddHistogramOrDefault(25, 0) + 1);
                sum.setEffective(sum.getEffective() + 1).setDelivered(sum.getDelivered() + 1);
            }
            int code = List.of(200, 486, 503, 0, 0, 0).get(kind);
            if (code != 0) {
                sum.putFinalCodes(code, sum.getFinalCodesOrDefault(code, 0) + 1);
            }
            switch (kind) {
                case 0 ->
                    sum.setAnswered(sum.getAnswered() + 1)
                            .setDurations(sum.getDurations() + 1)
                            .setDurationMs(sum.getDurationMs() + 2_000);
                case 2 -> sum.setIneffective(sum.getIneffective() + 1);
                case 3 -> sum.setUnanswered(sum.getUnanswered() + 1);
                case 4 ->
                    sum.setRegistrations(sum.getRegistrations() + 1)
                            .setRegistrationsSucceeded(sum.getRegistrationsSucceeded() + 1)
                            .setRegistrationDelays(sum.getRegistrationDelays() + 1)
                            .setRegistrationDelayMs(sum.getRegistrationDelayMs() + 11)
                            .putRegistrationCodes(200, sum.getRegistrationCodesOrDefault(200, 0) + 1);
                case 5 -> sum.setOthers(sum.getOthers() + 1);
                default -> {}
            }
        }
    }

    @Test
    void whatIsRevisedOverADayLaterIsAPartOfItsOwnThatAddsUp() {
        open("RHAPSODE_CALL_IDLE_S", "604800");
        send("c1", "0 a INVITE 1 \n 20 a 180/INVITE 1");
        pass(Duration.ofSeconds(3));
        send("c1", "4000 a 200/INVITE 1");
        pass(Duration.ofSeconds(3));
        way.pass(Duration.ofHours(26));
        pass(Duration.ofSeconds(12));
        try (var sums =
                way.driver.<Bytes, Sum>getKeyValueStore(KpiProcessor.STORE).all()) {
            assertThat(sums.hasNext()).as("anything that is not forgotten").isFalse();
        }
        send("c1", "93600000 a BYE 2 dialog");
        pass(Duration.ofSeconds(13));
        long hour = MINUTE + 26 * 3_600;
        var late = newest.get("all//" + MINUTE + "/" + hour);
        assertThat(late.getDurations()).isOne();
        assertThat(late.getAttempts()).isZero();
        var sum = all(MINUTE).toBuilder();
        KpiFigures.add(sum, late);
        KpiFigures.derive(sum);
        assertThat(sum.getAcdMs()).isEqualTo(93_600_000 - 4_000);
        assertThat(sum.getMessages()).isEqualTo(4);
        assertThat(sum.getAttempts()).isOne();
    }

    @Test
    void anOldCaptureIsCountedByItsOwnMinutes() {
        open();
        Script.packets("old", "0 a INVITE 1 \n 9 a 486/INVITE 1").forEach(way::packet);
        pass(Duration.ofSeconds(13));
        long minute = Script.BEGIN / 60_000_000 * 60;
        assertThat(newest.keySet()).containsExactly("all//" + minute + "/" + MINUTE, "site//" + minute + "/" + MINUTE);
        assertThat(newest.get("all//" + minute + "/" + MINUTE).getAttempts()).isOne();
    }

    @Test
    void moreValuesThanAMinuteMayHaveAreCountedTogether() {
        open();
        for (int i = 0; i < KpiProcessor.MOST_VALUES + 5; i++) {
            send("c" + i, "0 a INVITE 1 site=s" + i);
        }
        pass(Duration.ofSeconds(3));
        assertThat(all(MINUTE).getAttempts()).as("does not wait for others").isEqualTo(KpiProcessor.MOST_VALUES + 5);
        assertThat(newest).as("a hundred values a second").hasSizeBetween(100, 302);
        pass(Duration.ofSeconds(12));
        assertThat(newest).hasSize(1 + KpiProcessor.MOST_VALUES + 1);
        assertThat(newest.get("site/(other)/" + MINUTE + "/0").getAttempts()).isEqualTo(5);
        assertThat(way.metric("rhapsode.stream.kpis.of.others")).isEqualTo(5);
        for (int i = 0; i < KpiProcessor.MOST_VALUES + 5; i++) {
            send("c" + i, "9 a 486/INVITE 1 site=s" + i);
        }
        pass(Duration.ofSeconds(15));
        assertThat(newest.get("site/(other)/" + MINUTE + "/0").getPending()).isZero();
        assertThat(newest.get("site/(other)/" + MINUTE + "/0").getFinalCodesMap())
                .containsEntry(486, 5L);
    }

    // What one driver, which has one partition and no restarts, cannot show.

    private static Share share(long attempts, long minute) {
        return Share.newBuilder()
                .setMinuteS(minute)
                .addPlace("all/")
                .addPlace("site/dus")
                .setAmounts(Amounts.newBuilder().addSlot(0).addAmount(attempts))
                .build();
    }

    private static MockProcessorContext<Bytes, Kpi> context() {
        var context = new MockProcessorContext<Bytes, Kpi>();
        CallProcessorTest.store(context, KpiProcessor.STORE, Sum.parser());
        context.setCurrentSystemTimeMs(MINUTE * 1_000 + 30_000);
        return context;
    }

    private static void count(KpiProcessor processor, KpiChanges changes) {
        changes.takeOut((key, value) -> processor.process(new Record<Bytes, Changes>(key, value, 0)));
    }

    private static Map<String, Long> attempts(MockProcessorContext<Bytes, Kpi> context) {
        var attempts = new TreeMap<String, Long>();
        context.forwarded()
                .forEach(forward -> attempts.put(
                        new String(forward.record().key().get(), UTF_8),
                        forward.record().value().getAttempts()));
        context.resetForwards();
        return attempts;
    }

    @Test
    void changesOfAllPartitionsAddUpAndARestartGoesOnWithThem() {
        open();
        var context = context();
        var processor = new KpiProcessor(new StreamMetrics(way.registry));
        processor.init(context);
        var partition0 = new KpiChanges();
        var partition1 = new KpiChanges();
        partition0.replace(Share.getDefaultInstance(), share(2, MINUTE));
        partition1.replace(Share.getDefaultInstance(), share(3, MINUTE));
        count(processor, partition0);
        count(processor, partition1);
        count(processor, partition1);
        context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
        assertThat(attempts(context)).isEqualTo(Map.of("all//" + MINUTE + "/0", 5L, "site/dus/" + MINUTE + "/0", 5L));

        partition1.replace(share(3, MINUTE), share(1, MINUTE));
        count(processor, partition1);
        var restarted = new KpiProcessor(new StreamMetrics(way.registry));
        restarted.init(context);
        var punctuator = context.scheduledPunctuators().get(1).getPunctuator();
        for (int i = 0; i < 10; i++) {
            punctuator.punctuate(0);
        }
        assertThat(attempts(context))
                .as("what was not said before")
                .isEqualTo(Map.of("all//" + MINUTE + "/0", 3L, "site/dus/" + MINUTE + "/0", 3L));
    }

    @Test
    void aRestartInTheMiddleOfACallCountsOnlyWhatIsNew() {
        open();
        var context = new MockProcessorContext<Bytes, Followed>();
        CallProcessorTest.store(context, CallProcessor.STORE, OpenCall.parser());
        CallProcessorTest.store(context, LegProcessor.STORE, Legs.parser());
        context.setCurrentSystemTimeMs(Script.BEGIN / 1_000);
        var messages = Script.messages("0 a INVITE 1 \n 9 a 486/INVITE 1");
        Bytes key = Bytes.wrap("c1".getBytes(UTF_8));
        for (int i = 0; i < 2; i++) {
            var processor = new CallProcessor(
                    new CallLimits(1_000_000_000L),
                    100,
                    new KpiDimensions(List.of()),
                    0,
                    new StreamMetrics(way.registry));
            processor.init(context);
            processor.process(new Record<>(key, messages.get(i), 0));
            context.setCurrentSystemTimeMs(Script.BEGIN / 1_000 + 2_000);
            context.scheduledPunctuators().get(i).getPunctuator().punctuate(0);
        }
        var changes = context.forwarded().stream()
                .flatMap(forward -> forward.record().value().changes().stream())
                .toList();
        assertThat(changes).hasSize(2);
        var second = Kpi.newBuilder();
        new KpiCounts().add(changes.get(1).getChange(0).getAmounts()).addTo(second);
        assertThat(second.build())
                .isEqualTo(Kpi.newBuilder()
                        .setPending(-1)
                        .setEffective(1)
                        .setDelivered(1)
                        .setMessages(1)
                        .putFinalCodes(486, 1)
                        .build());
    }
}
