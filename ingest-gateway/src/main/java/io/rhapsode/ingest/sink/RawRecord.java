/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.hep.ChunkType;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;
import io.rhapsode.wire.sip.CallIdScanner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a {@link RawPacket}, written straight from the datagram: the payload is copied once, and the record's own
 * array is all that is made. A test holds it equal to what the generated class writes. An instance belongs to one thread.
 */
public final class RawRecord {

    /** A HEP source that names no type (versions 1 and 2) carries SIP. */
    public static final int SIP = HepPacket.SIP;

    private static final ThreadLocal<RawRecord> OF_THREAD = ThreadLocal.withInitial(RawRecord::new);

    private static final byte[][] SOURCES = {ascii("hep"), ascii("hep1"), ascii("hep2"), ascii("hep3")};

    private final HepView view = new HepView();
    private final ProtoWriter tail = new ProtoWriter();
    private final OtherChunks others = new OtherChunks();

    private RawRecord() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The calling thread's own. */
    public static RawRecord ofThread() {
        return OF_THREAD.get();
    }

    /** As {@link #encode(HepView, long, Origin)}. */
    public static byte[] encode(HepPacket packet, long receivedAt, Origin origin) {
        RawRecord record = ofThread();
        record.view.take(packet);
        return record.encode(record.view, receivedAt, origin);
    }

    /** The Call-ID of a SIP message, else the correlation id, else null. */
    public static byte[] key(HepPacket packet) {
        RawRecord record = ofThread();
        record.view.take(packet);
        return key(record.view);
    }

    /** As {@link #key(HepPacket)}. */
    public static byte[] key(HepView packet) {
        if (protocolType(packet.protocolType()) == SIP) {
            long found = CallIdScanner.scan(packet.payload(), packet.payloadOffset(), packet.payloadLength());
            int length = (int) found;
            if (found >= 0 && length > 0) {
                int offset = (int) (found >>> 32);
                return Arrays.copyOfRange(packet.payload(), offset, offset + length);
            }
        }
        int length = packet.length(ChunkType.CORRELATION_ID);
        return length > 0 ? ProtoWriter.clean(packet.bytes(), packet.offset(ChunkType.CORRELATION_ID), length) : null;
    }

    /** @param receivedAt microseconds since 1970-01-01 UTC */
    public byte[] encode(HepView packet, long receivedAt, Origin origin) {
        writeTail(packet, receivedAt, origin);
        int length = packet.payloadLength();
        if (length == 0) {
            byte[] bytes = new byte[tail.length()];
            tail.copyTo(bytes, 0);
            return bytes;
        }
        byte[] bytes = new byte[1 + ProtoWriter.varintSize(length) + length + tail.length()];
        int at = ProtoWriter.head(bytes, 0, RawPacket.PAYLOAD_FIELD_NUMBER, length);
        System.arraycopy(packet.payload(), packet.payloadOffset(), bytes, at, length);
        tail.copyTo(bytes, at + length);
        return bytes;
    }

    /** All but the payload, which is the first field. */
    private void writeTail(HepView packet, long receivedAt, Origin origin) {
        tail.clear();
        tail.number(RawPacket.PROTOCOL_TYPE_FIELD_NUMBER, protocolType(packet.protocolType()));
        tail.number(RawPacket.CAPTURED_AT_US_FIELD_NUMBER, packet.capturedAtMicros());
        tail.number(RawPacket.RECEIVED_AT_US_FIELD_NUMBER, receivedAt);
        octets(RawPacket.SOURCE_ADDRESS_FIELD_NUMBER, packet, ChunkType.IPV4_SOURCE);
        octets(RawPacket.DESTINATION_ADDRESS_FIELD_NUMBER, packet, ChunkType.IPV4_DESTINATION);
        tail.number(RawPacket.SOURCE_PORT_FIELD_NUMBER, packet.number(ChunkType.SOURCE_PORT));
        tail.number(RawPacket.DESTINATION_PORT_FIELD_NUMBER, packet.number(ChunkType.DESTINATION_PORT));
        tail.number(RawPacket.IP_PROTOCOL_FIELD_NUMBER, packet.number(ChunkType.IP_PROTOCOL));
        tail.number(RawPacket.AGENT_ID_FIELD_NUMBER, packet.agentId());
        tail.octets(RawPacket.CAPTURE_NODE_FIELD_NUMBER, origin.nodeBytes);
        int correlation = ChunkType.CORRELATION_ID;
        tail.text(
                RawPacket.CORRELATION_ID_FIELD_NUMBER,
                packet.bytes(),
                packet.offset(correlation),
                packet.length(correlation));
        tail.number(RawPacket.VLAN_FIELD_NUMBER, packet.number(ChunkType.VLAN));
        boolean isHep = origin.sourceBytes.length == 0;
        tail.octets(RawPacket.SOURCE_FIELD_NUMBER, isHep ? SOURCES[packet.version()] : origin.sourceBytes);
        tail.octets(RawPacket.SENDER_FIELD_NUMBER, origin.senderBytes);
        tail.octets(RawPacket.SITE_FIELD_NUMBER, origin.siteBytes);
        others.write(packet, tail);
    }

    private void octets(int number, HepView packet, int field) {
        tail.octets(number, packet.bytes(), packet.offset(field), packet.length(field));
    }

    /** The protocol type that is told, SIP where none is. */
    static int protocolType(int told) {
        return told < 0 ? SIP : told;
    }
}
