/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The format of blocks (draft-ietf-opsawg-pcapng): sections, each with its own byte order and interfaces, each of which
 * has its own link type and clock. Blocks that hold no packet are passed over.
 */
final class PcapngFormat implements CaptureFile.Format {

    static final int SECTION_HEADER = 0x0a0d0d0a;

    private static final int BIG_ENDIAN = 0x1a2b3c4d;
    private static final int LITTLE_ENDIAN = Integer.reverseBytes(BIG_ENDIAN);

    private static final int INTERFACE = 1;
    private static final int PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    /** What a block has around its body: the type, and its length twice. */
    private static final int FRAME = 12;

    private static final int LONGEST_BODY = CaptureFile.LONGEST_PACKET + 65_536;
    private static final int MOST_INTERFACES = 65_536;

    private final FileBytes in;
    private final List<PcapngInterface> interfaces = new ArrayList<>();

    /** @param in stands behind the type of the first section header */
    PcapngFormat(FileBytes in) throws IOException {
        this.in = in;
        readSectionHeader();
    }

    @Override
    public CaptureRecord next() throws IOException {
        while (!in.atEnd()) {
            var packet = readBlock((int) in.u32());
            if (packet != null) {
                return packet;
            }
        }
        return null;
    }

    /** Reads what is behind a block's type; null if it holds no packet. */
    private CaptureRecord readBlock(int type) throws IOException {
        switch (type) {
            case SECTION_HEADER -> readSectionHeader();
            case INTERFACE -> addInterface(body());
            case PACKET -> {
                byte[] body = body();
                return packet(body, (int) number(body, 0, 2));
            }
            case ENHANCED_PACKET -> {
                byte[] body = body();
                return packet(body, (int) number(body, 0, 4));
            }
            case SIMPLE_PACKET -> {
                return simplePacket(body());
            }
            default -> in.skip(bodyLength(in.u32()) + 4);
        }
        return null;
    }

    // The length stands before the mark that tells its byte order.
    private void readSectionHeader() throws IOException {
        byte[] length = in.bytes(4);
        in.littleEndian(false);
        int mark = (int) in.u32();
        if (mark != BIG_ENDIAN && mark != LITTLE_ENDIAN) {
            throw damaged("a section of unknown byte order");
        }
        in.littleEndian(mark == LITTLE_ENDIAN);
        in.skip(bodyLength(in.number(length, 0, 4)));
        interfaces.clear();
    }

    private void addInterface(byte[] body) throws IOException {
        if (interfaces.size() == MOST_INTERFACES) {
            throw damaged("more than " + MOST_INTERFACES + " interfaces");
        }
        var added = new PcapngInterface((int) number(body, 0, 2), number(body, 4, 4));
        int at = 8;
        while (body.length - at >= 4) {
            int code = (int) number(body, at, 2);
            int length = (int) number(body, at + 2, 2);
            added = switch (code) {
                case PcapngInterface.RESOLUTION -> added.withResolution((int) number(body, at + 4, 1));
                case PcapngInterface.OFFSET -> added.withOffset(number(body, at + 4, 8));
                default -> added;
            };
            at += 4 + (length + 3 & ~3);
        }
        interfaces.add(added);
    }

    // The enhanced packet and the obsolete packet differ only in how they name the interface.
    private CaptureRecord packet(byte[] body, int index) throws IOException {
        var from = capturedBy(index);
        long ticks = number(body, 4, 4) << 32 | number(body, 8, 4);
        int captured = CaptureFile.packetLength(number(body, 12, 4));
        return record(from.nanos(ticks), from, body, 20, captured, number(body, 16, 4));
    }

    // It has no time, and its length only if the snap length did not cut it.
    private CaptureRecord simplePacket(byte[] body) throws IOException {
        var from = capturedBy(0);
        long original = number(body, 0, 4);
        long captured = Math.min(original, Math.min(from.snapLength(), body.length - 4));
        return record(-1, from, body, 4, (int) captured, original);
    }

    private static CaptureRecord record(
            long atNanos, PcapngInterface from, byte[] body, int offset, int length, long original) throws IOException {
        if (length > body.length - offset) {
            throw damaged("a packet longer than its block");
        }
        byte[] bytes = Arrays.copyOfRange(body, offset, offset + length);
        return new CaptureRecord(atNanos, from.linkType(), bytes, (int) Math.min(Integer.MAX_VALUE, original));
    }

    private PcapngInterface capturedBy(int index) throws IOException {
        if (index < 0 || index >= interfaces.size()) {
            throw damaged("a packet of an interface that was not described");
        }
        return interfaces.get(index);
    }

    private byte[] body() throws IOException {
        long length = bodyLength(in.u32());
        if (length > LONGEST_BODY) {
            throw damaged("a block of " + (length + FRAME) + " bytes");
        }
        byte[] body = in.bytes((int) length);
        in.skip(4);
        return body;
    }

    private static long bodyLength(long blockLength) throws IOException {
        if (blockLength < FRAME) {
            throw damaged("a block of " + blockLength + " bytes");
        }
        return blockLength - FRAME;
    }

    private long number(byte[] body, int offset, int width) throws IOException {
        if (offset + width > body.length) {
            throw damaged("a block too short for what it says");
        }
        return in.number(body, offset, width);
    }

    private static IOException damaged(String what) {
        return new IOException("damaged capture file: " + what);
    }
}
