/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.MalformedPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the chunks of one HEP3 packet. They come in any order. Of a chunk that comes twice the last counts. A number may
 * be wider or narrower than the specification says; if it does not fit, the chunk is kept as it is and the field stays
 * absent.
 */
final class ChunkReader {

    private static final int HEADER = 6;
    private static final int GENERIC = 0;

    private final Cursor packet;
    private final long[] numbers = new long[ChunkType.NODE_NAME + 1];
    private final List<Chunk> others = new ArrayList<>(0);

    private byte[] source;
    private byte[] destination;
    private String nodeName;
    private String correlationId;
    private byte[] authKey;
    private byte[] compressed;
    private int payloadOffset;
    private int payloadLength = -1;

    /** @param packet stands at the first chunk and ends with the last */
    ChunkReader(Cursor packet) {
        this.packet = packet;
        Arrays.fill(numbers, -1);
    }

    HepPacket read() throws MalformedPacket {
        while (packet.remaining() > 0) {
            readChunk();
        }
        if (payloadLength < 0 && compressed != null) {
            byte[] payload = Inflated.of(compressed);
            return packet(payload, 0, payload.length);
        }
        return packet(packet.array(), payloadOffset, Math.max(0, payloadLength));
    }

    private void readChunk() throws MalformedPacket {
        if (packet.remaining() < HEADER) {
            throw new MalformedPacket("hep-bad-chunk");
        }
        int vendor = packet.u16();
        int type = packet.u16();
        int length = packet.u16() - HEADER;
        if (length < 0 || length > packet.remaining()) {
            throw new MalformedPacket("hep-bad-chunk");
        }
        int offset = packet.offset();
        packet.skip(length);
        // Vendors number their chunks on their own: a vendor's type 3 is not a source address.
        if (vendor != GENERIC || !taken(type, offset, length)) {
            others.add(new Chunk(vendor, type, copy(offset, length)));
        }
    }

    private boolean taken(int type, int offset, int length) {
        if (ChunkType.numberWidth(type) > 0) {
            return takenAsNumber(type, offset, length);
        }
        switch (type) {
            case ChunkType.IPV4_SOURCE, ChunkType.IPV6_SOURCE -> {
                if (!isAddress(length)) {
                    return false;
                }
                source = IpAddress.unmapped(copy(offset, length));
            }
            case ChunkType.IPV4_DESTINATION, ChunkType.IPV6_DESTINATION -> {
                if (!isAddress(length)) {
                    return false;
                }
                destination = IpAddress.unmapped(copy(offset, length));
            }
            case ChunkType.AUTH_KEY -> authKey = copy(offset, length);
            case ChunkType.PAYLOAD -> {
                payloadOffset = offset;
                payloadLength = length;
            }
            case ChunkType.COMPRESSED_PAYLOAD -> compressed = copy(offset, length);
            case ChunkType.CORRELATION_ID -> correlationId = text(offset, length);
            case ChunkType.NODE_NAME -> nodeName = text(offset, length);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean takenAsNumber(int type, int offset, int length) {
        if (length == 0 || length > Long.BYTES) {
            return false;
        }
        long number = BigEndian.read(packet.array(), offset, length);
        if (number >>> 8 * ChunkType.numberWidth(type) != 0) {
            return false;
        }
        numbers[type] = number;
        return true;
    }

    private static boolean isAddress(int length) {
        return length == IpAddress.V4_LENGTH || length == IpAddress.V6_LENGTH;
    }

    private byte[] copy(int offset, int length) {
        return Arrays.copyOfRange(packet.array(), offset, offset + length);
    }

    private String text(int offset, int length) {
        return new String(packet.array(), offset, length, StandardCharsets.UTF_8);
    }

    private HepPacket packet(byte[] bytes, int offset, int length) {
        return new HepPacket(
                3,
                (int) numbers[ChunkType.IP_PROTOCOL],
                source,
                destination,
                (int) numbers[ChunkType.SOURCE_PORT],
                (int) numbers[ChunkType.DESTINATION_PORT],
                capturedAtMicros(),
                (int) numbers[ChunkType.PROTOCOL_TYPE],
                agentId(),
                nodeName,
                correlationId,
                (int) numbers[ChunkType.VLAN],
                authKey,
                bytes,
                offset,
                length,
                List.copyOf(others));
    }

    // Microseconds of a second and more have been seen: they carry over.
    private long capturedAtMicros() {
        long seconds = numbers[ChunkType.SECONDS];
        return seconds < 0 ? -1 : seconds * 1_000_000 + Math.max(0, numbers[ChunkType.MICROSECONDS]);
    }

    // sngrep and sipgrep put the 16 bits of their id in the upper half: 2002 arrives as 07 d2 00 00.
    private long agentId() {
        long id = numbers[ChunkType.AGENT_ID];
        return id > 0 && (id & 0xffff) == 0 ? id >> 16 : id;
    }
}
