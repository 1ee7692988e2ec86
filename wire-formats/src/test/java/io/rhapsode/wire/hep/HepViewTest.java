/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rhapsode.wire.MalformedPacket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HepViewTest {

    private static final byte[] SIP = "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n".getBytes(US_ASCII);

    private final HepView view = new HepView();

    private static HepPacket packet(int version, byte[] key, Chunk... others) {
        byte[] address = {10, 0, 0, 1};
        return new HepPacket(
                version,
                17,
                address,
                address,
                5060,
                5061,
                version == 1 ? -1 : 1_795_445_022_748_667L,
                1,
                version == 1 ? -1 : 2001,
                version == 3 ? "nöde" : null,
                version == 3 ? "c-1" : null,
                version == 3 ? 42 : -1,
                key,
                SIP,
                0,
                SIP.length,
                List.of(others));
    }

    @Test
    void nothingOfTheLastPacketStays() throws Exception {
        byte[] full = HepEncoder.encode(packet(3, "key".getBytes(US_ASCII), new Chunk(0, 0x20, new byte[] {1, 2})));
        byte[] bare = {'H', 'E', 'P', '3', 0, 6};
        view.read(full, 0, full.length);
        view.read(bare, 0, bare.length);
        assertThat(view.packet())
                .usingRecursiveComparison()
                .isEqualTo(new HepPacket(
                        3, -1, null, null, -1, -1, -1, -1, -1, null, null, -1, null, bare, 0, 0, List.of()));
    }

    @Test
    void viewOfAValueShowsWhatTheBytesWouldShow() throws Exception {
        Chunk[] others = {new Chunk(2, 7, new byte[500]), new Chunk(0, 0x65, "{}".getBytes(US_ASCII))};
        for (var value : List.of(packet(1, null), packet(2, null), packet(3, "secret".getBytes(US_ASCII), others))) {
            byte[] bytes = HepEncoder.encode(value);
            var ofBytes = HepDecoder.decode(bytes, 0, bytes.length);
            view.take(value);
            assertThat(view.packet())
                    .usingRecursiveComparison()
                    .ignoringFields("bytes", "payloadOffset")
                    .isEqualTo(ofBytes);
            assertThat(view.payload()).isSameAs(SIP);
        }
    }

    @Test
    void manyChunksAreKeptInTheirOrder() throws Exception {
        var others = new Chunk[1_000];
        Arrays.setAll(others, i -> new Chunk(i % 3, 0x20 + i, new byte[] {(byte) i}));
        byte[] bytes = HepEncoder.encode(packet(3, null, others));
        view.read(bytes, 0, bytes.length);
        assertThat(view.packet().otherChunks())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(others);
    }

    @Test
    void keysAreHiddenAndTheRestStays() throws Exception {
        byte[] bytes = HepEncoder.encode(packet(3, "secret".getBytes(US_ASCII)));
        HepDecoder.hideKeys(bytes, 0, bytes.length);
        assertThat(HepDecoder.decode(bytes, 0, bytes.length))
                .usingRecursiveComparison()
                .ignoringFields("bytes", "payloadOffset")
                .isEqualTo(packet(3, new byte[6]));
    }

    @Test
    void keysOfMalformedPacketsAreHiddenToo() {
        byte[] whole = HepEncoder.encode(packet(3, "secret".getBytes(US_ASCII)));
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            HepDecoder.hideKeys(cut, 0, length);
            assertThat(new String(cut, UTF_8)).doesNotContain("se");
        }
    }

    @Test
    void hidingKeysInAnyBytesStaysWithinThem() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64) + 20];
            random.nextBytes(bytes);
            bytes[5] = 'H';
            byte[] before = bytes.clone();
            HepDecoder.hideKeys(bytes, 5, bytes.length - 10);
            assertThat(Arrays.copyOf(bytes, 5)).as("seed %d", seed).isEqualTo(Arrays.copyOf(before, 5));
            assertThat(Arrays.copyOfRange(bytes, bytes.length - 5, bytes.length))
                    .as("seed %d", seed)
                    .isEqualTo(Arrays.copyOfRange(before, bytes.length - 5, bytes.length));
        }
    }

    @Test
    void frameIsToldByTheFirstSixBytesAndRefusedAsEarlyAsCanBe() throws Exception {
        byte[] frame = HepEncoder.encode(packet(3, null));
        for (int available = 0; available < 6; available++) {
            assertThat(HepFrame.length(frame, 0, available)).isZero();
        }
        assertThat(HepFrame.length(frame, 0, 6)).isEqualTo(frame.length);
        assertThat(HepFrame.length("EEP3\0\7".getBytes(US_ASCII), 0, 6)).isEqualTo(7);
        assertRefused("not-hep", "I");
        assertRefused("not-hep", "HX");
        assertRefused("not-hep", "HEX");
        assertRefused("not-hep", "HEP2");
        assertRefused("hep-bad-length", "HEP3\0\5");
    }

    private static void assertRefused(String reason, String bytes) {
        assertThat(catchThrowableOfType(
                        MalformedPacket.class, () -> HepFrame.length(bytes.getBytes(US_ASCII), 0, bytes.length())))
                .as(bytes)
                .isNotNull()
                .returns(reason, MalformedPacket::reason);
    }
}
