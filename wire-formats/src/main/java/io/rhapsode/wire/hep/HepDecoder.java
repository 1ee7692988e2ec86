/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.MalformedPacket;

/** Reads HEP of any version. {@link HepView} does the same without making objects. */
public final class HepDecoder {

    private HepDecoder() {}

    /**
     * Reads one packet that fills the given bytes. The payload is not copied, unless it was compressed or wrapped.
     *
     * @throws MalformedPacket not-hep, hep-truncated, hep-bad-length, hep-bad-chunk, hep-unknown-family or
     *     hep-payload-too-long
     */
    public static HepPacket decode(byte[] bytes, int offset, int length) throws MalformedPacket {
        var view = new HepView();
        view.read(bytes, offset, length);
        return view.packet();
    }

    /**
     * Overwrites the keys in a packet with zeros, so that it can be kept and shown. It need not be well formed: what
     * stands where a chunk could be is taken for one.
     */
    public static void hideKeys(byte[] bytes, int offset, int length) {
        if (length > 0 && (bytes[offset] == 'H' || bytes[offset] == 'E')) {
            ChunkReader.hideKeys(bytes, offset, length);
        }
    }
}
