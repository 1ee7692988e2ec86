/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static io.rhapsode.wire.transport.Wire.ACK;
import static io.rhapsode.wire.transport.Wire.bytes;
import static io.rhapsode.wire.transport.Wire.hex;
import static io.rhapsode.wire.transport.Wire.ipv4;
import static io.rhapsode.wire.transport.Wire.join;
import static io.rhapsode.wire.transport.Wire.sip;
import static io.rhapsode.wire.transport.Wire.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DissectorTest {

    private final Wire wire = new Wire();

    @Test
    void datagramsComeAsTheyAreWhateverIsInThem() {
        wire.packet(ipv4(17, hex("13c4 13c6 000c 0000 80c90001")));
        var message = wire.all.get(0);
        assertThat(message.transport()).isEqualTo(Transport.UDP);
        assertThat(message.payload()).isEqualTo(hex("80c90001"));
        assertThat(message.destinationPort()).isEqualTo(5062);
        assertThat(message.vlan()).isEqualTo(-1);
        assertThat(wire.leftovers()).isEmpty();
    }

    @Test
    void everyFrameIsAMessageOrMalformedOrCountedOnce() {
        byte[] fragment = ipv4(17, new byte[16]);
        fragment[6] = 0x20;
        wire.packet(fragment);
        wire.packet(ipv4(1, hex("0303 0000 00000000")));
        wire.packet(tcp(1, ACK, new byte[0]));
        wire.packet(tcp(1, ACK, bytes(sip("one", "") + "SIP/2.0 ")));
        wire.packet(tcp(1, ACK, bytes("MESS")));
        wire.packet(ipv4(6, new byte[4]));
        wire.end();
        assertThat(wire.messages).containsExactly(sip("one", ""), "tcp-bad-header");
        assertThat(wire.leftovers())
                .isEqualTo(Map.of(
                        "fragment", 1L,
                        "other-protocol", 1L,
                        "no-data", 1L,
                        "repeated", 1L,
                        "ip-incomplete", 1L,
                        "incomplete", 1L));
        assertThat(Leftover.FRAGMENT.countsFrames()).isTrue();
        assertThat(Leftover.IP_INCOMPLETE.countsFrames()).isFalse();
    }

    @Test
    void tcpInFragmentsInATunnel() {
        byte[] segment = tcp(1, ACK, bytes(sip("one", "")));
        byte[] first = Arrays.copyOf(segment, 20 + 48);
        first[3] = 68;
        first[6] = 0x20;
        byte[] rest = join(Arrays.copyOf(segment, 20), Arrays.copyOfRange(segment, 68, segment.length));
        rest[3] = (byte) rest.length;
        rest[7] = 6;
        wire.packet(ipv4(4, rest));
        wire.packet(ipv4(4, first));
        assertThat(wire.messages).containsExactly(sip("one", ""));
    }
}
