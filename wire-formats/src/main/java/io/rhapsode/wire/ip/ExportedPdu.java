/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.MalformedPacket;

/** Wireshark's "exported PDU": a payload behind tags that say where it came from, each of a type, a length and a value. */
final class ExportedPdu {

    static final int LINK_TYPE = 252;

    private static final int END = 0;
    private static final int IPV4_SOURCE = 20;
    private static final int IPV4_DESTINATION = 21;
    private static final int IPV6_SOURCE = 22;
    private static final int IPV6_DESTINATION = 23;
    private static final int PORT_TYPE = 24;
    private static final int SOURCE_PORT = 25;
    private static final int DESTINATION_PORT = 26;

    /** Of the port types only UDP's: what else was exported is no datagram any more. */
    private static final int UDP_PORTS = 3;

    private static final int UDP = 17;

    private ExportedPdu() {}

    static IpDatagram decode(Cursor frame) throws MalformedPacket {
        byte[] source = null;
        byte[] destination = null;
        int sourcePort = -1;
        int destinationPort = -1;
        long portType = -1;
        int tag = frame.u16();
        while (tag != END) {
            int length = frame.u16();
            int next = frame.offset() + length;
            switch (tag) {
                case IPV4_SOURCE -> source = frame.bytes(IpAddress.V4_LENGTH);
                case IPV4_DESTINATION -> destination = frame.bytes(IpAddress.V4_LENGTH);
                case IPV6_SOURCE -> source = frame.bytes(IpAddress.V6_LENGTH);
                case IPV6_DESTINATION -> destination = frame.bytes(IpAddress.V6_LENGTH);
                case PORT_TYPE -> portType = frame.u32();
                case SOURCE_PORT -> sourcePort = (int) frame.u32() & 0xffff;
                case DESTINATION_PORT -> destinationPort = (int) frame.u32() & 0xffff;
                default -> frame.skip(length);
            }
            frame.skip(next - frame.offset());
            tag = frame.u16();
        }
        frame.skip(frame.u16());
        if (source == null || destination == null || portType != UDP_PORTS) {
            throw new MalformedPacket("not-ip");
        }
        return new IpDatagram(
                source,
                destination,
                UDP,
                sourcePort,
                destinationPort,
                frame.array(),
                frame.offset(),
                frame.remaining(),
                0,
                -1,
                0);
    }
}
