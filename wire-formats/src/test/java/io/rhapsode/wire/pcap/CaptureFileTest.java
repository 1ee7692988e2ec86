/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureFileTest {

    private static final byte[] PACKET = {1, 2, 3, 4, 5};
    private static final int MICROS = 0xa1b2c3d4;
    private static final int NANOS = 0xa1b23c4d;
    private static final int SECTION = 0x0a0d0d0a;

    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private void order(String name) {
        order = name.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    @ParameterizedTest
    @ValueSource(strings = {"big", "little"})
    void pcapOfMicroseconds(String byteOrder) throws IOException {
        order(byteOrder);
        var records = read(join(pcapHeader(MICROS, 113), pcapRecord(7, 8, 5, 1500)));
        assertThat(records).hasSize(1);
        assertRecord(records.get(0), 7_000_008_000L, 113, 1500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"big", "little"})
    void pcapOfNanoseconds(String byteOrder) throws IOException {
        order(byteOrder);
        assertRecord(read(join(pcapHeader(NANOS, 1), pcapRecord(7, 8, 5, 5))).get(0), 7_000_000_008L, 1, 5);
    }

    @Test
    void secondsBeyond2038() throws IOException {
        assertThat(read(join(pcapHeader(MICROS, 1), pcapRecord(0xf0000000, 0, 5, 5)))
                        .get(0)
                        .atNanos())
                .isEqualTo(0xf0000000L * 1_000_000_000L);
    }

    @Test
    void checkSequenceLengthIsNotPartOfTheLinkType() throws IOException {
        assertThat(read(join(pcapHeader(MICROS, 0x44000001), pcapRecord(0, 0, 5, 5)))
                        .get(0)
                        .linkType())
                .isEqualTo(1);
    }

    @Test
    void fileThatEndsWithinAPacketGivesWhatIsBefore() throws IOException {
        byte[] whole = join(pcapHeader(MICROS, 1), pcapRecord(1, 0, 5, 5), pcapRecord(2, 0, 5, 5));
        for (int cut = 1; cut < 21; cut++) {
            var packets = file(Arrays.copyOf(whole, whole.length - cut)).iterator();
            assertThat(packets.next().atNanos()).isEqualTo(1_000_000_000L);
            assertThatThrownBy(packets::hasNext)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(EOFException.class);
        }
    }

    @Test
    void endIsTheEnd() throws IOException {
        var packets = file(pcapHeader(MICROS, 1)).iterator();
        assertThat(packets.hasNext()).isFalse();
        assertThatThrownBy(packets::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void refusesAPacketOfAnAbsurdLength() {
        byte[] file = join(pcapHeader(MICROS, 1), words(1, 0, 0x7fffffff, 5));
        assertThatThrownBy(() -> read(file)).hasMessageContaining("a packet of 2147483647 bytes");
    }

    @Test
    void refusesOtherFiles() {
        assertThatThrownBy(() -> file("not a capture".getBytes())).hasMessage("neither pcap nor pcapng");
        assertThatThrownBy(() -> file(new byte[3])).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"big", "little"})
    void pcapngWithInterfacesOfTheirOwnLinkTypesAndClocks(String byteOrder) throws IOException {
        order(byteOrder);
        var records = read(join(
                section(),
                description(1, 0, new byte[0]),
                description(113, 0, option(9, (byte) 9)),
                description(101, 0, option(9, (byte) 0x8a)), // 1024 ticks a second
                enhanced(0, 1_000_001, 5, 1500),
                enhanced(1, 1_000_000_001, 5, 5),
                enhanced(2, 1536, 5, 5)));
        assertRecord(records.get(0), 1_000_001_000L, 1, 1500);
        assertRecord(records.get(1), 1_000_000_001L, 113, 5);
        assertRecord(records.get(2), 1_500_000_000L, 101, 5);
    }

    @Test
    void pcapngTimeOffset() throws IOException {
        byte[] offset = ByteBuffer.allocate(8).order(order).putLong(100).array();
        byte[] options = join(option(9, (byte) 3), halves(14, 8), offset, halves(0, 0));
        assertThat(read(join(section(), description(1, 0, options), enhanced(0, 1_001, 5, 5)))
                        .get(0)
                        .atNanos())
                .isEqualTo(101_001_000_000L);
    }

    @Test
    void pcapngObsoleteAndSimplePackets() throws IOException {
        var records = read(join(
                section(),
                description(1, 3, new byte[0]),
                block(2, join(halves(0, 9), words(0, 1_000_001, 5, 5), PACKET, new byte[3])),
                block(3, join(words(1500), new byte[] {1, 2, 3, 0}))));
        assertRecord(records.get(0), 1_000_001_000L, 1, 5);
        assertThat(records.get(1).atNanos()).isEqualTo(-1);
        assertThat(records.get(1).bytes()).containsExactly(1, 2, 3);
        assertThat(records.get(1).originalLength()).isEqualTo(1500);
    }

    @Test
    void pcapngSectionsOfTwoByteOrders() throws IOException {
        order = ByteOrder.BIG_ENDIAN;
        byte[] big = join(section(), description(1, 0, new byte[0]), enhanced(0, 1_000_000, 5, 5));
        order = ByteOrder.LITTLE_ENDIAN;
        byte[] little = join(section(), description(101, 0, new byte[0]), enhanced(0, 2_000_000, 5, 5));
        var records = read(join(big, little));
        assertRecord(records.get(0), 1_000_000_000L, 1, 5);
        assertRecord(records.get(1), 2_000_000_000L, 101, 5);
    }

    @Test
    void pcapngPassesOverOtherBlocks() throws IOException {
        byte[] large = new byte[1 << 20];
        assertThat(read(join(
                        section(),
                        block(0x0bad, large),
                        block(10, new byte[8]),
                        description(1, 0, new byte[0]),
                        block(5, new byte[12]),
                        enhanced(0, 1, 5, 5))))
                .hasSize(1);
    }

    @Test
    void pcapngRefusesHostileLengths() {
        byte[] start = join(section(), description(1, 0, new byte[0]));
        assertThatThrownBy(() -> read(join(start, words(6, 8)))).hasMessageContaining("a block of 8 bytes");
        assertThatThrownBy(() -> read(join(start, words(6, 0x7ffffff0))))
                .hasMessageContaining("a block of 2147483632 bytes");
        assertThatThrownBy(() -> read(join(start, words(0x0bad, 0x7ffffff0))))
                .hasMessageContaining("ends within a block");
        assertThatThrownBy(() -> read(join(start, block(6, words(0, 0, 0, 900, 900)))))
                .hasMessageContaining("longer than its block");
        assertThatThrownBy(() -> read(join(start, block(6, words(0, 0, 0)))))
                .hasMessageContaining("too short for what it says");
        assertThatThrownBy(() -> read(join(start, enhanced(1, 0, 5, 5)))).hasMessageContaining("not described");
        assertThatThrownBy(() -> read(join(section(), description(1, 0, halves(9, 1)))))
                .hasMessageContaining("too short for what it says");
        assertThatThrownBy(() -> file(words(SECTION, 28, 0x12345678, 1, -1, -1, 28)))
                .hasMessageContaining("unknown byte order");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x13, 0x12, 0x7f, 0xc0, 0xff})
    void resolutionsThatMakeNoTimeDoNoHarm(int resolution) {
        var clock = new PcapngInterface(1, 0).withResolution(resolution);
        assertThat(clock.nanos(Long.MAX_VALUE)).isGreaterThanOrEqualTo(-1);
        assertThat(clock.nanos(-1)).isGreaterThanOrEqualTo(-1);
    }

    @Test
    void disorderNeverEscapes() {
        byte[] whole = join(
                section(),
                description(1, 0, option(9, (byte) 9)),
                enhanced(0, 1, 5, 5),
                block(3, words(1, 1)),
                section());
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] file = whole.clone();
            for (int change = 0; change < 3; change++) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(i % 2 == 0 ? 256 : 16);
            }
            try {
                read(file);
            } catch (IOException | UncheckedIOException e) {
                assertThat(e).as("seed " + seed).hasMessageNotContaining("null");
            }
        }
    }

    private static void assertRecord(CaptureRecord record, long atNanos, int linkType, int originalLength) {
        assertThat(record.atNanos()).isEqualTo(atNanos);
        assertThat(record.linkType()).isEqualTo(linkType);
        assertThat(record.bytes()).isEqualTo(PACKET);
        assertThat(record.originalLength()).isEqualTo(originalLength);
    }

    private static CaptureFile file(byte[] bytes) throws IOException {
        return new CaptureFile(new ByteArrayInputStream(bytes));
    }

    private static List<CaptureRecord> read(byte[] bytes) throws IOException {
        var records = new ArrayList<CaptureRecord>();
        try (var file = file(bytes)) {
            file.forEach(records::add);
        }
        return records;
    }

    private byte[] pcapHeader(int magic, int linkType) {
        return join(words(magic), halves(2, 4), words(0, 0, 262144, linkType));
    }

    private byte[] pcapRecord(int seconds, int ticks, int captured, int original) {
        return join(words(seconds, ticks, captured, original), PACKET);
    }

    private byte[] section() {
        return block(SECTION, join(words(0x1a2b3c4d), halves(1, 0), words(-1, -1)));
    }

    private byte[] description(int linkType, int snapLength, byte[] options) {
        return block(1, join(halves(linkType, 0), words(snapLength), options));
    }

    private byte[] option(int code, byte value) {
        return join(halves(code, 1), new byte[] {value, 0, 0, 0});
    }

    private byte[] enhanced(int index, int ticks, int captured, int original) {
        return block(6, join(words(index, 0, ticks, captured, original), PACKET, new byte[3]));
    }

    private byte[] block(int type, byte[] body) {
        return join(words(type, body.length + 12), body, words(body.length + 12));
    }

    private byte[] words(int... values) {
        var buffer = ByteBuffer.allocate(4 * values.length).order(order);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.array();
    }

    private byte[] halves(int... values) {
        var buffer = ByteBuffer.allocate(2 * values.length).order(order);
        for (int value : values) {
            buffer.putShort((short) value);
        }
        return buffer.array();
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
