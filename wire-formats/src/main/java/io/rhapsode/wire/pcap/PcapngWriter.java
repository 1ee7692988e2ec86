/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.wire.BigEndian;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes payloads that come without their packets as a pcapng file (draft-ietf-opsawg-pcapng): one section in network
 * byte order, raw IP as {@link PcapWriter} makes it, microseconds. Where each packet was captured is its interface, and
 * what else is known of it a comment, so that Wireshark shows both.
 */
public final class PcapngWriter implements AutoCloseable {

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int RAW_IP = 101;

    private static final int END_OF_OPTIONS = 0;
    private static final int COMMENT = 1;
    private static final int INTERFACE_NAME = 2;
    private static final int USER_APPLICATION = 4;

    /** Names come from the network: what is over this shares one interface, and tells its name in the comment alone. */
    private static final int MOST_INTERFACES = 1_000;

    private static final int LONGEST_TEXT = 8_192;

    private final OutputStream out;
    private final PacketBuilder packets = new PacketBuilder();
    private final Map<String, Integer> interfaces = new HashMap<>();

    /**
     * Writes the file's header. The stream is closed with this writer.
     *
     * @param application that writes, as the file names it
     */
    public PcapngWriter(OutputStream out, String application) throws IOException {
        this.out = out;
        var body = new ByteArrayOutputStream(64);
        number(body, 4, BYTE_ORDER_MAGIC);
        number(body, 2, 1);
        number(body, 2, 0);
        number(body, 8, -1);
        option(body, USER_APPLICATION, application);
        number(body, 4, END_OF_OPTIONS);
        block(PcapngFormat.SECTION_HEADER, body);
    }

    /**
     * Writes a payload. What one IP packet cannot hold goes on in the next one.
     *
     * @param atMicros microseconds since 1970-01-01 UTC
     * @param ipProtocol as {@link PcapWriter#write} has it
     * @param source 4 or 16 bytes, null if not known
     * @param destination 4 or 16 bytes, null if not known
     * @param capturedAt name of the place it was captured at, may be empty
     * @param comment may be empty
     */
    public void write(
            long atMicros,
            int ipProtocol,
            byte[] source,
            byte[] destination,
            int sourcePort,
            int destinationPort,
            byte[] payload,
            String capturedAt,
            String comment)
            throws IOException {
        int number = interfaceOf(capturedAt);
        var flow = Flow.of(source, destination, sourcePort, destinationPort);
        int from = 0;
        do {
            int to = Math.min(payload.length, from + PacketBuilder.LONGEST_PAYLOAD);
            byte[] packet = packets.build(ipProtocol, flow, Arrays.copyOfRange(payload, from, to));
            packet(number, atMicros, packet, comment);
            from = to;
        } while (from < payload.length);
    }

    private int interfaceOf(String name) throws IOException {
        Integer known = interfaces.get(name);
        if (known != null) {
            return known;
        }
        if (interfaces.size() >= MOST_INTERFACES) {
            return 0;
        }
        var body = new ByteArrayOutputStream(64);
        number(body, 2, RAW_IP);
        number(body, 2, 0);
        number(body, 4, 0);
        option(body, INTERFACE_NAME, name);
        number(body, 4, END_OF_OPTIONS);
        block(INTERFACE_DESCRIPTION, body);
        interfaces.put(name, interfaces.size());
        return interfaces.size() - 1;
    }

    private void packet(int interfaceNumber, long atMicros, byte[] packet, String comment) throws IOException {
        var body = new ByteArrayOutputStream(packet.length + 64);
        number(body, 4, interfaceNumber);
        number(body, 8, atMicros);
        number(body, 4, packet.length);
        number(body, 4, packet.length);
        body.writeBytes(packet);
        pad(body, packet.length);
        if (!comment.isEmpty()) {
            option(body, COMMENT, comment);
            number(body, 4, END_OF_OPTIONS);
        }
        block(ENHANCED_PACKET, body);
    }

    private static void option(ByteArrayOutputStream body, int code, String text) {
        if (!text.isEmpty()) {
            byte[] bytes =
                    text.substring(0, Math.min(LONGEST_TEXT, text.length())).getBytes(UTF_8);
            number(body, 2, code);
            number(body, 2, bytes.length);
            body.writeBytes(bytes);
            pad(body, bytes.length);
        }
    }

    private void block(int type, ByteArrayOutputStream body) throws IOException {
        byte[] frame = new byte[8];
        int length = body.size() + 12;
        BigEndian.write(frame, 0, 4, type);
        BigEndian.write(frame, 4, 4, length);
        out.write(frame);
        body.writeTo(out);
        out.write(frame, 4, 4);
    }

    /** Everything ends on 32 bits. */
    private static void pad(ByteArrayOutputStream body, int length) {
        number(body, -length & 3, 0);
    }

    private static void number(ByteArrayOutputStream body, int width, long number) {
        byte[] bytes = new byte[width];
        BigEndian.write(bytes, 0, width, number);
        body.writeBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
