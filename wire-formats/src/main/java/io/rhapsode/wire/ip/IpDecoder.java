/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import java.util.Optional;

/** Takes captured frames apart. It keeps fragments until their datagram is whole: one decoder a source, one thread. */
public final class IpDecoder {

    private final FragmentTable fragments = new FragmentTable();

    /**
     * The datagram that a frame holds or completes; empty while fragments are missing.
     *
     * @param linkType what the frame begins with, a LINKTYPE_ number of tcpdump.org: 0 NULL, 1 Ethernet, 9 PPP, 12, 14
     *     and 101 raw IP, 108 LOOP, 113 and 276 Linux cooked, 228 IPv4, 229 IPv6, 252 exported PDU
     * @param atMicros when the frame was captured; fragments wait for each other by this clock
     * @throws MalformedPacket not-ip, ip-unknown-link-type, ip-truncated, ip-bad-length, ip-bad-fragment,
     *     ip-fragments-overlap or ip-too-many-layers
     */
    public Optional<IpDatagram> decode(int linkType, byte[] bytes, int offset, int length, long atMicros)
            throws MalformedPacket {
        var frame = new Cursor(bytes, offset, length, "ip-truncated");
        if (linkType == ExportedPdu.LINK_TYPE) {
            return Optional.of(ExportedPdu.decode(frame));
        }
        return Optional.ofNullable(new Layers(frame, fragments, atMicros).decode(linkType));
    }

    /** Datagrams given up so far, because a fragment never came or too many waited. */
    public long incomplete() {
        return fragments.givenUp();
    }

    /** Nothing more comes: what waits for fragments is given up. */
    public void end() {
        fragments.giveUpAll();
    }
}
