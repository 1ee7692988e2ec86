/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/** Headers of tunnels, from which the packet inside is taken. */
final class Tunnel {

    private static final int VXLAN_PORT = 4789;

    /** Where Linux sent VXLAN before the port was assigned, and does unless told otherwise. */
    private static final int VXLAN_PORT_OF_LINUX = 8472;

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
            case 0x8100, 0x88a8, 0x8847, 0x8848 -> LinkLayer.etherType(type, packet);
            case 0x6558 -> LinkLayer.ethernet(packet);
            case 0x880b -> LinkLayer.skip(9, packet);
            case 0x88be -> sequence ? erspan(packet, 8) : LinkLayer.ethernet(packet); // type I has no header of its own
            case 0x22eb -> erspanThree(packet);
            default -> throw new MalformedPacket("not-ip");
        };
    }

    /** The key of a GRE header (RFC 2890 2.1), 0 if it has none, without moving. */
    static long greKey(Cursor packet) throws MalformedPacket {
        int flags = packet.peek(0);
        if ((flags & 0x20) == 0) {
            return 0;
        }
        int at = (flags & 0xc0) != 0 ? 8 : 4;
        return (long) packet.peek(at) << 24
                | packet.peek(at + 1) << 16
                | packet.peek(at + 2) << 8
                | packet.peek(at + 3);
    }

    // draft-foschiano-erspan 4.2 and 4.3: the header keeps the VLAN id of a frame whose tag was taken off.
    private static int erspan(Cursor packet, int headerLength) throws MalformedPacket {
        int original = (packet.peek(0) & 0x0f) << 8 | packet.peek(1);
        packet.skip(headerLength);
        int tagged = LinkLayer.ethernet(packet);
        return tagged >= 0 || original == 0 ? tagged : original;
    }

    // With a subheader or not, and around a frame or, by its frame type, an IP packet.
    private static int erspanThree(Cursor packet) throws MalformedPacket {
        int headerLength = (packet.peek(11) & 1) != 0 ? 20 : 12;
        boolean isIp = (packet.peek(10) >> 2 & 0x1f) == 2;
        if (!isIp) {
            return erspan(packet, headerLength);
        }
        int original = (packet.peek(0) & 0x0f) << 8 | packet.peek(1);
        packet.skip(headerLength);
        return original == 0 ? -1 : original;
    }

    /**
     * True before a VXLAN header (RFC 7348 5): the port, the I flag with or without the G flag of a group policy, and the
     * octet that must be 0.
     */
    static boolean isVxlan(int destinationPort, Cursor packet) throws MalformedPacket {
        return (destinationPort == VXLAN_PORT || destinationPort == VXLAN_PORT_OF_LINUX)
                && packet.remaining() > 8
                && (packet.peek(0) & 0x7f) == 8
                && packet.peek(7) == 0;
    }

    /** Moves from a VXLAN header to the frame inside, and returns the network's id. */
    static long vxlan(Cursor packet) throws MalformedPacket {
        packet.skip(4);
        return packet.u32() >> 8;
    }

    /** True before the header of a user's packet in GTP-U (3GPP TS 29.281 5.1): version 1, message type 255. */
    static boolean isGtpU(int destinationPort, Cursor packet) throws MalformedPacket {
        return destinationPort == GTP_U_PORT
                && packet.remaining() > 8
                && (packet.peek(0) & 0xf0) == 0x30
                && packet.peek(1) == 0xff;
    }

    /** Moves from a GTP-U header, its extension headers included, to the IP header inside; returns the tunnel's id. */
    static long gtpU(Cursor packet) throws MalformedPacket {
        int flags = packet.u8();
        packet.skip(3);
        long id = packet.u32();
        if ((flags & 7) == 0) {
            return id;
        }
        packet.skip(3);
        int extension = packet.u8();
        while (extension != 0) {
            int length = packet.u8() * 4;
            packet.skip(length - 2);
            extension = packet.u8();
        }
        return id;
    }
}
