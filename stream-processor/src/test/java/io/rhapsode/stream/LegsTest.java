/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Link;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Topic;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which calls are joined, by what, and what their records say of it. */
class LegsTest {

    private static final String UUID = "ab30317f1a784dc48ff824d0d3715d86";
    private static final String OTHER_UUID = "47755a9de7794ba387653f2099600ef2";

    @TempDir
    Path folder;

    private TestWay way;
    private final Map<String, Call> records = new TreeMap<>();

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

    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 500) {
            way.pass(Duration.ofMillis(Math.min(left, 500)));
        }
        way.calls().forEach(call -> records.put(call.getCallId(), call));
    }

    private Call call(String callId) {
        return records.get(callId);
    }

    private void assertLinked(String one, String other, LinkRule rule) {
        assertThat(call(one).getLinksList()).extracting(Link::getCallId).contains(other);
        for (Link link : call(one).getLinksList()) {
            if (link.getCallId().equals(other)) {
                assertThat(link.getRule()).isEqualTo(rule);
                assertThat(link.getConfidence()).isCloseTo(LinkRules.confidence(rule), within(1e-9));
                assertThat(link.getAsserted()).isEqualTo(rule != LinkRule.NUMBERS);
            }
        }
    }

    private void assertOneSession(LinkRule rule, String first, String second) {
        assertLinked(first, second, rule);
        assertLinked(second, first, rule);
        assertThat(call(first).getSession()).isEqualTo(first);
        assertThat(call(second).getSession()).isEqualTo(first);
    }

    private void assertApart(String... callIds) {
        for (String callId : callIds) {
            assertThat(call(callId).getLinksList()).as(callId).isEmpty();
            assertThat(call(callId).getSession()).as(callId).isEmpty();
        }
    }

    @Test
    void headerNamesTheOtherCall() {
        send("leg-1", "0 a INVITE 1");
        send("leg-2", "20 b INVITE 1 x-cid=leg-1");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.HEADER, "leg-1", "leg-2");
    }

    /** The agent at the first leg is late. */
    @Test
    void headerNamesACallThatIsNotThereYet() {
        send("leg-2", "20 b INVITE 1 x-cid=leg-1");
        pass(Duration.ofSeconds(5));
        assertApart("leg-2");
        long shift = way.wall().toEpochMilli() * 1_000 - Script.BEGIN - 6_000_000;
        for (RawPacket packet : Script.packets("leg-1", "0 a INVITE 1")) {
            way.packet(packet.toBuilder()
                    .setCapturedAtUs(packet.getCapturedAtUs() + shift)
                    .build());
        }
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.HEADER, "leg-1", "leg-2");
    }

    @Test
    void headerWithTheSameValueInBoth() {
        send("leg-1", "0 a INVITE 1 x-cid=order-4711");
        send("leg-2", "20 b INVITE 1 x-cid=order-4711");
        send("other", "20 b INVITE 1 x-cid=order-4712");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.HEADER, "leg-1", "leg-2");
        assertApart("other");
    }

    @Test
    void sessionIdInCommonAndTheNullUuidIsNone() {
        String nobody = ";remote=" + "0".repeat(32);
        send("leg-1", "0 a INVITE 1 session-id=" + UUID + nobody);
        send("leg-2", "20 b INVITE 1 session-id=" + UUID.toUpperCase(java.util.Locale.ROOT) + nobody);
        send("other", "20 b INVITE 1 session-id=" + OTHER_UUID + nobody);
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.SESSION_ID, "leg-1", "leg-2");
        assertApart("other");
    }

    @Test
    void chargingIdInCommon() {
        send("leg-1", "0 a INVITE 1 icid=icid-value=abc-123;icid-generated-at=192.0.2.1");
        send("leg-2", "20 b INVITE 1 icid=icid-value=abc-123");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.ICID, "leg-1", "leg-2");
    }

    @Test
    void replacedCallIsFoundHoweverLongItLasts() {
        send("first", "0 a INVITE 1 \n 9 a 200/INVITE 1");
        pass(Duration.ofHours(2));
        send("pickup", "0 a INVITE 1 replaces=first;to-tag=callee;from-tag=caller");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.REPLACES, "first", "pickup");
    }

    /** RFC 5589 section 7: Alice has calls with Bob and Carol, and hands Bob on to Carol. */
    @Test
    void attendedTransferJoinsAllThreeCalls() {
        send("with-bob", "0 a INVITE 1 \n 9 a 200/INVITE 1");
        send("with-carol", "5 a INVITE 1 \n 9 a 200/INVITE 1");
        pass(Duration.ofSeconds(20));
        send(
                "with-bob",
                "0 a REFER 2 dialog refer-to=<sip:carol@example.com?Replaces=with-carol%3Bto-tag%3Dx%3Bfrom-tag%3Dy>");
        send("result", "100 b INVITE 1 caller=bob user=carol replaces=with-carol;to-tag=x;from-tag=y");
        pass(Duration.ofSeconds(5));
        assertLinked("with-bob", "with-carol", LinkRule.REFER);
        assertLinked("result", "with-carol", LinkRule.REPLACES);
        assertThat(records.values()).extracting(Call::getSession).containsOnly("with-bob");
    }

    /** RFC 5589 section 6: Referred-By in the INVITE says who referred. */
    @Test
    void blindTransferIsJoinedByWhoRefersToWhom() {
        send("call", "0 a INVITE 1 \n 9 a 200/INVITE 1");
        pass(Duration.ofSeconds(20));
        send("call", "0 a REFER 2 dialog refer-to=<sip:carol@example.com>");
        send("result", "100 b INVITE 1 caller=bob user=carol referred-by=<sip:alice@example.com>");
        send("later", "11000 b INVITE 1 caller=bob user=carol referred-by=<sip:alice@example.com>");
        send("other", "100 b INVITE 1 caller=bob user=dave referred-by=<sip:alice@example.com>");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.TRANSFER, "call", "result");
        assertApart("later", "other");
    }

    @Test
    void numbersAndTheHostWhereOneLegEndsAndTheOtherBegins() {
        send(
                "leg-1",
                "0 a INVITE 1 caller=+493012345678 user=00492215556667 src=1 dst=5 \n 9 b INVITE 1 caller=+493012345678"
                        + " user=00492215556667 src=5 dst=7");
        send("leg-2", "200 a INVITE 1 caller=03012345678 user=+492215556667 src=7 dst=9");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "leg-1", "leg-2");
    }

    @Test
    void numbersAndTheSameMedia() {
        send("leg-1", "0 a INVITE 1 caller=100 user=200 src=1 dst=5 sdp=8 port=4000");
        send("leg-2", "200 a INVITE 1 caller=100 user=200 src=6 dst=9 sdp=8 port=4000");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.NUMBERS_AND_MEDIA, "leg-1", "leg-2");
    }

    /** Busy, and dialled again at once: the phone offers the port that has become free. */
    @Test
    void redialledIsNoLegOfTheCallBefore() {
        String way = " caller=100 user=200 src=1 dst=5 sdp=8 port=4000";
        send("busy", "0 a INVITE 1" + way);
        send("again", "3000 a INVITE 1" + way);
        pass(Duration.ofSeconds(5));
        assertLinked("busy", "again", LinkRule.NUMBERS);
        assertThat(records.values()).extracting(Call::getSession).containsOnly("");
    }

    @Test
    void numbersAreComparedWithoutTheirParameters() {
        send("leg-1", "0 a INVITE 1 caller=+493012345678 user=+492215556667;npdi;rn=+492210000 src=1 dst=5");
        send("leg-2", "200 a INVITE 1 caller=03012345678 user=+492215556667 src=5 dst=9");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "leg-1", "leg-2");
        assertThat(call("leg-1").getBNumber()).isEqualTo("+492215556667");
    }

    @Test
    void shortAndNationalFormsAreThoseOfTheInternationalOne() {
        send("local-1", "0 a INVITE 1 caller=5551234 user=+49897654321 src=1 dst=5");
        send("local-2", "200 a INVITE 1 caller=+49405551234 user=7654321 src=5 dst=9");
        send("national-1", "0 a INVITE 1 caller=030123456 user=00498976543 src=1 dst=5");
        send("national-2", "200 a INVITE 1 caller=+4930123456 user=+498976543 src=5 dst=9");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "local-1", "local-2");
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "national-1", "national-2");
        assertThat(way.metric("rhapsode.stream.legs.announced")).isEqualTo(4);
    }

    /** What an extension ends with, and a number in another area, are other numbers. */
    @Test
    void numbersThatOnlyEndLikeOthersAreApart() {
        send("hamburg", "0 a INVITE 1 caller=+49405551234 user=+49897654321 src=1 dst=5");
        send("munich", "200 a INVITE 1 caller=+49895551234 user=+49897654321 src=5 dst=9");
        send("extension", "200 a INVITE 1 caller=551234 user=654321 src=5 dst=9");
        send("other-extension", "200 a INVITE 1 caller=0551234 user=654321 src=9 dst=11");
        pass(Duration.ofSeconds(5));
        assertApart("hamburg", "munich", "extension", "other-extension");
    }

    @Test
    void numberRewrittenOnTheWayIsTheOneTheNextLegBeginsWith() {
        send("leg-1", "0 a INVITE 1 caller=100 user=8000 src=1 dst=5 \n 9 b INVITE 1 caller=100 user=200 src=5 dst=7");
        send("leg-2", "200 a INVITE 1 caller=100 user=200 src=7 dst=9");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "leg-1", "leg-2");
    }

    /** A B2BUA that knows its users by names and takes itself out of the media, as Asterisk does (direct media). */
    @Test
    void mediaOfTheOtherLegInAReinvite() {
        send("leg-1", "0 a INVITE 1 user=2302 src=1 dst=5 sdp=8 port=8000");
        send("leg-2", "9 a INVITE 1 user=phone src=5 dst=9 sdp=8 port=18010");
        pass(Duration.ofSeconds(7));
        assertApart("leg-1", "leg-2");
        send("leg-2", "9 a INVITE 2 dialog user=phone src=5 dst=9 sdp=8 port=8000");
        send("other", "0 a INVITE 1 user=2302 src=5 dst=7 sdp=8 port=8000");
        pass(Duration.ofSeconds(5));
        assertOneSession(LinkRule.MEDIA_AND_HOST, "leg-1", "leg-2");
        assertApart("other");
    }

    /** Behind two NATs the same private address is nothing in common. */
    @Test
    void mediaAloneJoinsNone() {
        send("one", "0 a INVITE 1 src=1 dst=5 sdp=8 port=8000");
        send("other", "9 a INVITE 1 src=2 dst=5 sdp=8 port=8000");
        pass(Duration.ofSeconds(5));
        assertApart("one", "other");
    }

    @Test
    void numbersAloneAreOfferedAndMakeNoSession() {
        send("one", "0 a INVITE 1 caller=100 user=200 src=1 dst=2");
        send("other", "4000 a INVITE 1 caller=100 user=200 src=3 dst=4");
        send("later", "9100 a INVITE 1 caller=100 user=200 src=3 dst=4");
        pass(Duration.ofSeconds(5));
        assertLinked("one", "other", LinkRule.NUMBERS);
        assertLinked("other", "one", LinkRule.NUMBERS);
        assertThat(records.values()).extracting(Call::getSession).containsOnly("");
        assertApart("later");
    }

    /** The same caller tries again through the same hosts: another call, no leg of the first. */
    @Test
    void secondAttemptIsNoLegOfTheFirst() {
        send("first", "0 a INVITE 1 caller=100 user=200 \n 9 a 503/INVITE 1");
        send("second", "500 a INVITE 1 caller=100 user=200");
        pass(Duration.ofSeconds(5));
        assertLinked("first", "second", LinkRule.NUMBERS);
    }

    @Test
    void firstCallOfAChainNamesTheSessionOfAll() {
        for (int leg = 8; leg >= 1; leg--) {
            send("leg-" + leg, leg * 10 + " a INVITE 1 x-cid=leg-" + (leg - 1));
        }
        pass(Duration.ofSeconds(20));
        assertThat(records).hasSize(8);
        assertThat(records.values()).extracting(Call::getSession).containsOnly("leg-1");
    }

    @Test
    void whatManyCallsHaveInCommonJoinsNone() {
        for (int i = 0; i < 300; i++) {
            send("call-" + i, "0 a INVITE 1 caller=100 user=200 src=1 dst=2");
        }
        pass(Duration.ofSeconds(5));
        assertThat(records.values()).extracting(Call::getSession).containsOnly("");
        assertThat(records.values())
                .allSatisfy(call -> assertThat(call.getLinksList()).hasSizeLessThan(8));
        assertThat(way.metric("rhapsode.stream.legs.key.full")).isEqualTo(292);
    }

    @Test
    void whatIsNoCallOrHasNoNumbersIsNotAnnounced() {
        send("registration", "0 a REGISTER 1 caller=100 user=200 x-cid=abcdefg");
        send("names", "0 a INVITE 1");
        pass(Duration.ofSeconds(5));
        assertThat(way.metric("rhapsode.stream.legs.announced")).isZero();
        assertThat(way.links()).isEmpty();
    }

    /** What it costs: with numbers one announcement a call, two links for a pair, whatever number of messages they have. */
    @Test
    void pairOfLegsCostsAHandfulOfRecords() {
        for (int i = 0; i < 10; i++) {
            send("leg-1", "0 a INVITE 1 caller=100 user=200 src=1 dst=7 \n 9 a 180/INVITE 1 src=7 dst=1");
            send("leg-2", "9 a INVITE 1 caller=100 user=200 src=7 dst=9 \n 9 a 180/INVITE 1 src=9 dst=7");
            pass(Duration.ofSeconds(1));
        }
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "leg-1", "leg-2");
        assertThat(way.metric("rhapsode.stream.legs.announced")).isEqualTo(2);
        assertThat(way.links()).hasSize(2);
    }

    @Test
    void keysAreForgottenWhenTheirWindowIsOver() {
        send("leg-1", "0 a INVITE 1 caller=100 user=200 x-cid=order-4711");
        pass(Duration.ofSeconds(2));
        assertThat(keys()).isEqualTo(2);
        pass(Duration.ofMinutes(3));
        assertThat(keys()).isEqualTo(1);
        pass(Duration.ofMinutes(60));
        assertThat(keys()).isZero();
        send("leg-2", "0 a INVITE 1 x-cid=order-4711");
        pass(Duration.ofSeconds(3));
        assertApart("leg-2");
    }

    private int keys() {
        int count = 0;
        try (var keys =
                way.driver.<Bytes, Legs>getKeyValueStore(LegProcessor.STORE).all()) {
            for (; keys.hasNext(); keys.next()) {
                count++;
            }
        }
        return count;
    }

    @Test
    void whatIsNoLinkOnTheTopicOfLinksIsCountedAndPassedOver() {
        way.driver
                .createInputTopic(Topic.LINKS.topicName(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput("leg-1".getBytes(UTF_8), new byte[] {1, 2, 3});
        assertThat(way.metric("rhapsode.stream.returns.unreadable")).isEqualTo(1);
    }

    @Test
    void linkToACallThatIsOverStandsInTheOtherOne() {
        send("first", "0 a INVITE 1 \n 9 a 486/INVITE 1");
        pass(Duration.ofMinutes(2));
        send("second", "0 a INVITE 1 x-cid=first");
        pass(Duration.ofSeconds(3));
        assertApart("first", "second");
    }

    /** SOURCES.md says how it was made; the second leg has no hint, X-CID, Session-ID and another number. */
    @Test
    void legsOfARecordedB2bua() {
        play(Captures.packets("b2bua.pcap"));
        assertThat(records).hasSize(6);
        assertOneSession(LinkRule.NUMBERS_AND_HOST, "1-8684@127.0.1.1", "1-leg-b@127.0.1.5");
        assertOneSession(LinkRule.HEADER, "2-8684@127.0.1.1", "2-leg-b@127.0.1.5");
        assertOneSession(LinkRule.SESSION_ID, "3-8684@127.0.1.1", "3-leg-b@127.0.1.5");
    }

    /** Hours that were missed are read within a second: the calls of then must not be gone before they are joined. */
    @Test
    void callsOfABacklogAreJoinedThoughTheirTimeIsLongOver() {
        Instant now = way.wall();
        for (int minute = 0; minute < 60; minute++) {
            Instant then = now.minus(Duration.ofMinutes(60 - minute));
            sendAt(then, "inbound-" + minute, "0 a INVITE 1 \n 9 a 486/INVITE 1");
            sendAt(then, "outbound-" + minute, "5 b INVITE 1 x-cid=inbound-" + minute + " \n 8 b 486/INVITE 1");
            way.pass(Duration.ofMillis(20));
        }
        pass(Duration.ofMinutes(2));
        for (int minute = 0; minute < 60; minute++) {
            assertOneSession(LinkRule.HEADER, "inbound-" + minute, "outbound-" + minute);
            assertThat(call("inbound-" + minute).getState()).isEqualTo(CallState.FAILED);
        }
    }

    /** Captured and received at that time, read now. */
    private void sendAt(Instant then, String callId, String script) {
        long shift = then.toEpochMilli() * 1_000 - Script.BEGIN;
        for (RawPacket packet : Script.packets(callId, script)) {
            way.raw(
                    callId.getBytes(UTF_8),
                    packet.toBuilder()
                            .setCapturedAtUs(packet.getCapturedAtUs() + shift)
                            .setReceivedAtUs(packet.getReceivedAtUs() + shift)
                            .build()
                            .toByteArray());
        }
    }

    /** Of a call of twelve messages on two hops, six of each leg: records on the new topics, and bytes kept. */
    @Test
    void whatTheLegsOfARecordedB2buaCost() {
        play(Captures.packets("b2bua.pcap"));
        double announced = way.metric("rhapsode.stream.legs.announced") / records.size();
        int links = way.links().size();
        double stored = 0;
        try (var keys =
                way.driver.<Bytes, Legs>getKeyValueStore(LegProcessor.STORE).all()) {
            while (keys.hasNext()) {
                var entry = keys.next();
                stored += entry.key.get().length + entry.value.getSerializedSize();
            }
        }
        double grown = 0;
        try (var calls = way.driver
                .<Bytes, OpenCall>getKeyValueStore(CallProcessor.STORE)
                .all()) {
            while (calls.hasNext()) {
                var call = calls.next().value;
                grown += call.getSerializedSize()
                        - call.toBuilder()
                                .clearJoinKeys()
                                .clearInviteHops()
                                .clearOfferedMedia()
                                .clearAnnounced()
                                .clearAnnouncedBeginUs()
                                .clearLinks()
                                .clearSession()
                                .clearTold()
                                .build()
                                .getSerializedSize();
            }
        }
        System.out.printf(
                "a call: %.1f announcements, %.1f links, %.0f bytes in legs, %.0f bytes in open-calls%n",
                announced, (double) links / records.size(), stored / records.size(), grown / records.size());
        assertThat(announced).isLessThan(4);
        assertThat(links).isLessThan(5 * records.size());
        assertThat(stored / records.size()).isLessThan(500);
        assertThat(grown / records.size()).isLessThan(500);
    }

    /** Asterisk between telephone1 and telephone2, dialled as 2302; it takes itself out of the media after the answer. */
    @Test
    void legsThroughAsteriskInExtraCapture() {
        play(Captures.packets(extra("NormB+sipnab/b2bua-asterisk.pcapng")));
        assertOneSession(
                LinkRule.MEDIA_AND_HOST,
                "M2Q0ZDc1ZGM1NzIyMTlhZTA3NDU3NTgzMzA5YmJmZWQ.",
                "37686afc57ce24ac655742b3644a7bb8@172.16.98.101:5060");
        assertThat(records.values().stream().filter(call -> !call.getSession().isEmpty()))
                .hasSize(2);
    }

    /** An attended transfer: 8909 has calls with 8777 and 8910, the latter in two legs, and refers the one to the other. */
    @Test
    void attendedTransferThroughTwoNetworksInExtraCapture() {
        play(Captures.packets(extra("negbie+heplify/erspan_sip_ipv4_udp.pcapng")));
        String first = "ddd141f1d982d8989fb73db754a8fbb7@192.168.1.191";
        String second = "bf3880-0-16e4-5af571fa-38bc4ba4-5af571fa@101.231.48.19";
        String third = "cdfef7c7647e97e4ff66fbf504c524e4@192.168.1.191";
        assertOneSession(LinkRule.REFER, first, second);
        // Both offer 192.168.1.222:38764.
        assertLinked(second, third, LinkRule.NUMBERS_AND_MEDIA);
        assertThat(call(third).getSession()).isEqualTo(first);
    }

    private static Path extra(String file) {
        String folder = System.getenv().getOrDefault("RHAPSODE_EXTRA_CAPTURES", "../../shared/data");
        Path path = Path.of(folder, "files", file);
        assumeTrue(Files.exists(path), "extra capture " + path + " is not there");
        return path;
    }

    /** Everything is received now, as of an old file. */
    private void play(List<RawPacket> packets) {
        packets.stream().filter(packet -> !packet.getPayload().isEmpty()).forEach(way::packet);
        pass(Duration.ofSeconds(10));
    }
}
