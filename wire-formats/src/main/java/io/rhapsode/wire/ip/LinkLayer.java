/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/** What stands before the IP header. Each method moves to the IP header and returns the VLAN id, or -1. */
final class LinkLayer {

    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int SMALLEST_ETHER_TYPE = 0x0600;

    private LinkLayer() {}

    static int skip(int linkType, Cursor frame) throws MalformedPacket {
        return switch (linkType) {
            case 0, 108 -> fixed(4, frame); // an address family in somebody's byte order: the IP version tells the same
            case 1 -> ethernet(frame);
            case 9 -> ppp(frame);
            case 12, 14, 101, 228, 229 -> fixed(0, frame);
            case 113 -> {
                frame.skip(14);
                yield etherType(frame.u16(), frame);
            }
            case 276 -> {
                int type = frame.u16();
                frame.skip(18);
                yield etherType(type, frame);
            }
            default -> throw new MalformedPacket("ip-unknown-link-type");
        };
    }

    private static int fixed(int length, Cursor frame) throws MalformedPacket {
        frame.skip(length);
        return -1;
    }

    static int ethernet(Cursor frame) throws MalformedPacket {
        frame.skip(12);
        return etherType(frame.u16(), frame);
    }

    /** From behind an EtherType. */
    static int etherType(int first, Cursor frame) throws MalformedPacket {
        int vlan = -1;
        int type = first;
        while (true) {
            switch (type) {
                case IPV4, IPV6 -> {
                    return vlan;
                }
                case 0x8100, 0x88a8, 0x9100, 0x9200 -> {
                    vlan = frame.u16() & 0x0fff;
                    type = frame.u16();
                }
                case 0x8847, 0x8848 -> {
                    return mpls(frame, vlan);
                }
                case 0x8864 -> {
                    frame.skip(6);
                    ppp(frame);
                    return vlan;
                }
                default -> type = snap(type, frame);
            }
        }
    }

    // A length instead of a type: IEEE 802.2, of which only SNAP (RFC 1042) carries IP.
    private static int snap(int length, Cursor frame) throws MalformedPacket {
        if (length >= SMALLEST_ETHER_TYPE || frame.remaining() < 8 || frame.u16() != 0xaaaa) {
            throw new MalformedPacket("not-ip");
        }
        frame.skip(4);
        return frame.u16();
    }

    // RFC 3032. Behind the last label stands IP, or a pseudowire's control word and Ethernet (RFC 4448).
    private static int mpls(Cursor frame, int vlan) throws MalformedPacket {
        while ((frame.u32() & 0x100) == 0) {
            continue; // not the bottom of the stack
        }
        if (frame.peek(0) >> 4 != 0) {
            return vlan;
        }
        frame.skip(4);
        return ethernet(frame);
    }

    // RFC 1661, with the address and control of RFC 1662 if they are there, and the protocol compressed or not.
    private static int ppp(Cursor frame) throws MalformedPacket {
        if (frame.peek(0) == 0xff) {
            frame.skip(2);
        }
        int protocol = frame.u8();
        if ((protocol & 1) == 0) {
            protocol = protocol << 8 | frame.u8();
        }
        if (protocol != 0x21 && protocol != 0x57) {
            throw new MalformedPacket("not-ip");
        }
        return -1;
    }
}
