/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of each raw record of SIP or of nothing known: a message or a dead letter, and one count. */
class ParseAndCountTest {

    private static final long MINUTE_S = TestWay.BEGIN.getEpochSecond();

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

    private static RawPacket invite() {
        return Script.packets("call-1", "0 a INVITE 1").get(0);
    }

    private static RawPacket payload(byte[] bytes) {
        return invite().toBuilder().setPayload(ByteString.copyFrom(bytes)).build();
    }

    private DeadLetter deadLetter() {
        var letters = way.deadLetters();
        assertThat(letters).hasSize(1);
        assertThat(way.messages()).isEmpty();
        return letters.get(0).value();
    }

    /** The newest of each key. */
    private Map<String, Long> counts() {
        way.pass(Duration.ofMillis(1_100));
        var newest = new HashMap<String, Long>();
        for (TestRecord<String, StageCount> count : way.counts()) {
            assertThat(count.key()).isEqualTo(CountProcessor.key(count.value()));
            Long before = newest.put(count.key(), count.value().getCount());
            assertThat(count.value().getCount()).isGreaterThan(before == null ? 0 : before);
        }
        return newest;
    }

    private static String key(String node, long minute, String outcome) {
        return "stream-processor/partition-0/" + node + '/' + minute + '/' + outcome;
    }

    @Test
    void messageCarriesItsPacketItsPlaceAndItsTime() {
        var packets = Captures.packets("proxied-flows.pcap");
        packets.forEach(way::packet);
        var messages = way.messages();
        assertThat(messages).hasSize(46);
        for (int i = 0; i < messages.size(); i++) {
            SipMessage message = messages.get(i);
            assertThat(message.getPacket().getPayload())
                    .isEqualTo(packets.get(i).getPayload());
            assertThat(message.getRawPartition()).isZero();
            assertThat(message.getRawOffset()).isEqualTo(i);
            assertThat(message.getAtUs()).isEqualTo(packets.get(i).getCapturedAtUs());
            assertThat(message.getDefectsList()).isEmpty();
        }
        var invite = messages.get(0);
        assertThat(invite.getMethod()).isEqualTo("INVITE");
        assertThat(invite.getRequestUri().getOriginal()).isEqualTo("sip:service@127.0.0.1:5060");
        assertThat(invite.getMediaList()).hasSize(1);
        assertThat(invite.getVia(0).getTransport()).isEqualTo("UDP");
        assertThat(way.deadLetters()).isEmpty();
        assertThat(way.metric("rhapsode.stream.key.differs")).isZero();
        assertThat(counts()).containsExactly(Map.entry(key("node-1", MINUTE_S, "parsed/"), 46L));
    }

    @Test
    void captureTimeOf1970And2100GiveWayToTheReceiveTime() {
        for (long year : new long[] {1, 4_102_444_800_000_000L}) {
            way.packet(invite().toBuilder().setCapturedAtUs(year).build());
        }
        assertThat(way.messages()).hasSize(2).allSatisfy(message -> {
            assertThat(message.getCaptureTimeAbsurd()).isTrue();
            assertThat(message.getAtUs()).isEqualTo(TestWay.BEGIN.toEpochMilli() * 1_000);
        });
    }

    @Test
    void noCaptureTimeIsNotAbsurd() {
        way.packet(invite().toBuilder().clearCapturedAtUs().build());
        assertThat(way.messages()).singleElement().satisfies(message -> {
            assertThat(message.getCaptureTimeAbsurd()).isFalse();
            assertThat(message.getAtUs()).isEqualTo(TestWay.BEGIN.toEpochMilli() * 1_000);
        });
    }

    @Test
    void recordThatIsNoRawPacket() {
        byte[] value = {(byte) 0xff, 1, 2, 3};
        way.raw(null, value);
        var letter = deadLetter();
        assertThat(letter.getReason()).isEqualTo("bad-record");
        assertThat(letter.getValue().toByteArray()).isEqualTo(value);
        assertThat(letter.getStage()).isEqualTo("stream-processor");
        assertThat(letter.getTopic()).isEqualTo(Topic.RAW.topicName());
        assertThat(letter.getOffset()).isZero();
        assertThat(letter.getAtUs()).isEqualTo(TestWay.BEGIN.toEpochMilli() * 1_000);
    }

    @Test
    void recordWithoutValue() {
        way.raw("call-1".getBytes(UTF_8), null);
        assertThat(deadLetter().getReason()).isEqualTo("bad-record");
    }

