/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/** Headers of tunnels, from which the packet inside is taken. */
final class Tunnel {

    private static final int VXLAN_PORT = 4789;
    private static final int GTP_U_PORT = 2152;

    private Tunnel() {}

    /**
     * Moves from a GRE header (RFC 2784, 2890; version 1: RFC 2637) to the IP header inside.
     *
     * @param outerVlan of the frame around it
     * @return the VLAN id that counts for the packet inside
     */
    static int gre(Cursor packet, int outerVlan) throws MalformedPacket {
        int flags = packet.u16();
        int type = packet.u16();
        boolean sequence = (flags & 0x1000) != 0;
        int acknowledgement = (flags & 0x0080) != 0 && (flags & 7) == 1 ? 4 : 0;
        int checksum = (flags & 0xc000) != 0 ? 4 : 0;
        packet.skip(checksum + ((flags & 0x2000) != 0 ? 4 : 0) + (sequence ? 4 : 0) + acknowledgement);
        return switch (type) {
            case 0x0800, 0x86dd -> outerVlan;
            case 0x6558 -> LinkLayer.ethernet(packet);
            case 0x880b -> LinkLayer.skip(9, packet);
            case 0x88be -> erspan(packet, sequence ? 8 : 0); // type I has no header of its own
            case 0x22eb -> erspan(packet, (packet.peek(11) & 1) != 0 ? 20 : 12); // type III, with a subheader or not
            default -> throw new MalformedPacket("not-ip");
        };
    }

    private static int erspan(Cursor packet, int headerLength) throws MalformedPacket {
        packet.skip(headerLength);
        return LinkLayer.ethernet(packet);
    }

    /** True before a VXLAN header (RFC 7348 5): the port, the I flag alone, and what must be 0. */
    static boolean isVxlan(int destinationPort, Cursor packet) throws MalformedPacket {
        return destinationPort == VXLAN_PORT
                && packet.remaining() > 8
                && packet.peek(0) == 8
                && packet.peek(1) == 0
                && packet.peek(2) == 0
                && packet.peek(3) == 0
                && packet.peek(7) == 0;
    }

    /** True before the header of a user's packet in GTP-U (3GPP TS 29.281 5.1): version 1, message type 255. */
    static boolean isGtpU(int destinationPort, Cursor packet) throws MalformedPacket {
        return destinationPort == GTP_U_PORT
                && packet.remaining() > 8
                && (packet.peek(0) & 0xf0) == 0x30
                && packet.peek(1) == 0xff;
    }

    /** Moves from a GTP-U header, its extension headers included, to the IP header inside. */
    static void gtpU(Cursor packet) throws MalformedPacket {
        int flags = packet.u8();
        packet.skip(7);
        if ((flags & 7) == 0) {
            return;
        }
        packet.skip(3);
        int extension = packet.u8();
        while (extension != 0) {
            int length = packet.u8() * 4;
            packet.skip(length - 2);
            extension = packet.u8();
        }
    }
}
