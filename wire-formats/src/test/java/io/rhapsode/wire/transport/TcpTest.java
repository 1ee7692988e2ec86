/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static io.rhapsode.wire.transport.Wire.ACK;
import static io.rhapsode.wire.transport.Wire.FIN;
import static io.rhapsode.wire.transport.Wire.RST;
import static io.rhapsode.wire.transport.Wire.SYN;
import static io.rhapsode.wire.transport.Wire.bytes;
import static io.rhapsode.wire.transport.Wire.hex;
import static io.rhapsode.wire.transport.Wire.ipv4;
import static io.rhapsode.wire.transport.Wire.join;
import static io.rhapsode.wire.transport.Wire.sip;
import static io.rhapsode.wire.transport.Wire.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TcpTest {

    private static final String ONE = sip("one", "v=0\r\n");
    private static final String TWO = sip("two", "");
    private static final String THREE = sip("three", "body");

    private final Wire wire = new Wire();

    private void syn(int sequence) {
        wire.packet(tcp(sequence - 1, SYN, new byte[0]));
    }

    @Test
    void aMessageInASegmentIsGivenWithWhereItCameFrom() {
        syn(1);
        wire.tcpData(1, ONE);
        assertThat(wire.messages).containsExactly(ONE);
        var message = wire.all.get(0);
        assertThat(message.transport()).isEqualTo(Transport.TCP);
        assertThat(message.transport().ipProtocol()).isEqualTo(6);
        assertThat(message.sourceAddress()).containsExactly(10, 0, 0, 1);
        assertThat(message.sourcePort()).isEqualTo(5060);
        assertThat(message.destinationPort()).isEqualTo(40000);
        assertThat(message.atMicros()).isEqualTo(wire.atMicros);
        assertThat(wire.leftovers()).containsOnlyKeys("no-data");
    }

    @Test
    void severalMessagesInOneSegment() {
        syn(1);
        wire.tcpData(1, ONE + TWO + THREE);
        assertThat(wire.messages).containsExactly(ONE, TWO, THREE);
    }

    @Test
    void oneMessageInManySegmentsHasTheTimeOfTheLast() {
        syn(1);
        for (int i = 0; i < ONE.length(); i++) {
            wire.atMicros++;
            wire.tcpData(1 + i, ONE.substring(i, i + 1));
        }
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.all.get(0).atMicros()).isEqualTo(wire.atMicros);
        assertThat(wire.count(Leftover.SEGMENT)).isEqualTo(ONE.length() - 1);
    }

    @Test
    void segmentsOutOfOrder() {
        syn(1);
        String text = ONE + TWO;
        wire.tcpData(101, text.substring(100));
        wire.tcpData(51, text.substring(50, 100));
        assertThat(wire.messages).isEmpty();
        wire.tcpData(1, text.substring(0, 50));
        assertThat(wire.messages).containsExactly(ONE, TWO);
    }

    @Test
    void sequenceNumbersGoRound() {
        syn(-20);
        wire.tcpData(-20, ONE.substring(0, 30));
        wire.tcpData(30, ONE.substring(50));
        wire.tcpData(10, ONE.substring(30, 50));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void retransmissionsGiveNothingNew() {
        syn(1);
        wire.tcpData(1, ONE);
        wire.tcpData(1, ONE);
        wire.tcpData(1 + ONE.length(), TWO.substring(0, 40));
        wire.tcpData(1 + ONE.length() - 10, ONE.substring(ONE.length() - 10) + TWO);
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.count(Leftover.REPEATED)).isEqualTo(1);
    }

    @Test
    void whatWasSeenFirstStaysWhereSegmentsOverlap() {
        syn(1);
        wire.tcpData(1, ONE.substring(0, 60));
        wire.tcpData(41, "x".repeat(20) + ONE.substring(60));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void aLostSegmentIsWaitedForAndThenPassed() {
        syn(1);
        String text = ONE + TWO + THREE;
        wire.tcpData(1, ONE.substring(0, 70));
        int second = ONE.length() + TWO.length();
        wire.tcpData(1 + second, THREE);
        wire.atMicros += TcpStreams.GAP_PATIENCE_MICROS;
        wire.tcpData(1 + text.length(), TWO);
        assertThat(wire.messages).isEmpty();
        wire.atMicros += 1_000_000;
        wire.packet(tcp(1, ACK, new byte[0]));
        assertThat(wire.messages).containsExactly(ONE.substring(0, 70), THREE, TWO);
        assertThat(wire.count(Leftover.TCP_GAP)).isEqualTo(1);
        assertThat(wire.count(Leftover.INCOMPLETE)).isEqualTo(1);
    }

    @Test
    void aLostSegmentWithinABodyDoesNotLoseStep() {
        String long1 = sip("long", "SIP/2.0 200 OK\r\nCall-ID: inside\r\n\r\n".repeat(100));
        syn(1);
        wire.tcpData(1, long1.substring(0, 500));
        wire.tcpData(1 + 1000, long1.substring(1000) + TWO);
        wire.end();
        assertThat(wire.messages).containsExactly(long1.substring(0, 500), TWO);
    }

    @Test
    void aGapWiderThanIsHeldIsPassedAtOnce() {
        syn(1);
        wire.tcpData(1 + (1 << 20), ONE);
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.TCP_GAP)).isEqualTo(1);
    }

    @Test
    void manySegmentsBehindAGapAreBounded() {
        syn(1);
        int at = 1 + 10;
        for (int i = 0; i < 600; i++) {
            wire.tcpData(at, TWO);
            at += TWO.length();
        }
        assertThat(wire.messages).hasSize(600);
        assertThat(wire.count(Leftover.TCP_GAP)).isEqualTo(1);
    }

    @Test
    void aStreamJoinedInTheMiddleWaitsForAMessage() {
        wire.tcpData(5000, "rest of a body\r\nSIP/2.0 200 OK\r\n");
        wire.tcpData(5032, ONE);
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.OUT_OF_STEP)).isZero();
    }

    @Test
    void aMessageBehindTheRestOfAnotherIsFound() {
        wire.tcpData(5000, "a=sendrecv\r\n" + ONE + TWO);
        assertThat(wire.messages).containsExactly(ONE, TWO);
    }

    @Test
    void aStartLineInABodyIsNoMessageOutOfStep() {
        wire.tcpData(5000, "SIP/2.0 200 OK\r\n" + ONE);
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void keepAlivesAreSkipped() {
        syn(1);
        wire.tcpData(1, "\r\n\r\n");
        wire.tcpData(5, ONE + "\r\n\r\n" + TWO + "\r\n");
        wire.tcpData(5 + ONE.length() + 4 + TWO.length() + 2, "\r\n");
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.count(Leftover.BETWEEN_MESSAGES)).isEqualTo(2);
        assertThat(wire.count(Leftover.OUT_OF_STEP)).isZero();
    }

    @Test
    void keepAliveOfTcpIsRepeated() {
        syn(1);
        wire.tcpData(1, ONE);
        wire.tcpData(ONE.length(), "\n");
        wire.tcpData(1 + ONE.length(), TWO);
        assertThat(wire.messages).containsExactly(ONE, TWO);
    }

    @Test
    void finGivesOutWhatCame() {
        syn(1);
        wire.packet(tcp(1, ACK | FIN, bytes(ONE.substring(0, 70))));
        assertThat(wire.messages).containsExactly(ONE.substring(0, 70));
        assertThat(wire.count(Leftover.INCOMPLETE)).isEqualTo(1);
        wire.packet(tcp(1, ACK | FIN, bytes(ONE.substring(0, 70))));
        assertThat(wire.messages).hasSize(1);
    }

    @Test
    void finBeforeTheDataWaitsForIt() {
        syn(1);
        wire.packet(tcp(1 + ONE.length(), ACK | FIN, new byte[0]));
        wire.tcpData(1, ONE);
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.INCOMPLETE)).isZero();
    }

    @Test
    void rstEndsAStream() {
        syn(1);
        wire.tcpData(1, ONE.substring(0, 70));
        wire.packet(tcp(71, RST, new byte[0]));
        assertThat(wire.messages).containsExactly(ONE.substring(0, 70));
        wire.tcpData(9_000, TWO);
        assertThat(wire.messages).hasSize(2);
    }

    @Test
    void portsUsedAgainBeginANewStream() {
        syn(1);
        wire.tcpData(1, ONE);
        syn(900_000);
        wire.tcpData(900_000, TWO);
        syn(100);
        wire.tcpData(100, THREE);
        wire.tcpData(0x50000000, ONE);
        assertThat(wire.messages).containsExactly(ONE, TWO, THREE, ONE);
    }

    @Test
    void portsUsedAgainAfterTheEndWithoutASynBeginANewStream() {
        syn(1);
        wire.packet(tcp(1, ACK | FIN, bytes(ONE)));
        wire.tcpData(90_000, TWO);
        assertThat(wire.messages).containsExactly(ONE, TWO);
    }

    @Test
    void aSynThatComesAgainChangesNothing() {
        syn(1);
        wire.tcpData(1, ONE.substring(0, 70));
        syn(1);
        wire.tcpData(71, ONE.substring(70));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void dataInTheSyn() {
        wire.packet(tcp(0, SYN, bytes(ONE)));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void compactAndFoldedContentLength() {
        syn(1);
        String compact = "SIP/2.0 200 OK\r\nl : 3\r\n\r\nabc";
        String folded = "SIP/2.0 200 OK\r\nCONTENT-LENGTH:\r\n 4\r\n\r\nabcd";
        String bare = "SIP/2.0 200 OK\nContent-Length: 2\n\nab";
        wire.tcpData(1, compact + folded + bare + ONE);
        assertThat(wire.messages).containsExactly(compact, folded, bare, ONE);
    }

    @Test
    void withoutContentLengthTheBodyEndsAtTheNextMessage() {
        syn(1);
        String without = "SIP/2.0 200 OK\r\nc: application/sdp\r\n\r\nv=0\r\n";
        String wrong = "SIP/2.0 200 OK\r\nContent-Length: -1\r\nContent-Type: a/b\r\n\r\nv=0\r\n";
        String empty = "SIP/2.0 200 OK\r\nCall-ID: x\r\n\r\n";
        wire.tcpData(1, without + wrong + ONE + empty + without);
        assertThat(wire.messages).containsExactly(without, wrong, ONE, empty, without);
    }

    @Test
    void aLengthThatIsTooLongIsNotKept() {
        syn(1);
        String head = "SIP/2.0 200 OK\r\nContent-Length: 300000\r\n\r\n";
        wire.tcpData(1, head);
        int at = 1 + head.length();
        for (int i = 0; i < 300; i++, at += 1000) {
            wire.tcpData(at, "x".repeat(1000));
        }
        wire.tcpData(at, ONE);
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.TOO_LONG)).isEqualTo(1);
        assertThat(wire.dissector.bytesHeld()).isLessThan(2_000);
    }

    @Test
    void aLengthThatCannotBeIsNotBelieved() {
        syn(1);
        wire.tcpData(1, "SIP/2.0 200 OK\r\nContent-Length: 999999999\r\n\r\nabc\r\n");
        wire.tcpData(1 + 51, TWO);
        assertThat(wire.messages).containsExactly(TWO);
        assertThat(wire.count(Leftover.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void headersThatNeverEndAreBounded() {
        syn(1);
        wire.tcpData(1, "SIP/2.0 200 OK\r\n");
        int at = 17;
        for (int i = 0; i < 400; i++, at += 1000) {
            wire.tcpData(at, "a: " + "x".repeat(995) + "\r\n");
            assertThat(wire.dissector.bytesHeld()).isLessThan(1 << 20);
        }
        wire.tcpData(at, ONE);
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void rubbishBetweenMessagesIsPassedAndCounted() {
        syn(1);
        wire.tcpData(1, ONE + "rubbish that is no message\r\n" + TWO);
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.count(Leftover.OUT_OF_STEP)).isEqualTo(1);
    }

    @Test
    void tlsIsRecognisedAndLeft() {
        syn(1);
        wire.packet(tcp(1, ACK, hex("16 03 01 00 05 01 00 00 01 fc")));
        wire.packet(tcp(11, ACK, hex("00 47 45 54 0a 99")));
        wire.packet(tcp(17, ACK, hex("17 03 03 00 02 aa bb")));
        assertThat(wire.messages).isEmpty();
        assertThat(wire.leftovers()).containsEntry("tls", 3L).doesNotContainKey("out-of-step");
        assertThat(wire.dissector.bytesHeld()).isLessThan(2_000);
    }

    @Test
    void tlsJoinedInTheMiddleIsRecognised() {
        wire.packet(tcp(77, ACK, hex("17 03 03 00 02 aa bb")));
        assertThat(wire.count(Leftover.TLS)).isEqualTo(1);
    }

    @Test
    void otherProtocolsAreLeftWithoutWaiting() {
        syn(1);
        wire.tcpData(1, "220 mail.example.com ESMTP\r\n");
        wire.tcpData(2000, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        wire.tcpData(5000, "no answer\r\n");
        assertThat(wire.messages).isEmpty();
        assertThat(wire.leftovers()).containsEntry("tcp-other", 3L).doesNotContainKey("tcp-gap");
        assertThat(wire.dissector.bytesHeld()).isLessThan(2_000);
    }

    @Test
    void msrpIsCutAtItsEndLines() {
        syn(1);
        String send = "MSRP a786hjs2 SEND\r\nTo-Path: msrp://b\r\n\r\nHey\r\n-------other$\r\n-------a786hjs2$\r\n";
        String ok = "MSRP a786hjs2 200 OK\r\nTo-Path: msrp://a\r\n-------a786hjs2$\r\n";
        String both = send + ok;
        for (int i = 0; i < both.length(); i += 7) {
            wire.tcpData(1 + i, both.substring(i, Math.min(both.length(), i + 7)));
        }
        assertThat(wire.messages).containsExactly(send, ok);
    }

    @Test
    void whatTheCaptureCutIsGivenOutAsFarAsItCame() {
        syn(1);
        byte[] packet = tcp(1, ACK, bytes(ONE));
        wire.cutPacket(packet, packet.length - 30);
        wire.tcpData(1 + ONE.length(), TWO);
        assertThat(wire.messages).containsExactly(ONE.substring(0, ONE.length() - 30), TWO);
        assertThat(wire.count(Leftover.TCP_GAP)).isEqualTo(1);
    }

    @Test
    void idleStreamsAreForgottenAndWhatTheyHeldIsGivenOut() {
        syn(1);
        wire.tcpData(1, ONE.substring(0, 70));
        wire.atMicros += TcpStreams.IDLE_MICROS + 1;
        wire.packet(ipv4(1, hex("0303 0000 00000000")));
        assertThat(wire.messages).containsExactly(ONE.substring(0, 70));
        assertThat(wire.dissector.bytesHeld()).isZero();
    }

    @Test
    void aFloodOfStreamsTakesBoundedMemory() {
        byte[] packet = tcp(1, ACK, join(bytes("SIP/2.0 200 OK\r\na: "), new byte[2_000]));
        int held = 0;
        for (int i = 0; i < 70_000; i++) {
            packet[16] = (byte) (i >> 16);
            packet[17] = (byte) (i >> 8);
            packet[18] = (byte) i;
            wire.packet(packet);
            held = (int) Math.max(held, wire.dissector.bytesHeld());
        }
        assertThat(held).isLessThanOrEqualTo(TcpStreams.MOST_BYTES);
        assertThat(wire.count(Leftover.EVICTED)).isGreaterThan(10_000);
        wire.end();
        assertThat(wire.dissector.bytesHeld()).isZero();
        assertThat(wire.messages).hasSize(70_000);
    }

    @Test
    void streamsOnTwoVlansAreTwo() {
        byte[] first = tcp(1, SYN, bytes(ONE.substring(0, 50)));
        byte[] rest = tcp(52, ACK, bytes(ONE.substring(50)));
        wire.packet(first);
        wire.packet(ipv4(4, first));
        wire.packet(ipv4(4, rest));
        assertThat(wire.messages).containsExactly(ONE);
        wire.packet(rest);
        assertThat(wire.messages).containsExactly(ONE, ONE);
    }

    @Test
    void refusesHeadersThatCannotBe() {
        wire.packet(ipv4(6, hex("13c4 9c40 00000000 00000000")));
        byte[] shorter = tcp(1, ACK, bytes(ONE));
        shorter[32] = 4 << 4;
        wire.packet(shorter);
        byte[] longer = tcp(1, ACK, new byte[0]);
        longer[32] = (byte) (6 << 4);
        wire.packet(longer);
        assertThat(wire.messages).containsOnly("tcp-bad-header").hasSize(3);
    }

    @Test
    void anySegmentationDuplicationAndOrderGivesTheSameMessages() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var expected = new ArrayList<String>();
            var text = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                expected.add(sip("c" + i, "SIP/2.0 200 OK\r\n".repeat(random.nextInt(40))));
                text.append(random.nextInt(5) == 0 ? "\r\n\r\n" : "").append(expected.get(i));
            }
            assertThat(received(text.toString(), random)).as("seed " + seed).isEqualTo(expected);
        }
    }

    /** Sends it in pieces of any size, some twice, some with a part of the next, each up to eight places from its own. */
    private static List<String> received(String text, Random random) {
        int begin = random.nextInt();
        var wire = new Wire();
        var segments = new ArrayList<byte[]>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 1_460 : 40));
            int overlapped = Math.min(text.length(), end + (random.nextInt(8) == 0 ? random.nextInt(100) : 0));
            segments.add(tcp(begin + at, ACK, bytes(text.substring(at, overlapped))));
            if (random.nextInt(10) == 0) {
                segments.add(segments.get(random.nextInt(segments.size())));
            }
            at = end;
        }
        for (int i = 0; i < segments.size(); i++) {
            Collections.swap(segments, i, Math.min(segments.size() - 1, i + random.nextInt(8)));
        }
        wire.packet(tcp(begin - 1, SYN, new byte[0]));
        segments.forEach(wire::packet);
        return wire.messages;
    }
}