    @Test
    void payloadThatIsNoSip() {
        way.packet(payload("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)));
        var letter = deadLetter();
        assertThat(letter.getReason()).isEqualTo("not-sip");
        assertThat(letter.getCaptureNode()).isEqualTo("node-a");
    }

    @Test
    void keepAlivesOfLineEndsZerosAndNothing() {
        for (String text : new String[] {"\r\n\r\n", "\r\n", "\0\0\0\0", ""}) {
            way.packet(payload(text.getBytes(UTF_8)));
        }
        assertThat(way.deadLetters())
                .hasSize(4)
                .allSatisfy(letter -> assertThat(letter.value().getReason()).isEqualTo("keep-alive"));
        assertThat(counts()).containsExactly(Map.entry(key("node-a", MINUTE_S, "dead-lettered/keep-alive"), 4L));
    }

    @Test
    void sipWithoutCallId() {
        way.packet(payload("OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n".getBytes(UTF_8)));
        assertThat(deadLetter().getReason()).isEqualTo("no-call-id");
    }

    @Test
    void otherProtocolsByNumberAndTheImpossibleOnesTogether() {
        for (int type : new int[] {6, 16, 256, -1}) {
            way.packet(invite().toBuilder().setProtocolType(type).build());
        }
        assertThat(way.deadLetters())
                .extracting(letter -> letter.value().getReason())
                .containsExactly("protocol-6", "protocol-16", "protocol-other", "protocol-other");
    }

    @Test
    void payloadTooLargeForARecordOnceParsed() {
        byte[] large = new byte[200_000];
        byte[] begin = invite().getPayload().toByteArray();
        System.arraycopy(begin, 0, large, 0, begin.length);
        way.packet(payload(large));
        assertThat(deadLetter().getReason()).isEqualTo("too-large");
    }

    @Test
    void recordUnderAnotherKeyIsWrittenUnderItsCallIdAndCounted() {
        byte[] packet = invite().toBuilder()
                .setReceivedAtUs(TestWay.BEGIN.toEpochMilli() * 1_000)
                .build()
                .toByteArray();
        way.raw("something-else".getBytes(UTF_8), packet);
        way.raw(null, packet);
        assertThat(way.messages()).hasSize(2);
        assertThat(way.metric("rhapsode.stream.key.differs")).isEqualTo(2);
        way.pass(Duration.ofMillis(1_500));
        assertThat(way.calls()).singleElement().satisfies(call -> {
            assertThat(call.getCallId()).isEqualTo("call-1");
            assertThat(call.getMessages()).isEqualTo(2);
        });
    }

    @Test
    void callIdThatIsNotUtf8KeepsTheKeyItCameWith() {
        byte[] text = new String(invite().getPayload().toByteArray(), UTF_8)
                .replace("call-1", "call-\u00e9")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        way.packet(payload(text));
        assertThat(way.messages()).hasSize(1);
        assertThat(way.metric("rhapsode.stream.key.differs")).isZero();
    }

    @Test
    void countsGrowAndAreKeptApartByMinute() {
        way.packet(invite());
        assertThat(counts()).containsExactly(Map.entry(key("node-a", MINUTE_S, "parsed/"), 1L));
        way.packet(invite());
        assertThat(counts()).containsExactly(Map.entry(key("node-a", MINUTE_S, "parsed/"), 2L));
        way.pass(Duration.ofMinutes(1));
        way.packet(invite());
        assertThat(counts()).containsExactly(Map.entry(key("node-a", MINUTE_S + 60, "parsed/"), 1L));
    }

    @Test
    void moreNodesThanAllowedAreCountedTogether() {
        for (int i = 0; i < 1_200; i++) {
            way.packet(invite().toBuilder().setCaptureNode("node-" + i).build());
        }
        var counts = counts();
        assertThat(counts.size()).isEqualTo(1_001);
        assertThat(counts.get(key("(other)", MINUTE_S, "parsed/"))).isEqualTo(200L);
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(1_200);
    }

    /** A spool that comes two days late adds to that minute; it must not replace a count that was forgotten. */
    @Test
    void whatComesOverADayLateIsCountedUnderAnInstanceOfItsOwn() {
        way.packet(invite());
        var before = counts();
        way.pass(Duration.ofHours(48));
        way.packet(invite());
        counts();
        way.pass(Duration.ofSeconds(2));
        byte[] late = invite().toBuilder()
                .setReceivedAtUs(TestWay.BEGIN.toEpochMilli() * 1_000)
                .build()
                .toByteArray();
        way.raw("call-1".getBytes(UTF_8), late);
        way.raw("call-1".getBytes(UTF_8), late);
        var after = counts();
        assertThat(after)
                .hasSize(1)
                .containsValue(2L)
                .doesNotContainKeys(before.keySet().toArray(String[]::new));
        assertThat(after.keySet().iterator().next()).startsWith("stream-processor/partition-0-late-");
    }
}
