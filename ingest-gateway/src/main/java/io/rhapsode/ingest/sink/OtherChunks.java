/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.schema.HepChunk;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.hep.ChunkType;
import io.rhapsode.wire.hep.HepView;
import java.util.BitSet;
import java.util.List;

/** Writes the chunks of a HEP3 packet that are rare: those with a meaning as fields, all others as they came. */
final class OtherChunks {

    private enum Kind {
        NUMBER {
            @Override
            boolean fits(byte[] bytes, int type, int offset, int length) {
                return length == ChunkType.numberWidth(type);
            }

            @Override
            void write(ProtoWriter out, int field, byte[] bytes, int offset, int length) {
                out.presentNumber(field, BigEndian.read(bytes, offset, length));
            }
        },
        MAC {
            @Override
            boolean fits(byte[] bytes, int type, int offset, int length) {
                return length == 6 || length == 8;
            }
        },
        TEXT {
            @Override
            boolean fits(byte[] bytes, int type, int offset, int length) {
                return ProtoWriter.isUtf8(bytes, offset, length);
            }
        };

        abstract boolean fits(byte[] bytes, int type, int offset, int length);

        void write(ProtoWriter out, int field, byte[] bytes, int offset, int length) {
            out.presentOctets(field, bytes, offset, length);
        }
    }

    private record Field(int type, int number, Kind kind) {}

    /** By their numbers, as a message has them. */
    private static final List<Field> FIELDS = List.of(
            new Field(ChunkType.SOURCE_MAC, RawPacket.SOURCE_MAC_FIELD_NUMBER, Kind.MAC),
            new Field(ChunkType.DESTINATION_MAC, RawPacket.DESTINATION_MAC_FIELD_NUMBER, Kind.MAC),
            new Field(ChunkType.ETHER_TYPE, RawPacket.ETHER_TYPE_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.TCP_FLAGS, RawPacket.TCP_FLAGS_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.TOS, RawPacket.TOS_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.MOS, RawPacket.MOS_X100_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.R_FACTOR, RawPacket.R_FACTOR_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.GEO_LOCATION, RawPacket.GEO_LOCATION_FIELD_NUMBER, Kind.TEXT),
            new Field(ChunkType.JITTER, RawPacket.JITTER_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.TRANSACTION_TYPE, RawPacket.TRANSACTION_TYPE_FIELD_NUMBER, Kind.TEXT),
            new Field(ChunkType.PAYLOAD_KEYS, RawPacket.PAYLOAD_KEYS_FIELD_NUMBER, Kind.TEXT),
            new Field(ChunkType.TAG_VALUES, RawPacket.TAG_VALUES_FIELD_NUMBER, Kind.TEXT),
            new Field(ChunkType.TAG_TYPE, RawPacket.TAG_TYPE_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.EVENT_TYPE, RawPacket.EVENT_TYPE_FIELD_NUMBER, Kind.NUMBER),
            new Field(ChunkType.GROUP_ID, RawPacket.GROUP_ID_FIELD_NUMBER, Kind.TEXT),
            new Field(ChunkType.KEEP_ALIVE, RawPacket.KEEP_ALIVE_S_FIELD_NUMBER, Kind.NUMBER));

    private final BitSet written = new BitSet();
    private final ProtoWriter chunk = new ProtoWriter();
    private byte[] chunkBytes = new byte[256];

    void write(HepView packet, ProtoWriter out) {
        if (packet.others() == 0) {
            return;
        }
        written.clear();
        for (Field field : FIELDS) {
            int last = last(packet, field);
            if (last >= 0) {
                written.set(last);
                field.kind.write(out, field.number, packet.bytes(), packet.otherOffset(last), packet.otherLength(last));
            }
        }
        for (int i = written.nextClearBit(0); i < packet.others(); i = written.nextClearBit(i + 1)) {
            writeRaw(packet, i, out);
        }
    }

    private static int last(HepView packet, Field field) {
        for (int i = packet.others() - 1; i >= 0; i--) {
            if (packet.otherVendor(i) == 0
                    && packet.otherType(i) == field.type
                    && field.kind.fits(packet.bytes(), field.type, packet.otherOffset(i), packet.otherLength(i))) {
                return i;
            }
        }
        return -1;
    }

    private void writeRaw(HepView packet, int index, ProtoWriter out) {
        chunk.clear();
        chunk.number(HepChunk.VENDOR_FIELD_NUMBER, packet.otherVendor(index));
        chunk.number(HepChunk.TYPE_FIELD_NUMBER, packet.otherType(index));
        chunk.octets(HepChunk.VALUE_FIELD_NUMBER, packet.bytes(), packet.otherOffset(index), packet.otherLength(index));
        if (chunk.length() > chunkBytes.length) {
            chunkBytes = new byte[2 * chunk.length()];
        }
        chunk.copyTo(chunkBytes, 0);
        out.presentOctets(RawPacket.OTHER_CHUNKS_FIELD_NUMBER, chunkBytes, 0, chunk.length());
    }
}
