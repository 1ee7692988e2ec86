/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.transport.Dissector;
import io.rhapsode.wire.transport.TransportMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Makes frames of an input and gives them to a dissector: a few at a time, so that its state is fuzzed, too. */
final class Frames {

    private static final int RAW_IP = 101;
    private static final int[] LINK_TYPES = {0, 1, 9, 12, 14, 101, 108, 113, 228, 229, 252, 276};
    private static final int MOST_FRAMES = 64;
    private static final byte[] UPGRADE = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEADER_OF_TCP = {
        0x45,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        64,
        6,
        0,
        0,
        10,
        0,
        0,
        1,
        10,
        0,
        0,
        2, //
        0x13,
        (byte) 0xc4,
        0x13,
        (byte) 0xc6,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0x50,
        16,
        0,
        0,
        0,
        0,
        0,
        0
    };
    private static final int SYN = 2;

    private final Dissector dissector = new Dissector();
    private final Consumer<TransportMessage> out = Frames::expectInside;
    private long atMicros;

    private static void expectInside(TransportMessage message) {
        if (message.payloadOffset() < 0
                || message.payloadLength() < 0
                || message.payloadOffset() > message.bytes().length - message.payloadLength()) {
            throw new AssertionError("a message outside its array: " + message);
        }
    }

    /** Each frame behind its link type, the time that passed before it, and its length. */
    static void ofAnyLinkType(byte[] input) {
        var frames = new Frames();
        int at = 0;
        for (int n = 0; n < MOST_FRAMES && at + 4 <= input.length; n++) {
            int linkType = LINK_TYPES[(input[at] & 0xff) % LINK_TYPES.length];
            frames.atMicros += (input[at + 1] & 0xff) * 100_000L;
            int length = Math.min((int) BigEndian.read(input, at + 2, 2), input.length - at - 4);
            frames.frame(linkType, Arrays.copyOfRange(input, at + 4, at + 4 + length));
            at += 4 + length;
        }
        frames.end();
    }

    /** Each segment's data behind its flags, its place from where it should be, the time that passed, and its length. */
    static void tcp(byte[] input) {
        var frames = new Frames();
        int at = 0;
        int sequence = 0;
        for (int n = 0; n < MOST_FRAMES && at + 5 <= input.length; n++) {
            frames.atMicros += (input[at + 2] & 0xff) * 50_000L;
            int length = Math.min((int) BigEndian.read(input, at + 3, 2), input.length - at - 5);
            frames.segment(sequence + input[at + 1], input[at], input, at + 5, length);
            sequence += length;
            at += 5 + length;
        }
        frames.end();
    }

    /** One direction of a WebSocket behind its handshake, in segments as long as the first octet says. */
    static void webSocket(byte[] input) {
        var frames = new Frames();
        frames.segment(0, SYN, UPGRADE, 0, UPGRADE.length);
        int step = input.length == 0 ? 1 : (input[0] & 0xff) * 8 + 1;
        for (int at = 1; at < input.length; at += step) {
            frames.segment(UPGRADE.length + at, 0, input, at, Math.min(step, input.length - at));
        }
        frames.end();
    }

    /** Packets of SCTP, each behind its length. */
    static void sctp(byte[] input) {
        var frames = new Frames();
        int at = 0;
        for (int n = 0; n < MOST_FRAMES && at + 2 <= input.length; n++) {
            int length = Math.min((int) BigEndian.read(input, at, 2), input.length - at - 2);
            byte[] packet = Arrays.copyOf(HEADER_OF_TCP, 20 + 12 + length);
            packet[9] = (byte) 132;
            System.arraycopy(input, at + 2, packet, 32, length);
            frames.ip(packet);
            at += 2 + length;
        }
        frames.end();
    }

    private void segment(int sequence, int flags, byte[] data, int offset, int length) {
        byte[] packet = Arrays.copyOf(HEADER_OF_TCP, HEADER_OF_TCP.length + length);
        BigEndian.write(packet, 24, 4, sequence);
        packet[33] = (byte) flags;
        System.arraycopy(data, offset, packet, HEADER_OF_TCP.length, length);
        ip(packet);
    }

    private void ip(byte[] packet) {
        BigEndian.write(packet, 2, 2, packet.length);
        frame(RAW_IP, packet);
    }

    private void frame(int linkType, byte[] frame) {
        try {
            dissector.frame(linkType, frame, 0, frame.length, atMicros, out);
        } catch (MalformedPacket declared) {
            if (declared.reason() == null) {
                throw new AssertionError("no reason given", declared);
            }
        }
    }

    private void end() {
        dissector.end(out);
    }
}
