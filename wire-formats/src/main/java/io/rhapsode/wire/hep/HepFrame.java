/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.MalformedPacket;

/**
 * Where a packet ends in a stream: packets of version 3 stand back to back, each with its length in front. There is no
 * mark to find the next one by, so after a wrong one nothing in the stream can be trusted.
 */
public final class HepFrame {

    /** Bytes that tell the length: the magic and the number. */
    public static final int HEADER = ChunkReader.PACKET_HEADER;

    /** The length field has 16 bits. */
    public static final int LONGEST = 0xffff;

    private HepFrame() {}

    /**
     * Length of the packet that begins at offset, 6 to 65535; 0 if the bytes do not tell yet.
     *
     * @param available bytes that are there
     * @throws MalformedPacket not-hep or hep-bad-length, as soon as that is certain
     */
    public static int length(byte[] bytes, int offset, int available) throws MalformedPacket {
        if (available > 0 && bytes[offset] != 'H' && bytes[offset] != 'E'
                || available > 1 && bytes[offset + 1] != 'E'
                || available > 2 && bytes[offset + 2] != 'P'
                || available > 3 && bytes[offset + 3] != '3') {
            throw new MalformedPacket("not-hep");
        }
        if (available < HEADER) {
            return 0;
        }
        int length = (bytes[offset + 4] & 0xff) << 8 | bytes[offset + 5] & 0xff;
        if (length < HEADER) {
            throw new MalformedPacket("hep-bad-length");
        }
        return length;
    }
}
