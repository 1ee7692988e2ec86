/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static io.rhapsode.wire.transport.Wire.bytes;
import static io.rhapsode.wire.transport.Wire.data;
import static io.rhapsode.wire.transport.Wire.hex;
import static io.rhapsode.wire.transport.Wire.join;
import static io.rhapsode.wire.transport.Wire.sctp;
import static io.rhapsode.wire.transport.Wire.sip;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SctpTest {

    private static final String ONE = sip("one", "v=0\r\n");
    private static final String TWO = sip("two", "");
    private static final int WHOLE = 3;
    private static final int FIRST = 2;
    private static final int MIDDLE = 0;
    private static final int LAST = 1;

    private final Wire wire = new Wire();

    @Test
    void chunksInOnePacketAreMessages() {
        wire.packet(sctp(data(1, WHOLE, ONE), data(2, WHOLE, TWO)));
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.all.get(0).transport()).isEqualTo(Transport.SCTP);
        assertThat(wire.all.get(0).sourcePort()).isEqualTo(5060);
    }

    @Test
    void fragmentsInAnyOrderAroundTheEndOfTheNumbers() {
        wire.packet(sctp(data(0, MIDDLE, ONE.substring(20, 40))));
        wire.packet(sctp(data(1, LAST, ONE.substring(40)), data(2, WHOLE, TWO)));
        assertThat(wire.messages).containsExactly(TWO);
        wire.packet(sctp(data(-1, FIRST, ONE.substring(0, 20))));
        assertThat(wire.messages).containsExactly(TWO, ONE);
        assertThat(wire.count(Leftover.SEGMENT)).isEqualTo(1);
    }

    @Test
    void theEndOfOneMessageIsNotJoinedToAnother() {
        wire.packet(sctp(data(1, FIRST, "a"), data(2, FIRST, "b"), data(3, LAST, "c")));
        assertThat(wire.messages).containsExactly("bc");
        wire.end();
        assertThat(wire.count(Leftover.INCOMPLETE)).isEqualTo(1);
    }

    @Test
    void whatComesTwiceIsGivenOnce() {
        wire.packet(sctp(data(1, WHOLE, ONE)));
        wire.packet(sctp(data(1, WHOLE, ONE)));
        wire.packet(sctp(data(2, FIRST, TWO.substring(0, 9))));
        wire.packet(sctp(data(2, FIRST, TWO.substring(0, 9))));
        wire.packet(sctp(data(3, LAST, TWO.substring(9))));
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.count(Leftover.REPEATED)).isEqualTo(2);
    }

    @Test
    void anOlderNumberWithinTheWindowIsNew() {
        wire.packet(sctp(data(500, WHOLE, ONE)));
        wire.packet(sctp(data(5_000, WHOLE, TWO)));
        wire.packet(sctp(data(4_500, WHOLE, ONE)));
        wire.packet(sctp(data(500, WHOLE, ONE)));
        assertThat(wire.messages).containsExactly(ONE, TWO, ONE);
    }

    @Test
    void otherChunksAndOtherPayloads() {
        byte[] m3ua = data(7, WHOLE, "no sip");
        m3ua[15] = 3;
        byte[] numbered = data(8, WHOLE, ONE);
        numbered[15] = 99;
        wire.packet(sctp(hex("03000010 00000001 00000000 00000000")));
        wire.packet(sctp(m3ua));
        wire.packet(sctp(numbered));
        wire.packet(sctp(hex("40030018 00000001 00000000 00000000 00000000 61626364")));
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.leftovers()).containsEntry("no-data", 1L).containsEntry("sctp-other", 2L);
    }

    @Test
    void fragmentsThatNeverEndAreBounded() {
        for (int tsn = 0; tsn < 5_000; tsn++) {
            wire.packet(sctp(data(tsn, tsn == 0 ? FIRST : MIDDLE, "x".repeat(1_000))));
            assertThat(wire.dissector.bytesHeld()).isLessThan(400_000);
        }
        assertThat(wire.messages).isEmpty();
        assertThat(wire.count(Leftover.INCOMPLETE)).isGreaterThan(1);
    }

    @Test
    void aFloodOfAssociationsTakesBoundedMemory() {
        byte[] packet = sctp(data(1, FIRST, "x".repeat(1_000)));
        for (int tag = 0; tag < 50_000; tag++) {
            packet[24] = (byte) (tag >> 8);
            packet[25] = (byte) tag;
            wire.packet(packet);
        }
        assertThat(wire.dissector.bytesHeld()).isLessThanOrEqualTo(SctpAssociations.MOST_BYTES);
    }

    @Test
    void whatWaitsTooLongIsForgotten() {
        wire.packet(sctp(data(1, FIRST, "x")));
        wire.atMicros += SctpAssociations.IDLE_MICROS + 1;
        wire.packet(Wire.ipv4(1, hex("0303 0000 00000000")));
        assertThat(wire.dissector.bytesHeld()).isZero();
        assertThat(wire.count(Leftover.INCOMPLETE)).isEqualTo(1);
    }

    @Test
    void refusesChunksThatCannotBe() {
        wire.packet(sctp(data(1, WHOLE, ONE), hex("00030003")));
        wire.packet(sctp(hex("0003000f 00000001 00000000 000000")));
        wire.packet(sctp(hex("0003ffff 00000001 00000000 00000000")));
        assertThat(wire.messages).containsExactly(ONE, "sctp-bad-chunk", "sctp-bad-chunk", "sctp-bad-chunk");
    }

    @Test
    void whatTheCaptureCutIsGivenOutAsFarAsItCame() {
        byte[] packet = sctp(data(1, WHOLE, ONE));
        wire.cutPacket(packet, 20 + 12 + 16 + 30);
        assertThat(wire.messages).containsExactly(ONE.substring(0, 30));
        wire.packet(join(sctp(data(2, WHOLE, TWO)), bytes("padding")));
        assertThat(wire.messages).containsExactly(ONE.substring(0, 30), TWO);
    }
}
