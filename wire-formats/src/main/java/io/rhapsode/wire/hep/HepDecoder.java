/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/** Reads HEP of any version. */
public final class HepDecoder {

    private HepDecoder() {}

    /**
     * Reads one packet that fills the given bytes. The payload is not copied, unless it was compressed.
     *
     * @throws MalformedPacket not-hep, hep-truncated, hep-bad-length, hep-bad-chunk, hep-unknown-family or
     *     hep-payload-too-long
     */
    public static HepPacket decode(byte[] bytes, int offset, int length) throws MalformedPacket {
        var packet = new Cursor(bytes, offset, length, "hep-truncated");
        if (length == 0) {
            throw new MalformedPacket("not-hep");
        }
        return switch (packet.peek(0)) {
            case 1 -> FixedHeader.decode(1, packet);
            case 2 -> FixedHeader.decode(2, packet);
            case 'H', 'E' -> {
                expectMagic(packet);
                expectLength(packet, length);
                yield new ChunkReader(packet).read();
            }
            default -> throw new MalformedPacket("not-hep");
        };
    }

    // "EEP3" is allowed by the specification since revision 37; the layout is the same.
    private static void expectMagic(Cursor packet) throws MalformedPacket {
        packet.skip(1);
        if (packet.remaining() < 3 || packet.u8() != 'E' || packet.u8() != 'P' || packet.u8() != '3') {
            throw new MalformedPacket("not-hep");
        }
    }

    private static void expectLength(Cursor packet, int length) throws MalformedPacket {
        if (packet.u16() != length) {
            throw new MalformedPacket("hep-bad-length");
        }
    }
}
