/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.IpAddress;
import java.io.ByteArrayOutputStream;

/** Writes HEP of the version that the packet names. What is absent is left out, or 0 in versions 1 and 2. */
public final class HepEncoder {

    private static final int LONGEST = 0xffff;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final long MICROS = 1_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

    private HepEncoder() {}

    /**
     * @throws IllegalArgumentException if version 3 cannot hold it (65535 bytes), or version 1 or 2 lacks an address or
     *     has addresses of two families
     */
    public static byte[] encode(HepPacket packet) {
        var encoder = new HepEncoder();
        return packet.version() == 3 ? encoder.chunks(packet) : encoder.fixedHeader(packet);
    }

    private byte[] chunks(HepPacket packet) {
        out.writeBytes("HEP3".getBytes(UTF_8));
        number(2, 0);
        byte[] source = packet.sourceAddress();
        if (source != null) {
            numberChunk(ChunkType.IP_FAMILY, family(source));
            chunk(isV4(source) ? ChunkType.IPV4_SOURCE : ChunkType.IPV6_SOURCE, source);
        }
        byte[] destination = packet.destinationAddress();
        if (destination != null) {
            chunk(isV4(destination) ? ChunkType.IPV4_DESTINATION : ChunkType.IPV6_DESTINATION, destination);
        }
        numberChunk(ChunkType.IP_PROTOCOL, packet.ipProtocol());
        numberChunk(ChunkType.SOURCE_PORT, packet.sourcePort());
        numberChunk(ChunkType.DESTINATION_PORT, packet.destinationPort());
        if (packet.capturedAtMicros() >= 0) {
            numberChunk(ChunkType.SECONDS, packet.capturedAtMicros() / MICROS);
            numberChunk(ChunkType.MICROSECONDS, packet.capturedAtMicros() % MICROS);
        }
        numberChunk(ChunkType.PROTOCOL_TYPE, packet.protocolType());
        numberChunk(ChunkType.AGENT_ID, packet.agentId());
        numberChunk(ChunkType.VLAN, packet.vlan());
        textChunk(ChunkType.NODE_NAME, packet.nodeName());
        textChunk(ChunkType.CORRELATION_ID, packet.correlationId());
        chunk(ChunkType.AUTH_KEY, packet.authKey());
        packet.otherChunks()
                .forEach(other -> chunk(other.vendor(), other.type(), other.bytes(), 0, other.bytes().length));
        chunk(0, ChunkType.PAYLOAD, packet.bytes(), packet.payloadOffset(), packet.payloadLength());
        byte[] bytes = out.toByteArray();
        if (bytes.length > LONGEST) {
            throw new IllegalArgumentException("HEP3 holds 65535 bytes, not " + bytes.length);
        }
        BigEndian.write(bytes, 4, 2, bytes.length);
        return bytes;
    }

    private void numberChunk(int type, long number) {
        if (number >= 0) {
            byte[] bytes = new byte[ChunkType.numberWidth(type)];
            BigEndian.write(bytes, 0, bytes.length, number);
            chunk(type, bytes);
        }
    }

    private void textChunk(int type, String text) {
        if (text != null) {
            chunk(type, text.getBytes(UTF_8));
        }
    }

    private void chunk(int type, byte[] bytes) {
        if (bytes != null) {
            chunk(0, type, bytes, 0, bytes.length);
        }
    }

    private void chunk(int vendor, int type, byte[] bytes, int offset, int length) {
        number(2, vendor);
        number(2, type);
        number(2, Math.min(LONGEST, 6 + length)); // what is longer is refused in the end
        out.write(bytes, offset, length);
    }

    private byte[] fixedHeader(HepPacket packet) {
        byte[] source = packet.sourceAddress();
        byte[] destination = packet.destinationAddress();
        if (source == null || destination == null || source.length != destination.length) {
            throw new IllegalArgumentException("HEP " + packet.version() + " takes two addresses of one family");
        }
        out.write(packet.version());
        out.write(8 + 2 * source.length);
        out.write(family(source));
        out.write(Math.max(0, packet.ipProtocol()));
        number(2, Math.max(0, packet.sourcePort()));
        number(2, Math.max(0, packet.destinationPort()));
        out.writeBytes(source);
        out.writeBytes(destination);
        if (packet.version() == 2) {
            long micros = Math.max(0, packet.capturedAtMicros());
            number(4, Integer.reverseBytes((int) (micros / MICROS)));
            number(4, Integer.reverseBytes((int) (micros % MICROS)));
            number(2, Short.reverseBytes((short) Math.max(0, packet.agentId())));
            number(2, 0);
        }
        out.write(packet.bytes(), packet.payloadOffset(), packet.payloadLength());
        return out.toByteArray();
    }

    private static boolean isV4(byte[] address) {
        return address.length == IpAddress.V4_LENGTH;
    }

    private static int family(byte[] address) {
        return isV4(address) ? AF_INET : AF_INET6;
    }

    private void number(int width, long number) {
        byte[] bytes = new byte[width];
        BigEndian.write(bytes, 0, width, number);
        out.writeBytes(bytes);
    }
}
