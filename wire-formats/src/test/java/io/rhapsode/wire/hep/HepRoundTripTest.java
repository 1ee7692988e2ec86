/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.MalformedPacket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What is encoded decodes to the same, and bytes in disorder decode to a packet or a reason, never to anything else. */
class HepRoundTripTest {

    private static final byte[] SIP = "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n".getBytes(US_ASCII);

    @Property(edgeCases = EdgeCasesMode.NONE)
    void version3(@ForAll("packets") HepPacket packet) throws MalformedPacket {
        assertThat(decoded(HepEncoder.encode(packet)))
                .usingRecursiveComparison()
                .ignoringFields("bytes", "payloadOffset")
                .isEqualTo(packet);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void payload(@ForAll byte[] payload) throws MalformedPacket {
        var packet = decoded(HepEncoder.encode(packet(3, null, null, 0, payload)));
        int from = packet.payloadOffset();
        assertThat(Arrays.copyOfRange(packet.bytes(), from, from + packet.payloadLength()))
                .isEqualTo(payload);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void versions1And2(
            @ForAll("addressPairs") List<byte[]> addresses, @ForAll("times") long micros, @ForAll boolean timed)
            throws MalformedPacket {
        var packet = packet(timed ? 2 : 1, addresses.get(0), addresses.get(1), timed ? micros : -1, SIP);
        assertThat(decoded(HepEncoder.encode(packet)))
                .usingRecursiveComparison()
                .ignoringFields("bytes", "payloadOffset")
                .isEqualTo(packet);
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void disorderNeverEscapes(@ForAll("packets") HepPacket packet, @ForAll long seed) {
        byte[] bytes = HepEncoder.encode(packet);
        var random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        decodesOrSaysWhy(bytes);
        decodesOrSaysWhy(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void randomBytesNeverEscape(@ForAll byte[] bytes, @ForAll("firstBytes") byte[] start) {
        byte[] packet = Arrays.copyOf(start, start.length + bytes.length);
        System.arraycopy(bytes, 0, packet, start.length, bytes.length);
        if (packet.length >= 6 && start.length == 4) {
            packet[4] = (byte) (packet.length >> 8);
            packet[5] = (byte) packet.length;
        }
        decodesOrSaysWhy(packet);
    }

    @Test
    void refusesWhatVersion3CannotHold() {
        assertThatThrownBy(() -> HepEncoder.encode(packet(3, null, null, 0, new byte[65_530])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
    }

    @Test
    void refusesVersion1WithoutAddresses() {
        assertThatThrownBy(() -> HepEncoder.encode(packet(1, null, new byte[4], -1, SIP)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HepEncoder.encode(packet(2, new byte[16], new byte[4], -1, SIP)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void decodesOrSaysWhy(byte[] bytes) {
        try {
            var packet = decoded(bytes);
            assertThat(packet.payloadOffset() + packet.payloadLength()).isLessThanOrEqualTo(packet.bytes().length);
        } catch (MalformedPacket e) {
            assertThat(e.reason())
                    .isIn(
                            "not-hep",
                            "hep-truncated",
                            "hep-bad-length",
                            "hep-bad-chunk",
                            "hep-unknown-family",
                            "hep-payload-too-long");
        }
    }

    private static HepPacket decoded(byte[] bytes) throws MalformedPacket {
        return HepDecoder.decode(bytes, 0, bytes.length);
    }

    private static HepPacket packet(int version, byte[] source, byte[] destination, long micros, byte[] payload) {
        return new HepPacket(
                version,
                17,
                source,
                destination,
                5060,
                5061,
                micros,
                HepPacket.SIP,
                version == 1 ? -1 : 2001,
                null,
                null,
                -1,
                null,
                payload,
                0,
                payload.length,
                List.of());
    }

    @Provide
    Arbitrary<HepPacket> packets() {
        var octets = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        var names = Arbitraries.strings().ascii().ofMaxLength(20).injectNull(0.3);
        var numbers = Arbitraries.integers().between(-1, 0xffff).list().ofSize(5);
        var others = Combinators.combine(
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(0, 0xffff),
                        octets)
                .as(Chunk::new)
                .list()
                .ofMaxSize(3);
        return Combinators.combine(
                        numbers,
                        addresses().injectNull(0.2),
                        addresses().injectNull(0.2),
                        times(),
                        names,
                        names,
                        others,
                        octets)
                .as((number, source, destination, micros, node, correlation, chunks, payload) -> new HepPacket(
                        3,
                        Math.min(255, number.get(0)),
                        source,
                        destination,
                        number.get(1),
                        number.get(2),
                        micros,
                        Math.min(255, number.get(3)),
                        number.get(4),
                        node,
                        correlation,
                        number.get(1),
                        payload,
                        payload,
                        0,
                        payload.length,
                        chunks));
    }

    @Provide
    Arbitrary<List<byte[]>> addressPairs() {
        return Arbitraries.of(4, 16).flatMap(length -> addresses(length).list().ofSize(2));
    }

    private static Arbitrary<byte[]> addresses() {
        return Arbitraries.of(4, 16).flatMap(HepRoundTripTest::addresses);
    }

    private static Arbitrary<byte[]> addresses(int length) {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(length)
                .filter(address -> IpAddress.unmapped(address) == address);
    }

    @Provide
    Arbitrary<Long> times() {
        return Arbitraries.longs().between(820_454_400_000_000L, 4_102_444_799_999_999L);
    }

    @Provide
    Arbitrary<byte[]> firstBytes() {
        return Arbitraries.of(new byte[0], "HEP3".getBytes(US_ASCII), new byte[] {1, 16, 2}, new byte[] {2, 40, 10});
    }
}
