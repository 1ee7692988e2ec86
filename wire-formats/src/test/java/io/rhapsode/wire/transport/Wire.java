/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A wire to a dissector: packets in, and what came out of it. */
final class Wire {

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;

    private static final int RAW_IP = 101;

    final Dissector dissector = new Dissector();
    final List<String> messages = new ArrayList<>();
    final List<TransportMessage> all = new ArrayList<>();
    long atMicros = 1_000_000_000;

    /** A SIP request with this Call-ID and body. */
    static String sip(String callId, String body) {
        return "MESSAGE sip:bob@example.com SIP/2.0\r\nCall-ID: " + callId + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    static byte[] ipv4(int protocol, byte[] payload) {
        byte[] packet = join(hex("45000000 00010000 40000000 0a000001 0a000002"), payload);
        BigEndian.write(packet, 2, 2, packet.length);
        packet[9] = (byte) protocol;
        return packet;
    }

    /** TCP from 5060 to 40000. */
    static byte[] tcp(int sequence, int flags, byte[] data) {
        byte[] header = hex("13c4 9c40 00000000 00000000 5000 ffff 0000 0000");
        BigEndian.write(header, 4, 4, sequence);
        header[13] = (byte) flags;
        return ipv4(6, join(header, data));
    }

    /** A packet of SCTP around chunks. */
    static byte[] sctp(byte[]... chunks) {
        return ipv4(132, join(hex("13c4 13c6 0000beef 00000000"), join(chunks)));
    }

    /** A DATA chunk of SCTP. */
    static byte[] data(int tsn, int flags, String text) {
        byte[] chunk = join(hex("00000000 00000000 00010001 00000000"), bytes(text));
        chunk[1] = (byte) flags;
        BigEndian.write(chunk, 2, 2, chunk.length);
        BigEndian.write(chunk, 4, 4, tsn);
        return Arrays.copyOf(chunk, chunk.length + 3 & ~3);
    }

    void packet(byte[] packet) {
        cutPacket(packet, packet.length);
    }

    /** A packet of which the capture kept only so much. */
    void cutPacket(byte[] packet, int kept) {
        try {
            dissector.frame(RAW_IP, packet, 0, kept, atMicros, this::note);
        } catch (MalformedPacket e) {
            messages.add(e.reason());
        }
    }

    void tcpData(int sequence, String text) {
        packet(tcp(sequence, ACK, bytes(text)));
    }

    void end() {
        dissector.end(this::note);
    }

    private void note(TransportMessage message) {
        all.add(message);
        messages.add(new String(message.payload(), ISO_8859_1));
    }

    /** What was left over, by reason. */
    Map<String, Long> leftovers() {
        var leftovers = new TreeMap<String, Long>();
        dissector.leftovers().forEach((leftover, count) -> leftovers.put(leftover.reason(), count));
        return leftovers;
    }

    long count(Leftover leftover) {
        return dissector.leftovers().getOrDefault(leftover, 0L);
    }
}
