/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import java.util.Arrays;

/** One frame on its way from layer to layer: what is known so far, and where the next layer begins. */
final class Layers {

    private static final int DEEPEST = 8;

    private static final int IPV6_HOP_BY_HOP = 0;
    private static final int IPV4 = 4;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int DCCP = 33;
    private static final int IPV6 = 41;
    private static final int IPV6_ROUTING = 43;
    private static final int IPV6_FRAGMENT = 44;
    private static final int GRE = 47;
    private static final int AUTHENTICATION = 51;
    private static final int IPV6_DESTINATION = 60;
    private static final int SCTP = 132;
    private static final int IPV6_MOBILITY = 135;
    private static final int UDP_LITE = 136;

    private final FragmentTable fragments;
    private final long atMicros;

    private Cursor packet;
    private int vlan;
    private long tunnel;
    private int cutOff;
    private int depth;
    private byte[] source;
    private byte[] destination;

    Layers(Cursor frame, FragmentTable fragments, long atMicros) {
        this.packet = frame;
        this.fragments = fragments;
        this.atMicros = atMicros;
    }

    /** The innermost datagram, or null if fragments of it are missing. */
    IpDatagram decode(int linkType) throws MalformedPacket {
        vlan = LinkLayer.skip(linkType, packet);
        return ip();
    }

    private IpDatagram ip() throws MalformedPacket {
        if (depth++ == DEEPEST) {
            throw new MalformedPacket("ip-too-many-layers");
        }
        return switch (packet.peek(0) >> 4) {
            case 4 -> ipv4();
            case 6 -> ipv6();
            default -> throw new MalformedPacket("not-ip");
        };
    }

    // RFC 791 3.1
    private IpDatagram ipv4() throws MalformedPacket {
        int headerLength = (packet.u8() & 0x0f) * 4;
        packet.skip(1);
        int length = packet.u16();
        int id = packet.u16();
        int fragment = packet.u16();
        packet.skip(1);
        int protocol = packet.u8();
        packet.skip(2);
        source = packet.bytes(4);
        destination = packet.bytes(4);
        packet.skip(headerLength - 20);
        // Network cards that cut the packet themselves leave the length 0.
        int payloadLength = length == 0 ? packet.remaining() : length - headerLength;
        expectLength(payloadLength);
        boolean more = (fragment & 0x2000) != 0;
        int offset = (fragment & 0x1fff) * 8;
        return more || offset > 0 ? fragment(protocol, id, offset, more, payloadLength) : upper(protocol);
    }

    // RFC 8200 3
    private IpDatagram ipv6() throws MalformedPacket {
        packet.skip(4);
        int length = packet.u16();
        int next = packet.u8();
        packet.skip(1);
        source = packet.bytes(16);
        destination = packet.bytes(16);
        int payloadLength = length == 0 ? packet.remaining() : length;
        expectLength(payloadLength);
        int end = packet.offset() + payloadLength;
        while (isExtension(next)) {
            next = extension();
        }
        return next == IPV6_FRAGMENT ? ipv6Fragment(end) : upper(next);
    }

    private static boolean isExtension(int header) {
        return switch (header) {
            case IPV6_HOP_BY_HOP, IPV6_ROUTING, IPV6_DESTINATION, IPV6_MOBILITY -> true;
            default -> false;
        };
    }

    private int extension() throws MalformedPacket {
        int next = packet.u8();
        packet.skip(packet.u8() * 8 + 6);
        return next;
    }

    // RFC 8200 4.5
    private IpDatagram ipv6Fragment(int end) throws MalformedPacket {
        int next = packet.u8();
        packet.skip(1);
        int fragment = packet.u16();
        int id = (int) packet.u32();
        boolean more = (fragment & 1) != 0;
        int offset = fragment & 0xfff8;
        return more || offset > 0 ? fragment(next, id, offset, more, end - packet.offset()) : upper(next);
    }

    private void expectLength(int payloadLength) throws MalformedPacket {
        if (payloadLength < 0) {
            throw new MalformedPacket("ip-bad-length");
        }
        limit(payloadLength);
    }

    /** Leaves out what is behind the length that a header gives, and remembers what is not there of it. */
    private void limit(int length) {
        cutOff = Math.max(0, length - packet.remaining());
        packet.limit(length);
    }

    private IpDatagram fragment(int protocol, int id, int offset, boolean more, int length) throws MalformedPacket {
        if (packet.remaining() < length) {
            throw new MalformedPacket("ip-truncated");
        }
        var key = FragmentTable.key(source, destination, protocol, id, vlan, tunnel);
        byte[] whole = fragments.add(key, atMicros, offset, more, packet);
        if (whole == null) {
            return null;
        }
        packet = new Cursor(whole, 0, whole.length, "ip-truncated");
        // Of an IPv6 datagram, further extension headers may stand in the fragmented part.
        int next = protocol;
        while (source.length == 16 && isExtension(next)) {
            next = extension();
        }
        return upper(next);
    }

    private IpDatagram upper(int protocol) throws MalformedPacket {
        return switch (protocol) {
            case IPV4, IPV6 -> {
                enter(0);
                yield ip();
            }
            case GRE -> gre();
            case AUTHENTICATION -> {
                int next = packet.u8();
                packet.skip(packet.u8() * 4 + 6);
                yield upper(next);
            }
            case UDP -> udp();
            case TCP, SCTP, DCCP, UDP_LITE ->
                datagram(protocol, packet.peek(0) << 8 | packet.peek(1), packet.peek(2) << 8 | packet.peek(3));
            default -> datagram(protocol, -1, -1);
        };
    }

    private IpDatagram gre() throws MalformedPacket {
        enter(Tunnel.greKey(packet));
        vlan = Tunnel.gre(packet, vlan);
        return ip();
    }

    // The inner packets of two tunnels may have the same addresses and identifications, as private networks do. The
    // numbers are mixed into one of 64 bits: two tunnels alike would have to be sought.
    private void enter(long id) {
        long between = 31L * Arrays.hashCode(source) + Arrays.hashCode(destination);
        tunnel = (tunnel * 0x9e3779b97f4a7c15L + between) * 0x9e3779b97f4a7c15L + id + 1;
    }

    // RFC 768
    private IpDatagram udp() throws MalformedPacket {
        int sourcePort = packet.u16();
        int destinationPort = packet.u16();
        int length = packet.u16();
        packet.skip(2);
        if (length > 0 && length < 8) {
            throw new MalformedPacket("ip-bad-length");
        }
        limit(length == 0 ? packet.remaining() + cutOff : length - 8);
        if (Tunnel.isVxlan(destinationPort, packet)) {
            enter(Tunnel.vxlan(packet));
            vlan = LinkLayer.ethernet(packet);
            return ip();
        }
        if (Tunnel.isGtpU(destinationPort, packet)) {
            enter(Tunnel.gtpU(packet));
            return ip();
        }
        return datagram(UDP, sourcePort, destinationPort);
    }

    private IpDatagram datagram(int protocol, int sourcePort, int destinationPort) {
        return new IpDatagram(
                source,
                destination,
                protocol,
                sourcePort,
                destinationPort,
                packet.array(),
                packet.offset(),
                packet.remaining(),
                cutOff,
                vlan,
                tunnel);
    }
}
