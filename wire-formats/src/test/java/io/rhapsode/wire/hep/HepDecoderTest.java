/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rhapsode.wire.MalformedPacket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class HepDecoderTest {

    private static final String OPTIONS = "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n";

    // 2026-11-23 17:10:22.748667 in Kamailio's own bytes, agent 2001, padding 0
    private static final String V2_TIME = "1e51046b 7b6c0b00 d107";
    private static final String V2_ADDRESSES = "10 02 11 13c4 13c5 0a000001 0a000002";

    @Test
    void readsEveryFieldOfVersion3() throws Exception {
        var packet = decode(hep3("0000 0001 0007 02" + "0000 0002 0007 11" + "0000 0003 000a 0a000001"
                + "0000 0004 000a 0a000002" + "0000 0007 0008 13c4" + "0000 0008 0008 13c5" + "0000 0009 000a 6b04511e"
                + "0000 000a 000a 000b6c7b" + "0000 000b 0007 01" + "0000 000c 000a 000007d1" + "0000 000e 0008 6162"
                + "0000 0011 0009 632d31" + "0000 0012 0008 002a" + "0000 0013 0008 6e31" + "0000 000f 0008 4869"));
        assertThat(packet.version()).isEqualTo(3);
        assertThat(packet.ipProtocol()).isEqualTo(17);
        assertThat(packet.sourceAddress()).containsExactly(10, 0, 0, 1);
        assertThat(packet.destinationAddress()).containsExactly(10, 0, 0, 2);
        assertThat(packet.sourcePort()).isEqualTo(5060);
        assertThat(packet.destinationPort()).isEqualTo(5061);
        assertThat(packet.capturedAtMicros()).isEqualTo(1_795_445_022_748_667L);
        assertThat(packet.protocolType()).isEqualTo(1);
        assertThat(packet.agentId()).isEqualTo(2001);
        assertThat(packet.authKey()).asString(UTF_8).isEqualTo("ab");
        assertThat(packet.correlationId()).isEqualTo("c-1");
        assertThat(packet.vlan()).isEqualTo(42);
        assertThat(packet.nodeName()).isEqualTo("n1");
        assertThat(payload(packet)).isEqualTo("Hi");
        assertThat(packet.otherChunks()).isEmpty();
    }

    @Test
    void saysWhatIsAbsentInVersion3() throws Exception {
        assertThat(decode(hep3("")))
                .usingRecursiveComparison()
                .isEqualTo(new HepPacket(
                        3, -1, null, null, -1, -1, -1, -1, -1, null, null, -1, null, hep3(""), 0, 0, List.of()));
    }

    @Test
    void readsEep3() throws Exception {
        byte[] packet = hep3("0000 000f 0008 4869");
        packet[0] = 'E';
        assertThat(payload(decode(packet))).isEqualTo("Hi");
    }

    @Test
    void readsFromWithinALargerArray() throws Exception {
        byte[] packet = hep3("0000 000f 0008 4869");
        byte[] larger = new byte[packet.length + 20];
        System.arraycopy(packet, 0, larger, 10, packet.length);
        var decoded = HepDecoder.decode(larger, 10, packet.length);
        assertThat(payload(decoded)).isEqualTo("Hi");
        assertThat(decoded.bytes()).isSameAs(larger);
    }

    @Test
    void vendorChunkWithTheNumberOfASourceAddressIsNone() throws Exception {
        var packet = decode(hep3("0009 0003 000a 01020304"));
        assertThat(packet.sourceAddress()).isNull();
        assertThat(packet.otherChunks())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(new Chunk(9, 3, new byte[] {1, 2, 3, 4}));
    }

    @Test
    void keepsGenericChunksThatHaveNoField() throws Exception {
        var packet = decode(hep3("0000 0020 0008 01a5" + "0000 000d 0008 003c" + "0000 7777 0006"));
        assertThat(packet.otherChunks())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new Chunk(0, 0x20, new byte[] {1, (byte) 0xa5}),
                        new Chunk(0, 0x0d, new byte[] {0, 60}),
                        new Chunk(0, 0x7777, new byte[0]));
    }

    @Test
    void numberThatDoesNotFitIsKeptAsAChunk() throws Exception {
        var packet = decode(hep3("0000 0007 000a 00010000" + "0000 0008 000a 000013c4" + "0000 0012 0006"));
        assertThat(packet.sourcePort()).isEqualTo(-1);
        assertThat(packet.destinationPort()).isEqualTo(5060);
        assertThat(packet.otherChunks()).extracting(Chunk::type).containsExactly(0x07, 0x12);
    }

    @Test
    void addressOfAnOddLengthIsKeptAsAChunk() throws Exception {
        var packet = decode(hep3("0000 0003 0009 010203" + "0000 0006 0007 01"));
        assertThat(packet.sourceAddress()).isNull();
        assertThat(packet.otherChunks()).extracting(Chunk::type).containsExactly(3, 6);
    }

    @Test
    void ipv4MappedIntoIpv6BecomesIpv4() throws Exception {
        var packet = decode(hep3(
                "0000 0003 0016 00000000000000000000ffffc0000209" + "0000 0006 0016 00000000000000000000ffffc000020a"));
        assertThat(packet.sourceAddress()).containsExactly(192, 0, 2, 9);
        assertThat(packet.destinationAddress()).containsExactly(192, 0, 2, 10);
    }

    @Test
    void readsIpv6WhateverTheFamilySays() throws Exception {
        var packet = decode(hep3("0000 0001 0007 1e" + "0000 0005 0016 20010db8000000000000000000000001"));
        assertThat(InetAddress.getByAddress(packet.sourceAddress())).isEqualTo(InetAddress.getByName("2001:db8::1"));
    }

    @Test
    void microsecondsBeyondASecondCarryOver() throws Exception {
        assertThat(decode(hep3("0000 0009 000a 00000001" + "0000 000a 000a 0016e360"))
                        .capturedAtMicros())
                .isEqualTo(2_500_000);
    }

    @Test
    void microsecondsWithoutSecondsAreNoTime() throws Exception {
        assertThat(decode(hep3("0000 000a 000a 0016e360")).capturedAtMicros()).isEqualTo(-1);
    }

    @Test
    void agentIdInTheUpperHalfAsSngrepSendsIt() throws Exception {
        assertThat(decode(hep3("0000 000c 000a 07d20000")).agentId()).isEqualTo(2002);
        assertThat(decode(hep3("0000 000c 000a 00000000")).agentId()).isZero();
    }

    @Test
    void ofTwoPayloadsTheLastCounts() throws Exception {
        assertThat(payload(decode(hep3("0000 000f 0008 4869" + "0000 000f 0008 486f"))))
                .isEqualTo("Ho");
    }

    @Test
    void inflatesZlib() throws Exception {
        assertInflates(compressed(DeflaterOutputStream::new));
    }

    @Test
    void inflatesGzip() throws Exception {
        assertInflates(compressed(GZIPOutputStream::new));
    }

    @Test
    void inflatesBareDeflate() throws Exception {
        assertInflates(compressed(out -> new DeflaterOutputStream(out, new Deflater(9, true))));
    }

    @Test
    void takesWhatIsNotCompressedAsItIs() throws Exception {
        assertInflates(OPTIONS.getBytes(UTF_8));
    }

    @Test
    void takesCompressedBytesThatAreCutAsTheyAre() throws Exception {
        byte[] whole = compressed(DeflaterOutputStream::new);
        byte[] cut = Arrays.copyOf(whole, whole.length - 8);
        var packet =
                decode(hep3("0000 0010 " + chunkLength(cut) + HexFormat.of().formatHex(cut)));
        assertThat(packet.bytes()).isEqualTo(cut);
    }

    @Test
    void plainPayloadGoesBeforeACompressedOne() throws Exception {
        assertThat(payload(decode(hep3("0000 000f 0008 4869" + "0000 0010 000a 00000001"))))
                .isEqualTo("Hi");
    }

    @Test
    void refusesAZipBomb() throws Exception {
        var bomb = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(bomb)) {
            out.write(new byte[5_000_000]);
        }
        byte[] bytes = bomb.toByteArray();
        assertRefused(
                "hep-payload-too-long",
                hep3("0000 0010 " + chunkLength(bytes) + HexFormat.of().formatHex(bytes)));
    }

    @Test
    void refusesAChunkOfLengthZero() {
        assertRefused("hep-bad-chunk", hep3("0000 0001 0000"));
    }

    @Test
    void refusesAChunkShorterThanItsHeader() {
        assertRefused("hep-bad-chunk", hep3("0000 0001 0005"));
    }

    @Test
    void refusesAChunkThatOverrunsThePacket() {
        assertRefused("hep-bad-chunk", hep3("0000 000f 0009 4869"));
        assertRefused("hep-bad-chunk", hep3("0000 000f ffff 4869"));
    }

    @Test
    void refusesHalfAChunkHeader() {
        assertRefused("hep-bad-chunk", hep3("0000 000f 00"));
    }

    @Test
    void refusesATotalLengthThatIsNotTheDatagrams() {
        byte[] packet = hep3("0000 000f 0008 4869");
        for (int wrong : new int[] {0, 5, 6, packet.length - 1, packet.length + 1, 0xffff}) {
            packet[4] = (byte) (wrong >> 8);
            packet[5] = (byte) wrong;
            assertRefused("hep-bad-length", packet);
        }
    }

    @Test
    void refusesAVersion3HeaderThatIsCut() {
        assertRefused("hep-truncated", HexFormat.of().parseHex("48455033"));
        assertRefused("hep-truncated", HexFormat.of().parseHex("4845503300"));
    }

    @Test
    void refusesWhatIsNoHep() {
        for (String text : new String[] {"", "H", "HEP", "HEP4____", "EEP1____", OPTIONS, "\r\n\r\n", "\b\001"}) {
            assertRefused("not-hep", text.getBytes(UTF_8));
        }
    }

    @Test
    void readsVersion1() throws Exception {
        var packet = decode(bytes("01" + V2_ADDRESSES, OPTIONS));
        assertThat(packet.version()).isEqualTo(1);
        assertThat(packet.ipProtocol()).isEqualTo(17);
        assertThat(packet.sourceAddress()).containsExactly(10, 0, 0, 1);
        assertThat(packet.destinationPort()).isEqualTo(5061);
        assertThat(packet.protocolType()).isEqualTo(1);
        assertThat(packet.capturedAtMicros()).isEqualTo(-1);
        assertThat(packet.agentId()).isEqualTo(-1);
        assertThat(payload(packet)).isEqualTo(OPTIONS);
    }

    @Test
    void readsVersion2WithLittleEndianTime() throws Exception {
        assertVersion2(V2_TIME + "0000");
    }

    @Test
    void readsVersion2WithBigEndianTime() throws Exception {
        assertVersion2("6b04511e 000b6c7b 07d1 0000");
    }

    @Test
    void readsVersion2WithRubbishForPadding() throws Exception {
        assertVersion2(V2_TIME + "4142");
    }

    @Test
    void readsVersion2WithoutPadding() throws Exception {
        assertVersion2(V2_TIME);
    }

    @Test
    void readsVersion2OfTheFirstMicrosecondOfASecond() throws Exception {
        assertThat(decode(bytes("02" + V2_ADDRESSES + "1e51046b 00000000 d107 0000", OPTIONS))
                        .capturedAtMicros())
                .isEqualTo(1_795_445_022_000_000L);
    }

    @Test
    void headerLengthOfVersion2IsNotBelieved() throws Exception {
        for (String length : new String[] {"00", "01", "10", "1c", "ff"}) {
            var packet = decode(bytes("02" + length + V2_ADDRESSES.substring(3) + V2_TIME + "0000", OPTIONS));
            assertThat(payload(packet)).isEqualTo(OPTIONS);
        }
    }

    @Test
    void readsIpv6OfEverySystemsFamilyInVersion1() throws Exception {
        for (String family : new String[] {"0a", "18", "1c", "1e"}) {
            var packet = decode(bytes(
                    "01 28" + family + "11 13c4 13c4 20010db8000000000000000000000001 20010db8000000000000000000000002",
                    OPTIONS));
            assertThat(packet.destinationAddress()).hasSize(16).endsWith(2);
            assertThat(payload(packet)).isEqualTo(OPTIONS);
        }
    }

    @Test
    void refusesAFamilyThatNobodyHas() {
        assertRefused("hep-unknown-family", bytes("02 10 00" + V2_ADDRESSES.substring(5) + V2_TIME + "0000", OPTIONS));
    }

    @Test
    void refusesEveryCutOfAVersion2Header() {
        byte[] packet = bytes("02" + V2_ADDRESSES + V2_TIME + "0000", "");
        for (int length = 1; length < packet.length; length++) {
            assertRefused("hep-truncated", Arrays.copyOf(packet, length));
        }
    }

    private static void assertVersion2(String timeHeader) throws Exception {
        var packet = decode(bytes("02" + V2_ADDRESSES + timeHeader, OPTIONS));
        assertThat(packet.version()).isEqualTo(2);
        assertThat(packet.capturedAtMicros()).isEqualTo(1_795_445_022_748_667L);
        assertThat(packet.agentId()).isEqualTo(2001);
        assertThat(payload(packet)).isEqualTo(OPTIONS);
    }

    private static void assertInflates(byte[] compressed) throws Exception {
        var packet = decode(
                hep3("0000 0010 " + chunkLength(compressed) + HexFormat.of().formatHex(compressed)));
        assertThat(payload(packet)).isEqualTo(OPTIONS);
    }

    private static void assertRefused(String reason, byte[] packet) {
        assertThat(catchThrowableOfType(MalformedPacket.class, () -> decode(packet)))
                .as(HexFormat.of().formatHex(packet, 0, Math.min(40, packet.length)))
                .isNotNull()
                .returns(reason, MalformedPacket::reason);
    }

    private interface Compression {
        OutputStream of(OutputStream out) throws IOException;
    }

    private static byte[] compressed(Compression compression) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = compression.of(bytes)) {
            out.write(OPTIONS.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String chunkLength(byte[] value) {
        return HexFormat.of().toHexDigits((short) (6 + value.length));
    }

    private static HepPacket decode(byte[] packet) throws MalformedPacket {
        return HepDecoder.decode(packet, 0, packet.length);
    }

    private static String payload(HepPacket packet) {
        return new String(packet.bytes(), packet.payloadOffset(), packet.payloadLength(), UTF_8);
    }

    private static byte[] hep3(String chunks) {
        byte[] body = bytes(chunks, "");
        return bytes("48455033" + HexFormat.of().toHexDigits((short) (6 + body.length)) + chunks, "");
    }

    private static byte[] bytes(String hex, String text) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
        bytes.writeBytes(text.getBytes(UTF_8));
        return bytes.toByteArray();
    }
}
