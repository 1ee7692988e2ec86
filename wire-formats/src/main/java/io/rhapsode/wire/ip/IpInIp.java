/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/** Tells packets that were mirrored by IP in IP (RFC 2003, RFC 2473, RFC 4213) from others, at a glance. */
public final class IpInIp {

    private static final int IPV4 = 4;
    private static final int IPV6 = 41;
    private static final int IPV6_FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private IpInIp() {}

    /**
     * True if the outermost IP packet of a frame carries an IP packet, or a fragment of one.
     *
     * @param linkType see {@link IpDecoder#decode}
     */
    public static boolean carries(int linkType, byte[] bytes, int offset, int length) {
        var frame = new Cursor(bytes, offset, length, "ip-truncated");
        try {
            LinkLayer.skip(linkType, frame);
            int protocol = frame.peek(0) >> 4 == 4 ? frame.peek(9) : ipv6(frame);
            return protocol == IPV4 || protocol == IPV6;
        } catch (MalformedPacket notEvenIp) {
            return false;
        }
    }

    // RFC 2473 4.1.1 puts the limit of nesting into destination options before the inner packet.
    private static int ipv6(Cursor packet) throws MalformedPacket {
        if (packet.peek(0) >> 4 != 6) {
            return -1;
        }
        int next = packet.peek(6);
        packet.skip(40);
        while (next == DESTINATION_OPTIONS || next == IPV6_FRAGMENT) {
            int length = next == IPV6_FRAGMENT ? 8 : packet.peek(1) * 8 + 8;
            boolean isLater = next == IPV6_FRAGMENT && (packet.peek(2) << 8 | packet.peek(3) & 0xf8) != 0;
            next = packet.peek(0);
            if (isLater) {
                return next;
            }
            packet.skip(length);
        }
        return next;
    }
}
