/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IpDecoderTest {

    private static final int ETHERNET = 1;
    private static final int RAW = 101;
    private static final String MACS = "020000000002 020000000001 ";

    /** UDP 5060 to 5062 with "SIP/2.0 200 OK" in it. */
    private static final byte[] UDP = join(hex("13c4 13c6 0016 0000"), "SIP/2.0 200 OK".getBytes(US_ASCII));

    private final IpDecoder decoder = new IpDecoder();

    @Test
    void rawIpv4() throws Exception {
        var datagram = decode(RAW, ipv4(17, UDP));
        assertThat(datagram.sourceAddress()).containsExactly(10, 0, 0, 1);
        assertThat(datagram.destinationAddress()).containsExactly(10, 0, 0, 2);
        assertThat(datagram.protocol()).isEqualTo(17);
        assertThat(datagram.sourcePort()).isEqualTo(5060);
        assertThat(datagram.destinationPort()).isEqualTo(5062);
        assertThat(datagram.vlan()).isEqualTo(-1);
        assertThat(payload(datagram)).isEqualTo("SIP/2.0 200 OK");
    }

    @Test
    void ipv6BehindExtensionHeaders() throws Exception {
        // hop-by-hop, then destination options, then an authentication header
        byte[] packet = ipv6(0, join(hex("3c 00 0000 00000000 33 00 0000 00000000 11 01 0000 00000000 00000000"), UDP));
        var datagram = decode(RAW, packet);
        assertThat(datagram.sourceAddress()).hasSize(16).endsWith(1);
        assertSip(datagram);
    }

    @Test
    void ipv4Options() throws Exception {
        byte[] packet = join(hex("46 00 002e 0000 0000 40 11 0000 0a000001 0a000002 01010101"), UDP);
        assertSip(decode(RAW, packet));
    }

    @Test
    void ethernetPaddingIsNotPayload() throws Exception {
        assertSip(decode(ETHERNET, join(hex(MACS + "0800"), ipv4(17, UDP), new byte[6])));
    }

    @Test
    void innermostVlanTagCounts() throws Exception {
        var datagram = decode(ETHERNET, join(hex(MACS + "88a8 0064 8100 e02a 0800"), ipv4(17, UDP)));
        assertThat(datagram.vlan()).isEqualTo(42);
        assertSip(datagram);
    }

    @Test
    void pppoe() throws Exception {
        assertSip(decode(ETHERNET, join(hex(MACS + "8864 1100 0001 0030 0021"), ipv4(17, UDP))));
        assertSip(decode(ETHERNET, join(hex(MACS + "8864 1100 0001 0030 57"), ipv6(17, UDP))));
    }

    @Test
    void snapBehindALength() throws Exception {
        assertSip(decode(ETHERNET, join(hex(MACS + "0032 aaaa03 000000 0800"), ipv4(17, UDP))));
    }

    @Test
    void mplsLabelsAndPseudowire() throws Exception {
        assertSip(decode(ETHERNET, join(hex(MACS + "8847 00010040 00011140"), ipv4(17, UDP))));
        assertSip(decode(ETHERNET, join(hex(MACS + "8847 00011140 00000000" + MACS + "0800"), ipv4(17, UDP))));
    }

    @Test
    void everyLinkType() throws Exception {
        byte[] packet = ipv4(17, UDP);
        assertSip(decode(0, join(hex("02000000"), packet)));
        assertSip(decode(108, join(hex("00000002"), packet)));
        assertSip(decode(9, join(hex("ff03 0021"), packet)));
        assertSip(decode(12, packet));
        assertSip(decode(14, packet));
        assertSip(decode(228, packet));
        assertSip(decode(229, ipv6(17, UDP)));
        assertSip(decode(113, join(hex("0000 0001 0006 020000000001 0000 0800"), packet)));
        assertSip(decode(276, join(hex("0800 0000 00000001 0001 00 06 0200000000010000"), packet)));
    }

    @Test
    void exportedPduOfUdp() throws Exception {
        String from = "000c 0004 73697000 0014 0004 0a000001 0015 0004 0a000002 ";
        String ports = "0019 0004 000013c4 001a 0004 000013c6 0000 0000";
        byte[] text = Arrays.copyOfRange(UDP, 8, UDP.length);
        var datagram = decode(252, join(hex(from + "0018 0004 00000003" + ports), text));
        assertThat(datagram.sourceAddress()).containsExactly(10, 0, 0, 1);
        assertSip(datagram);
        assertRefused("not-ip", 252, join(hex(from + "0018 0004 00000002" + ports), text));
        assertRefused("ip-truncated", 252, hex("0014 0003 0a000001 0000 0000"));
    }

    @Test
    void ipInIpOfBothVersions() throws Exception {
        assertSip(decode(RAW, ipv4(4, ipv4(17, UDP))));
        assertSip(decode(RAW, ipv4(41, ipv6(17, UDP))));
        assertSip(decode(RAW, ipv6(4, ipv4(17, UDP))));
    }

    @Test
    void eightLayersAndNoMore() throws Exception {
        byte[] packet = ipv4(17, UDP);
        for (int layers = 2; layers <= 8; layers++) {
            packet = ipv4(4, packet);
        }
        assertSip(decode(RAW, packet));
        assertRefused("ip-too-many-layers", RAW, ipv4(4, packet));
    }

    @Test
    void greWithEveryField() throws Exception {
        assertSip(decode(RAW, ipv4(47, join(hex("0000 0800"), ipv4(17, UDP)))));
        assertSip(decode(RAW, ipv4(47, join(hex("b000 86dd 00000000 00000001 00000002"), ipv6(17, UDP)))));
        assertSip(decode(RAW, ipv4(47, join(hex("0000 6558" + MACS + "0800"), ipv4(17, UDP)))));
        assertSip(decode(RAW, ipv4(47, join(hex("3081 880b 0000 0001 00000001 00000002 ff03 0021"), ipv4(17, UDP)))));
    }

    @Test
    void erspanOfThreeTypes() throws Exception {
        byte[] frame = join(hex(MACS + "8100 0007 0800"), ipv4(17, UDP));
        var typeOne = decode(RAW, ipv4(47, join(hex("0000 88be"), frame)));
        assertThat(typeOne.vlan()).isEqualTo(7);
        assertSip(typeOne);
        assertSip(decode(RAW, ipv4(47, join(hex("1000 88be 00000001 1000000000000000"), frame))));
        assertSip(decode(RAW, ipv4(47, join(hex("1000 22eb 00000001 200000000000000000000000"), frame))));
        assertSip(decode(
                RAW, ipv4(47, join(hex("1000 22eb 00000001 200000000000000000000001 0000000000000000"), frame))));
    }

    @Test
    void erspanRemembersTheVlanOfAFrameWithoutItsTag() throws Exception {
        byte[] frame = join(hex(MACS + "0800"), ipv4(17, UDP));
        byte[] two = join(hex("1000 88be 00000001 1064000000000000"), frame);
        assertThat(decode(RAW, ipv4(47, two)).vlan()).isEqualTo(0x64);
        byte[] three = join(hex("1000 22eb 00000001 206500000000000000000000"), frame);
        assertThat(decode(RAW, ipv4(47, three)).vlan()).isEqualTo(0x65);
    }

    @Test
    void erspanThreeMayHoldAnIpPacketWithoutFrame() throws Exception {
        byte[] packet = join(hex("1000 22eb 00000001 200000000000000000000800"), ipv4(17, UDP));
        assertSip(decode(RAW, ipv4(47, packet)));
    }

    @Test
    void greAroundMplsAndVlan() throws Exception {
        assertSip(decode(RAW, ipv4(47, join(hex("0000 8847 00011140"), ipv4(17, UDP)))));
        assertThat(decode(RAW, ipv4(47, join(hex("0000 8100 0007 0800"), ipv4(17, UDP))))
                        .vlan())
                .isEqualTo(7);
    }

    @Test
    void vxlanWithGroupPolicyAndOnTheOldPort() throws Exception {
        byte[] frame = join(hex("88000010 00000100" + MACS + "0800"), ipv4(17, UDP));
        assertSip(decode(RAW, ipv4(17, udp(4789, frame))));
        assertSip(decode(RAW, ipv4(17, udp(8472, frame))));
    }

    @Test
    void vxlan() throws Exception {
        byte[] frame = join(hex("08000000 00000100" + MACS + "0800"), ipv4(17, UDP));
        assertSip(decode(RAW, ipv4(17, udp(4789, frame))));
    }

    @Test
    void sipOnThePortOfATunnelIsNoTunnel() throws Exception {
        byte[] text = "SIP/2.0 200 OK".getBytes(US_ASCII);
        assertThat(decode(RAW, ipv4(17, udp(4789, text))).destinationPort()).isEqualTo(4789);
        assertThat(decode(RAW, ipv4(17, udp(2152, text))).destinationPort()).isEqualTo(2152);
    }

    @Test
    void gtpUWithExtensionHeaders() throws Exception {
        assertSip(decode(RAW, ipv4(17, udp(2152, join(hex("30ff 002a 00000001"), ipv4(17, UDP))))));
        assertSip(
                decode(RAW, ipv4(17, udp(2152, join(hex("34ff 0032 00000001 000000 85 01 1001 00"), ipv4(17, UDP))))));
    }

    @Test
    void refusesAGtpExtensionOfLengthZero() {
        byte[] packet = ipv4(17, udp(2152, join(hex("34ff 0032 00000001 000000 85 00 1001 00"), ipv4(17, UDP))));
        assertRefused("ip-truncated", RAW, packet);
    }

    @Test
    void tcpComesWithItsHeader() throws Exception {
        byte[] segment = hex("13c4 13c6 00000001 00000001 5018 ffff 0000 0000 4869");
        var datagram = decode(RAW, ipv4(6, segment));
        assertThat(datagram.sourcePort()).isEqualTo(5060);
        assertThat(datagram.payloadLength()).isEqualTo(segment.length);
    }

    @Test
    void icmpHasNoPorts() throws Exception {
        assertThat(decode(RAW, ipv4(1, hex("0303 0000 00000000"))).sourcePort()).isEqualTo(-1);
    }

    @Test
    void whatTheCaptureCutIsShorter() throws Exception {
        byte[] packet = ipv4(17, UDP);
        var datagram = decode(RAW, Arrays.copyOf(packet, packet.length - 7));
        assertThat(payload(datagram)).isEqualTo("SIP/2.0");
        assertThat(datagram.cutOff()).isEqualTo(7);
        assertThat(decode(RAW, packet).cutOff()).isZero();
    }

    @Test
    void lengthZeroOfAnOffloadingCard() throws Exception {
        byte[] packet = ipv4(17, UDP);
        packet[2] = 0;
        packet[3] = 0;
        assertSip(decode(RAW, packet));
    }

    @Test
    void refusesWhatIsNoIp() {
        assertRefused("not-ip", ETHERNET, hex(MACS + "0806 0001 0800 0604"));
        assertRefused("not-ip", RAW, hex("50"));
        assertRefused("not-ip", 9, hex("c021 0102"));
        assertRefused("not-ip", RAW, ipv4(47, hex("0000 8035")));
        assertRefused("ip-unknown-link-type", 147, ipv4(17, UDP));
    }

    @Test
    void refusesLengthsThatCannotBe() {
        assertRefused("ip-bad-length", RAW, hex("45 00 0013 0000 0000 40 11 0000 0a000001 0a000002"));
        assertRefused("ip-truncated", RAW, hex("44 00 0014 0000 0000 40 11 0000 0a000001 0a000002"));
        assertRefused("ip-bad-length", RAW, ipv4(17, hex("13c4 13c6 0007 0000")));
        assertRefused("ip-truncated", RAW, ipv4(17, hex("13c4 13c6")));
        assertRefused("ip-truncated", ETHERNET, hex(MACS));
    }

    @Test
    void fragmentsInAnyOrder() throws Exception {
        assertThat(decodeFragment(8, false, slice(8, 22), 0)).isNull();
        assertSip(decodeFragment(0, true, slice(0, 8), 1));
    }

    @Test
    void fragmentedIpv6() throws Exception {
        assertThat(decoder.decode(RAW, ipv6Fragment(0, 1, slice(0, 16)), 0, 64, 0))
                .isEmpty();
        byte[] last = ipv6Fragment(16, 0, slice(16, 22));
        assertSip(decoder.decode(RAW, last, 0, last.length, 0).orElseThrow());
    }

    @Test
    void aloneFragmentOfIpv6IsWhole() throws Exception {
        assertSip(decode(RAW, ipv6Fragment(0, 0, UDP)));
    }

    @Test
    void fragmentsInsideATunnelAndOfTheTunnel() throws Exception {
        byte[] inner = ipv4(4, ipv4(17, UDP));
        byte[] carried = Arrays.copyOfRange(inner, 20, inner.length);
        assertThat(decoder.decode(RAW, fragment(4, 0, true, Arrays.copyOf(carried, 16)), 0, 36, 0))
                .isEmpty();
        byte[] rest = fragment(4, 16, false, Arrays.copyOfRange(carried, 16, carried.length));
        assertSip(decoder.decode(RAW, rest, 0, rest.length, 0).orElseThrow());
        assertThat(decode(RAW, ipv4(4, fragment(17, 0, true, slice(0, 16))))).isNull();
        assertSip(decode(RAW, ipv4(4, fragment(17, 16, false, slice(16, 22)))));
    }

    @Test
    void fragmentThatComesTwiceDoesNoHarm() throws Exception {
        assertThat(decodeFragment(0, true, slice(0, 8), 0)).isNull();
        assertThat(decodeFragment(0, true, slice(0, 8), 0)).isNull();
        assertSip(decodeFragment(8, false, slice(8, 22), 0));
    }

    @Test
    void refusesFragmentsThatContradictEachOther() throws Exception {
        decodeFragment(0, true, slice(0, 16), 0);
        byte[] overlapping = fragment(17, 8, false, slice(8, 22));
        assertRefused("ip-fragments-overlap", RAW, overlapping);
        decodeFragment(16, false, slice(16, 22), 0);
        assertRefused("ip-fragments-overlap", RAW, fragment(17, 24, true, new byte[8]));
    }

    @Test
    void refusesFragmentsThatCannotBe() {
        assertRefused("ip-bad-fragment", RAW, fragment(17, 0, true, new byte[7]));
        assertRefused("ip-bad-fragment", RAW, fragment(17, 8, false, new byte[0]));
        assertRefused("ip-bad-fragment", RAW, fragment(17, 65_528, false, new byte[8]));
        byte[] whole = fragment(17, 0, true, new byte[16]);
        assertRefused("ip-truncated", RAW, Arrays.copyOf(whole, whole.length - 8));
    }

    @Test
    void fragmentsWaitThirtySecondsAndAreCounted() throws Exception {
        decodeFragment(0, true, slice(0, 8), 0);
        assertThat(decodeFragment(8, false, slice(8, 22), FragmentTable.PATIENCE_MICROS + 1))
                .isNull();
        assertThat(decoder.incomplete()).isEqualTo(1);
    }

    @Test
    void aFloodOfFragmentsTakesBoundedMemory() throws Exception {
        var table = new FragmentTable();
        for (int id = 0; id < 70_000; id++) {
            var key = FragmentTable.key(new byte[4], new byte[4], 17, id, -1, 0);
            table.add(key, 0, 65_000, true, new Cursor(new byte[8], 0, 8, "ip-truncated"));
            assertThat(table.bytesHeld()).isLessThanOrEqualTo(FragmentTable.MOST_BYTES);
        }
        assertThat(table.givenUp()).isGreaterThan(4_000);
    }

    @Test
    void aSmallFragmentFarBackTakesLittleMemory() throws Exception {
        var table = new FragmentTable();
        var key = FragmentTable.key(new byte[4], new byte[4], 17, 1, -1, 0);
        table.add(key, 0, 65_000, true, new Cursor(new byte[8], 0, 8, "ip-truncated"));
        assertThat(table.bytesHeld()).isLessThan(1_000);
    }

    @Test
    void whatWaitsAtTheEndIsCounted() throws Exception {
        decodeFragment(0, true, slice(0, 8), 0);
        decoder.end();
        assertThat(decoder.incomplete()).isEqualTo(1);
        assertThat(decodeFragment(8, false, slice(8, 22), 0)).isNull();
    }

    @Test
    void fragmentsInDifferentTunnelsAreNotMixed() throws Exception {
        byte[] first = fragment(17, 0, true, slice(0, 16));
        byte[] last = fragment(17, 16, false, slice(16, 22));
        byte[] otherTunnel = ipv4(4, last);
        otherTunnel[15] = 9;
        assertThat(decode(RAW, ipv4(4, first))).isNull();
        assertThat(decode(RAW, otherTunnel)).isNull();
        assertThat(decode(RAW, last)).isNull();
        assertSip(decode(RAW, ipv4(4, last)));
        String gre = "2000 0800 0000000";
        assertThat(decode(RAW, ipv4(47, join(hex(gre + "1"), first)))).isNull();
        assertThat(decode(RAW, ipv4(47, join(hex(gre + "2"), last)))).isNull();
        assertSip(decode(RAW, ipv4(47, join(hex(gre + "1"), last))));
    }

    @Test
    void tunnelsCanBeToldApart() throws Exception {
        byte[] inside = ipv4(17, UDP);
        assertThat(decode(RAW, inside).tunnel()).isZero();
        assertThat(decode(RAW, ipv4(4, inside)).tunnel())
                .isNotZero()
                .isEqualTo(decode(RAW, ipv4(4, inside)).tunnel())
                .isNotEqualTo(decode(RAW, ipv4(4, ipv4(4, inside))).tunnel());
    }

    @Test
    void disorderNeverEscapes() {
        var seeds = new byte[][] {
            join(hex(MACS + "88a8 0064 8100 e02a 0800"), ipv4(4, ipv4(17, UDP))),
            join(hex(MACS + "86dd"), ipv6(0, join(hex("3c 00 0000 00000000 11 00 0000 00000000"), UDP))),
            join(
                    hex(MACS + "0800"),
                    ipv4(47, join(hex("1000 88be 00000001 1000000000000000" + MACS + "0800"), ipv4(17, UDP)))),
            join(
                    hex(MACS + "0800"),
                    ipv4(17, udp(2152, join(hex("34ff 0032 00000001 000000 85 01 1001 00"), ipv4(17, UDP))))),
            join(hex(MACS + "0800"), fragment(17, 0, true, slice(0, 16))),
            join(hex(MACS + "8847 00011140 00000000" + MACS + "0800"), ipv4(17, UDP)),
        };
        int[] linkTypes = {0, 1, 9, 12, 101, 108, 113, 228, 252, 276};
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = seeds[i % seeds.length].clone();
            for (int change = 0; change < 3; change++) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            int linkType = i % 4 == 0 ? linkTypes[random.nextInt(linkTypes.length)] : ETHERNET;
            assertDecodesOrSaysWhy(linkType, frame, random.nextInt(frame.length + 1), seed);
        }
    }

    private void assertDecodesOrSaysWhy(int linkType, byte[] frame, int length, long seed) {
        try {
            decoder.decode(linkType, frame, 0, length, 0);
        } catch (MalformedPacket e) {
            assertThat(e.reason()).matches("not-ip|ip-[a-z-]+");
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", link type " + linkType + ": "
                            + HexFormat.of().formatHex(frame, 0, length),
                    e);
        }
    }

    private IpDatagram decode(int linkType, byte[] frame) throws MalformedPacket {
        return decoder.decode(linkType, frame, 0, frame.length, 0).orElse(null);
    }

    private IpDatagram decodeFragment(int offset, boolean more, byte[] payload, long atMicros) throws MalformedPacket {
        byte[] packet = fragment(17, offset, more, payload);
        return decoder.decode(RAW, packet, 0, packet.length, atMicros).orElse(null);
    }

    private void assertRefused(String reason, int linkType, byte[] frame) {
        assertThat(catchThrowableOfType(MalformedPacket.class, () -> decode(linkType, frame)))
                .isNotNull()
                .returns(reason, MalformedPacket::reason);
    }

    private static void assertSip(IpDatagram datagram) {
        assertThat(payload(datagram)).isEqualTo("SIP/2.0 200 OK");
        assertThat(datagram.sourcePort()).isEqualTo(5060);
        assertThat(datagram.destinationPort()).isEqualTo(5062);
    }

    private static String payload(IpDatagram datagram) {
        return new String(datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength(), US_ASCII);
    }

    private static byte[] slice(int from, int to) {
        return Arrays.copyOfRange(UDP, from, to);
    }

    private static byte[] udp(int destinationPort, byte[] payload) {
        byte[] packet = join(hex("c000 0000 0000 0000"), payload);
        BigEndian.write(packet, 2, 2, destinationPort);
        BigEndian.write(packet, 4, 2, packet.length);
        return packet;
    }

    private static byte[] ipv4(int protocol, byte[] payload) {
        byte[] packet = join(hex("45 00 0000 0001 0000 40 00 0000 0a000001 0a000002"), payload);
        BigEndian.write(packet, 2, 2, packet.length);
        packet[9] = (byte) protocol;
        return packet;
    }

    private static byte[] fragment(int protocol, int offset, boolean more, byte[] payload) {
        byte[] packet = ipv4(protocol, payload);
        BigEndian.write(packet, 6, 2, (more ? 0x2000 : 0) | offset / 8);
        return packet;
    }

    private static byte[] ipv6(int next, byte[] payload) {
        String addresses = "20010db8000000000000000000000001 20010db8000000000000000000000002";
        byte[] packet = join(hex("60000000 0000 00 40" + addresses), payload);
        BigEndian.write(packet, 4, 2, payload.length);
        packet[6] = (byte) next;
        return packet;
    }

    private static byte[] ipv6Fragment(int offset, int more, byte[] payload) {
        byte[] header = hex("11 00 0000 00000007");
        BigEndian.write(header, 2, 2, offset | more);
        return ipv6(44, join(header, payload));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
