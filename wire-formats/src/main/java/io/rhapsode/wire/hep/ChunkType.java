/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

/** Numbers of the generic chunks (HEP3 specification, revision 37) that {@link HepPacket} has a place for. */
final class ChunkType {

    static final int IP_FAMILY = 0x01;
    static final int IP_PROTOCOL = 0x02;
    static final int IPV4_SOURCE = 0x03;
    static final int IPV4_DESTINATION = 0x04;
    static final int IPV6_SOURCE = 0x05;
    static final int IPV6_DESTINATION = 0x06;
    static final int SOURCE_PORT = 0x07;
    static final int DESTINATION_PORT = 0x08;
    static final int SECONDS = 0x09;
    static final int MICROSECONDS = 0x0a;
    static final int PROTOCOL_TYPE = 0x0b;
    static final int AGENT_ID = 0x0c;
    static final int AUTH_KEY = 0x0e;
    static final int PAYLOAD = 0x0f;
    static final int COMPRESSED_PAYLOAD = 0x10;
    static final int CORRELATION_ID = 0x11;
    static final int VLAN = 0x12;
    static final int NODE_NAME = 0x13;

    private static final int[] NUMBER_WIDTHS = numberWidths();

    private ChunkType() {}

    /** How many bytes the number in a chunk of this type takes; 0 if it holds no number. */
    static int numberWidth(int type) {
        return type < NUMBER_WIDTHS.length ? NUMBER_WIDTHS[type] : 0;
    }

    private static int[] numberWidths() {
        int[] widths = new int[NODE_NAME + 1];
        widths[IP_FAMILY] = 1;
        widths[IP_PROTOCOL] = 1;
        widths[SOURCE_PORT] = 2;
        widths[DESTINATION_PORT] = 2;
        widths[SECONDS] = 4;
        widths[MICROSECONDS] = 4;
        widths[PROTOCOL_TYPE] = 1;
        widths[AGENT_ID] = 4;
        widths[VLAN] = 2;
        return widths;
    }
}
