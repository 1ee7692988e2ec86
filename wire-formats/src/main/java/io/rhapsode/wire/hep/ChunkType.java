/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

/** Numbers of the generic chunks (HEP3 specification, revision 37). */
public final class ChunkType {

    public static final int IP_FAMILY = 0x01;
    public static final int IP_PROTOCOL = 0x02;
    public static final int IPV4_SOURCE = 0x03;
    public static final int IPV4_DESTINATION = 0x04;
    public static final int IPV6_SOURCE = 0x05;
    public static final int IPV6_DESTINATION = 0x06;
    public static final int SOURCE_PORT = 0x07;
    public static final int DESTINATION_PORT = 0x08;
    public static final int SECONDS = 0x09;
    public static final int MICROSECONDS = 0x0a;
    public static final int PROTOCOL_TYPE = 0x0b;
    public static final int AGENT_ID = 0x0c;
    public static final int KEEP_ALIVE = 0x0d;
    public static final int AUTH_KEY = 0x0e;
    public static final int PAYLOAD = 0x0f;
    public static final int COMPRESSED_PAYLOAD = 0x10;
    public static final int CORRELATION_ID = 0x11;
    public static final int VLAN = 0x12;
    public static final int NODE_NAME = 0x13;
    public static final int SOURCE_MAC = 0x14;
    public static final int DESTINATION_MAC = 0x15;
    public static final int ETHER_TYPE = 0x16;
    public static final int TCP_FLAGS = 0x17;
    public static final int TOS = 0x18;
    public static final int MOS = 0x20;
    public static final int R_FACTOR = 0x21;
    public static final int GEO_LOCATION = 0x22;
    public static final int JITTER = 0x23;
    public static final int TRANSACTION_TYPE = 0x24;
    public static final int PAYLOAD_KEYS = 0x25;
    public static final int TAG_VALUES = 0x26;
    public static final int TAG_TYPE = 0x27;
    public static final int EVENT_TYPE = 0x28;
    public static final int GROUP_ID = 0x29;

    private static final byte[] NUMBER_WIDTHS = numberWidths();

    private ChunkType() {}

    /** How many bytes the number in a chunk of this type takes; 0 if it holds no number. */
    public static int numberWidth(int type) {
        return type < NUMBER_WIDTHS.length ? NUMBER_WIDTHS[type] : 0;
    }

    private static byte[] numberWidths() {
        byte[] widths = new byte[GROUP_ID + 1];
        for (int type : new int[] {IP_FAMILY, IP_PROTOCOL, PROTOCOL_TYPE, TCP_FLAGS, TOS}) {
            widths[type] = 1;
        }
        for (int type : new int[] {SOURCE_PORT, DESTINATION_PORT, KEEP_ALIVE, VLAN, ETHER_TYPE, MOS, R_FACTOR}) {
            widths[type] = 2;
        }
        widths[TAG_TYPE] = 2;
        widths[EVENT_TYPE] = 2;
        for (int type : new int[] {SECONDS, MICROSECONDS, AGENT_ID, JITTER}) {
            widths[type] = 4;
        }
        return widths;
    }
}
