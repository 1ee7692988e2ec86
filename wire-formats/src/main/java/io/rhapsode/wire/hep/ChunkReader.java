/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.MalformedPacket;
import java.util.Arrays;

/**
 * Finds the chunks of one HEP3 packet. They come in any order. A number may be wider or narrower than the specification
 * says; if it does not fit, the chunk is kept as it is and the field stays absent.
 */
final class ChunkReader {

    static final int PACKET_HEADER = 6;
    private static final int CHUNK_HEADER = 6;
    private static final int GENERIC = 0;

    private ChunkReader() {}

    static void read(HepView view, int offset, int length) throws MalformedPacket {
        expectMagic(view.bytes, offset, length);
        if (length < PACKET_HEADER) {
            throw new MalformedPacket("hep-truncated");
        }
        if (u16(view.bytes, offset + 4) != length) {
            throw new MalformedPacket("hep-bad-length");
        }
        view.version = 3;
        int end = offset + length;
        int at = offset + PACKET_HEADER;
        while (at < end) {
            at = readChunk(view, at, end);
        }
    }

    // "EEP3" is allowed by the specification since revision 37; the layout is the same.
    private static void expectMagic(byte[] bytes, int offset, int length) throws MalformedPacket {
        if (length < 4 || bytes[offset + 1] != 'E' || bytes[offset + 2] != 'P' || bytes[offset + 3] != '3') {
            throw new MalformedPacket("not-hep");
        }
    }

    private static int readChunk(HepView view, int at, int end) throws MalformedPacket {
        byte[] bytes = view.bytes;
        if (end - at < CHUNK_HEADER) {
            throw new MalformedPacket("hep-bad-chunk");
        }
        int vendor = u16(bytes, at);
        int type = u16(bytes, at + 2);
        int length = u16(bytes, at + 4) - CHUNK_HEADER;
        int offset = at + CHUNK_HEADER;
        if (length < 0 || length > end - offset) {
            throw new MalformedPacket("hep-bad-chunk");
        }
        // Vendors number their chunks on their own: a vendor's type 3 is not a source address.
        if (vendor != GENERIC || !placed(view, type, offset, length)) {
            view.placeOther(vendor, type, offset, length);
        }
        return offset + length;
    }

    private static boolean placed(HepView view, int type, int offset, int length) {
        return switch (type) {
            case ChunkType.IP_FAMILY,
                    ChunkType.IP_PROTOCOL,
                    ChunkType.SOURCE_PORT,
                    ChunkType.DESTINATION_PORT,
                    ChunkType.SECONDS,
                    ChunkType.MICROSECONDS,
                    ChunkType.PROTOCOL_TYPE,
                    ChunkType.AGENT_ID,
                    ChunkType.VLAN -> fits(view.bytes, type, offset, length) && place(view, type, offset, length);
            case ChunkType.IPV4_SOURCE, ChunkType.IPV6_SOURCE ->
                placedAddress(view, ChunkType.IPV4_SOURCE, offset, length);
            case ChunkType.IPV4_DESTINATION, ChunkType.IPV6_DESTINATION ->
                placedAddress(view, ChunkType.IPV4_DESTINATION, offset, length);
            case ChunkType.AUTH_KEY,
                    ChunkType.PAYLOAD,
                    ChunkType.COMPRESSED_PAYLOAD,
                    ChunkType.CORRELATION_ID,
                    ChunkType.NODE_NAME -> place(view, type, offset, length);
            default -> false;
        };
    }

    private static boolean place(HepView view, int field, int offset, int length) {
        view.place(field, offset, length);
        return true;
    }

    private static boolean placedAddress(HepView view, int field, int offset, int length) {
        boolean mapped = length == IpAddress.V6_LENGTH && IpAddress.isMapped(view.bytes, offset);
        if (mapped) {
            view.place(field, offset + IpAddress.V6_LENGTH - IpAddress.V4_LENGTH, IpAddress.V4_LENGTH);
            return true;
        }
        boolean address = length == IpAddress.V4_LENGTH || length == IpAddress.V6_LENGTH;
        return address && place(view, field, offset, length);
    }

    /** Whether the bytes hold a number, and none that is greater than the chunk's type allows. */
    static boolean fits(byte[] bytes, int type, int offset, int length) {
        int width = ChunkType.numberWidth(type);
        return length == width
                || length > 0 && length <= Long.BYTES && BigEndian.read(bytes, offset, length) >>> 8 * width == 0;
    }

    /** Zeroes what stands in the authentication chunks of a packet that may be malformed. */
    static void hideKeys(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset + PACKET_HEADER;
        while (end - at >= CHUNK_HEADER) {
            int chunkEnd = Math.min(end, at + u16(bytes, at + 4));
            if (u16(bytes, at) == GENERIC && u16(bytes, at + 2) == ChunkType.AUTH_KEY) {
                Arrays.fill(bytes, at + CHUNK_HEADER, Math.max(at + CHUNK_HEADER, chunkEnd), (byte) 0);
            }
            at = Math.max(at + CHUNK_HEADER, chunkEnd);
        }
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
