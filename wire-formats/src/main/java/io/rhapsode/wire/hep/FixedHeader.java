/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.MalformedPacket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * HEP 1 and 2: a C structure as the sender's compiler laid it out. The header length field is not looked at, since
 * senders disagree on what it counts.
 */
final class FixedHeader {

    private static final int AF_INET = 2;

    /** Compilers pad the time header from 10 to 12 bytes, unless the structure is declared packed. */
    private static final int PADDING = 2;

    private static final List<byte[]> SIP_STARTS = Stream.of(
                    "SIP/2.0 ",
                    "INVITE ",
                    "ACK ",
                    "BYE ",
                    "CANCEL ",
                    "REGISTER ",
                    "OPTIONS ",
                    "PRACK ",
                    "SUBSCRIBE ",
                    "NOTIFY ",
                    "PUBLISH ",
                    "INFO ",
                    "REFER ",
                    "MESSAGE ",
                    "UPDATE ")
            .map(start -> start.getBytes(US_ASCII))
            .toList();

    private FixedHeader() {}

    static void read(HepView view, int offset, int length) throws MalformedPacket {
        var packet = new Cursor(view.bytes, offset, length, "hep-truncated");
        view.version = packet.u8();
        packet.skip(1);
        int addressLength = addressLength(packet.u8());
        place(view, ChunkType.IP_PROTOCOL, packet, 1);
        place(view, ChunkType.SOURCE_PORT, packet, 2);
        place(view, ChunkType.DESTINATION_PORT, packet, 2);
        placeAddress(view, ChunkType.IPV4_SOURCE, packet, addressLength);
        placeAddress(view, ChunkType.IPV4_DESTINATION, packet, addressLength);
        if (view.version == 2) {
            TimeHeader.read(packet).into(view);
            skipPadding(packet);
        }
        view.place(ChunkType.PAYLOAD, packet.offset(), packet.remaining());
    }

    private static void place(HepView view, int field, Cursor packet, int length) throws MalformedPacket {
        int offset = packet.offset();
        packet.skip(length);
        view.place(field, offset, length);
    }

    private static void placeAddress(HepView view, int field, Cursor packet, int length) throws MalformedPacket {
        boolean mapped = length == IpAddress.V6_LENGTH
                && packet.remaining() >= length
                && IpAddress.isMapped(packet.array(), packet.offset());
        if (mapped) {
            packet.skip(IpAddress.V6_LENGTH - IpAddress.V4_LENGTH);
        }
        place(view, field, packet, mapped ? IpAddress.V4_LENGTH : length);
    }

    // The number is the sender's own AF_INET6: Linux 10, NetBSD and OpenBSD 24, FreeBSD 28, macOS 30.
    private static int addressLength(int family) throws MalformedPacket {
        return switch (family) {
            case AF_INET -> IpAddress.V4_LENGTH;
            case 10, 24, 28, 30 -> IpAddress.V6_LENGTH;
            default -> throw new MalformedPacket("hep-unknown-family");
        };
    }

    private static void skipPadding(Cursor packet) throws MalformedPacket {
        boolean packed = startsLikeSip(packet, 0) && !startsLikeSip(packet, PADDING);
        if (!packed) {
            packet.skip(PADDING);
        }
    }

    private static boolean startsLikeSip(Cursor packet, int ahead) {
        int from = packet.offset() + ahead;
        int length = packet.remaining() - ahead;
        for (byte[] start : SIP_STARTS) {
            if (start.length <= length
                    && Arrays.equals(packet.array(), from, from + start.length, start, 0, start.length)) {
                return true;
            }
        }
        return false;
    }
}
