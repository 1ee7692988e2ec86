/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import com.google.protobuf.CodedOutputStream;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.sip.CallIdScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a {@link RawPacket}, written straight from the datagram: the payload is copied once, and no message
 * object is made. A test holds it equal to what the generated class writes.
 */
public final class RawRecord {

    /** A HEP source that names no type (versions 1 and 2) carries SIP. */
    public static final int SIP = 1;

    private final HepPacket packet;
    private final String source;
    private final long receivedAt;
    private final String node;
    private final String sender;

    private RawRecord(HepPacket packet, String source, long receivedAt, String node, String sender) {
        this.packet = packet;
        this.source = source;
        this.receivedAt = receivedAt;
        this.node = node;
        this.sender = sender;
    }

    /** Of a packet that came as HEP, see the other. */
    public static byte[] encode(HepPacket packet, long receivedAt, String node, String sender) {
        return encode(packet, source(packet), receivedAt, node, sender);
    }

    /**
     * @param source how the packet got here
     * @param receivedAt microseconds since 1970-01-01 UTC
     * @param sender "address:port" of who brought it, empty if nobody did
     */
    public static byte[] encode(HepPacket packet, String source, long receivedAt, String node, String sender) {
        var record = new RawRecord(packet, source, receivedAt, node, sender);
        var bytes = new byte[record.size()];
        var out = CodedOutputStream.newInstance(bytes);
        try {
            record.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("size and bytes of a record differ", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /** The Call-ID of a SIP message, else the correlation id, else null. */
    public static byte[] key(HepPacket packet) {
        if (protocolType(packet) == SIP) {
            long found = CallIdScanner.scan(packet.bytes(), packet.payloadOffset(), packet.payloadLength());
            int length = (int) found;
            if (found >= 0 && length > 0) {
                int offset = (int) (found >>> 32);
                return Arrays.copyOfRange(packet.bytes(), offset, offset + length);
            }
        }
        String correlation = packet.correlationId();
        return correlation == null || correlation.isEmpty() ? null : correlation.getBytes(StandardCharsets.UTF_8);
    }

    private int size() {
        return size(RawPacket.PAYLOAD_FIELD_NUMBER, packet.payloadLength())
                + number(RawPacket.PROTOCOL_TYPE_FIELD_NUMBER, protocolType(packet))
                + number(RawPacket.CAPTURED_AT_US_FIELD_NUMBER, packet.capturedAtMicros())
                + number(RawPacket.RECEIVED_AT_US_FIELD_NUMBER, receivedAt)
                + size(RawPacket.SOURCE_ADDRESS_FIELD_NUMBER, length(packet.sourceAddress()))
                + size(RawPacket.DESTINATION_ADDRESS_FIELD_NUMBER, length(packet.destinationAddress()))
                + number(RawPacket.SOURCE_PORT_FIELD_NUMBER, packet.sourcePort())
                + number(RawPacket.DESTINATION_PORT_FIELD_NUMBER, packet.destinationPort())
                + number(RawPacket.IP_PROTOCOL_FIELD_NUMBER, packet.ipProtocol())
                + number(RawPacket.AGENT_ID_FIELD_NUMBER, packet.agentId())
                + text(RawPacket.CAPTURE_NODE_FIELD_NUMBER, node)
                + text(RawPacket.CORRELATION_ID_FIELD_NUMBER, packet.correlationId())
                + number(RawPacket.VLAN_FIELD_NUMBER, packet.vlan())
                + text(RawPacket.SOURCE_FIELD_NUMBER, source)
                + text(RawPacket.SENDER_FIELD_NUMBER, sender);
    }

    private void write(CodedOutputStream out) throws IOException {
        write(out, RawPacket.PAYLOAD_FIELD_NUMBER, packet.bytes(), packet.payloadOffset(), packet.payloadLength());
        write(out, RawPacket.PROTOCOL_TYPE_FIELD_NUMBER, protocolType(packet));
        write(out, RawPacket.CAPTURED_AT_US_FIELD_NUMBER, packet.capturedAtMicros());
        write(out, RawPacket.RECEIVED_AT_US_FIELD_NUMBER, receivedAt);
        write(out, RawPacket.SOURCE_ADDRESS_FIELD_NUMBER, packet.sourceAddress());
        write(out, RawPacket.DESTINATION_ADDRESS_FIELD_NUMBER, packet.destinationAddress());
        write(out, RawPacket.SOURCE_PORT_FIELD_NUMBER, packet.sourcePort());
        write(out, RawPacket.DESTINATION_PORT_FIELD_NUMBER, packet.destinationPort());
        write(out, RawPacket.IP_PROTOCOL_FIELD_NUMBER, packet.ipProtocol());
        write(out, RawPacket.AGENT_ID_FIELD_NUMBER, packet.agentId());
        write(out, RawPacket.CAPTURE_NODE_FIELD_NUMBER, node);
        write(out, RawPacket.CORRELATION_ID_FIELD_NUMBER, packet.correlationId());
        write(out, RawPacket.VLAN_FIELD_NUMBER, packet.vlan());
        write(out, RawPacket.SOURCE_FIELD_NUMBER, source);
        write(out, RawPacket.SENDER_FIELD_NUMBER, sender);
    }

    /** The protocol type of a packet, SIP where it says none. */
    public static int protocolType(HepPacket packet) {
        return packet.protocolType() < 0 ? SIP : packet.protocolType();
    }

    /** The version of HEP, as a source. */
    static String source(HepPacket packet) {
        return switch (packet.version()) {
            case 1 -> "hep1";
            case 2 -> "hep2";
            default -> "hep3";
        };
    }

    // As proto3 has it: what is absent (-1, null) or zero takes no bytes.

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static int number(int field, long value) {
        return value <= 0 ? 0 : CodedOutputStream.computeUInt64Size(field, value);
    }

    private static int size(int field, int length) {
        return length == 0
                ? 0
                : CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    private static int text(int field, String text) {
        return text == null || text.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, text);
    }

    private static void write(CodedOutputStream out, int field, long value) throws IOException {
        if (value > 0) {
            out.writeUInt64(field, value);
        }
    }

    private static void write(CodedOutputStream out, int field, byte[] bytes) throws IOException {
        write(out, field, bytes, 0, length(bytes));
    }

    private static void write(CodedOutputStream out, int field, byte[] bytes, int offset, int length)
            throws IOException {
        if (length > 0) {
            out.writeByteArray(field, bytes, offset, length);
        }
    }

    private static void write(CodedOutputStream out, int field, String text) throws IOException {
        if (text != null && !text.isEmpty()) {
            out.writeString(field, text);
        }
    }
}
