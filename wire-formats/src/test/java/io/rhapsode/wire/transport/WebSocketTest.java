/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static io.rhapsode.wire.transport.Wire.ACK;
import static io.rhapsode.wire.transport.Wire.SYN;
import static io.rhapsode.wire.transport.Wire.bytes;
import static io.rhapsode.wire.transport.Wire.hex;
import static io.rhapsode.wire.transport.Wire.join;
import static io.rhapsode.wire.transport.Wire.sip;
import static io.rhapsode.wire.transport.Wire.tcp;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.rhapsode.wire.BigEndian;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class WebSocketTest {

    private static final String REQUEST =
            "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + "Sec-WebSocket-Protocol: sip\r\n\r\n";
    private static final String RESPONSE =
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
    private static final String ONE = sip("one", "v=0\r\n");
    private static final String TWO = sip("two", "a=sendrecv\r\n".repeat(60));

    private static final int FIN = 0x80;
    private static final int COMPRESSED = 0x40;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final Wire wire = new Wire();
    private int sequence = 1;

    private void begin(String http) {
        wire.packet(tcp(0, SYN, new byte[0]));
        send(bytes(http));
    }

    private void send(byte[] data) {
        wire.packet(tcp(sequence, ACK, data));
        sequence += data.length;
    }

    private static byte[] frame(int first, boolean masked, byte[] payload) {
        int mask = masked ? 0x80 : 0;
        byte[] header = payload.length < 126
                ? new byte[] {(byte) first, (byte) (mask | payload.length)}
                : payload.length < 65_536
                        ? new byte[] {(byte) first, (byte) (mask | 126), 0, 0}
                        : new byte[] {(byte) first, (byte) (mask | 127), 0, 0, 0, 0, 0, 0, 0, 0};
        BigEndian.write(header, 2, header.length - 2, payload.length);
        byte[] key = masked ? hex("37fa213d") : new byte[0];
        byte[] coded = payload.clone();
        for (int i = 0; masked && i < coded.length; i++) {
            coded[i] ^= key[i & 3];
        }
        return join(header, key, coded);
    }

    private static byte[] text(String message) {
        return frame(FIN | TEXT, true, bytes(message));
    }

    @Test
    void maskedFramesOfAClient() {
        begin(REQUEST);
        send(join(text(ONE), text(TWO)));
        assertThat(wire.messages).containsExactly(ONE, TWO);
        assertThat(wire.all.get(0).transport()).isEqualTo(Transport.WS);
        assertThat(wire.all.get(0).transport().ipProtocol()).isEqualTo(6);
    }

    @Test
    void plainFramesOfAServerBehindItsResponse() {
        begin(RESPONSE + new String(frame(FIN | BINARY, false, bytes(ONE)), ISO_8859_1));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void fragmentsWithControlFramesBetween() {
        begin(REQUEST);
        send(frame(TEXT, true, bytes(TWO.substring(0, 100))));
        send(frame(FIN | PING, true, bytes("still there?")));
        send(frame(0, true, bytes(TWO.substring(100, 200))));
        send(frame(FIN, true, bytes(TWO.substring(200))));
        send(frame(FIN | CLOSE, true, hex("03e8")));
        assertThat(wire.messages).containsExactly(TWO);
        assertThat(wire.count(Leftover.BETWEEN_MESSAGES)).isEqualTo(2);
        assertThat(wire.count(Leftover.SEGMENT)).isEqualTo(3);
    }

    @Test
    void framesInAnyPieces() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] all = join(bytes(REQUEST), text(ONE), frame(TEXT, true, bytes("SIP/2.0 ")), text(""), text(TWO));
        for (int round = 0; round < 300; round++) {
            var wire = new Wire();
            wire.packet(tcp(0, SYN, new byte[0]));
            int at = 0;
            while (at < all.length) {
                int end = Math.min(all.length, at + 1 + random.nextInt(90));
                wire.packet(tcp(1 + at, ACK, Arrays.copyOfRange(all, at, end)));
                at = end;
            }
            assertThat(wire.messages).as("seed " + seed).containsExactly(ONE, TWO);
        }
    }

    @Test
    void lengthsOfSixtyFourBits() {
        String big = sip("big", "x".repeat(70_000));
        begin(REQUEST);
        byte[] frame = text(big);
        for (int at = 0; at < frame.length; at += 30_000) {
            send(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + 30_000)));
        }
        assertThat(wire.messages).containsExactly(big);
    }

    @Test
    void aMessageTooLongIsPassedOver() {
        begin(REQUEST);
        send(hex("81 7f 0000000000100000"));
        for (int i = 0; i < 32; i++) {
            send(new byte[32_768]);
        }
        send(text(ONE));
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void fragmentsThatNeverEndAreBounded() {
        begin(REQUEST);
        send(frame(TEXT, true, bytes(ONE)));
        for (int i = 0; i < 30; i++) {
            send(frame(0, true, new byte[30_000]));
        }
        assertThat(wire.dissector.bytesHeld()).isLessThan(1 << 20);
        send(frame(FIN, true, new byte[10]));
        send(text(TWO));
        assertThat(wire.messages).containsExactly(TWO);
        assertThat(wire.count(Leftover.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void aConnectionJoinedInTheMiddle() {
        send(frame(FIN | PING, true, bytes("?")));
        send(text(ONE));
        send(text(TWO));
        assertThat(wire.messages).containsExactly(ONE, TWO);
    }

    @Test
    void aLostSegmentWithinAFrame() {
        begin(REQUEST);
        byte[] frame = text(TWO);
        send(Arrays.copyOf(frame, 100));
        sequence += 200;
        send(join(Arrays.copyOfRange(frame, 300, frame.length), text(ONE)));
        wire.end();
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.TCP_GAP)).isEqualTo(1);
        assertThat(wire.count(Leftover.INCOMPLETE)).isEqualTo(1);
    }

    @Test
    void aLostSegmentBetweenFrames() {
        begin(REQUEST);
        sequence += 50;
        send(text(ONE));
        wire.end();
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void keepAlivesOfSipAreNoMessages() {
        begin(REQUEST);
        send(text("\r\n\r\n"));
        send(text(ONE));
        assertThat(wire.messages).containsExactly(ONE);
    }

    @Test
    void framesThatCannotBeEndIt() {
        for (String bad :
                new String[] {"b1 80 00000000", "83 80 00000000", "89 fe 0080", "09 80", "81 ff 8000000000000000"}) {
            var bits = new WebSocketTest();
            bits.begin(REQUEST);
            bits.send(join(hex(bad), new byte[8]));
            assertThat(bits.wire.count(Leftover.WS_BAD_FRAME)).as(bad).isEqualTo(1);
        }
    }

    @Test
    void aFrameOfAnImpossibleLengthIsNoneInTheMiddleEither() {
        byte[] frame = join(new byte[] {TEXT, 127}, hex("0005 4d89 0080 6047"), bytes(ONE));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            begin(REQUEST);
            send(frame);
            send(frame);
            wire.end();
        });
        assertThat(wire.count(Leftover.WS_BAD_FRAME)).isOne();
    }

    @Test
    void httpWithoutUpgradeIsLeft() {
        begin("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        send(text("hello"));
        assertThat(wire.messages).isEmpty();
        assertThat(wire.count(Leftover.TCP_OTHER)).isEqualTo(2);
    }

    /** As RFC 7692 7.2.1 says: a sync flush, of which the last four octets are left out. */
    private static byte[] deflated(Deflater deflater, String message) {
        byte[] out = new byte[message.length() + 100];
        deflater.setInput(bytes(message));
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        return Arrays.copyOf(out, length - 4);
    }

    @Test
    void compressedMessagesShareTheirWindow() {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        begin(REQUEST);
        byte[] second = deflated(deflater, TWO);
        byte[] again = deflated(deflater, TWO);
        assertThat(again.length).isLessThan(second.length / 2);
        send(frame(FIN | COMPRESSED | TEXT, true, second));
        send(frame(COMPRESSED | TEXT, true, Arrays.copyOf(again, 5)));
        send(frame(FIN, true, Arrays.copyOfRange(again, 5, again.length)));
        send(text(ONE));
        assertThat(wire.messages).containsExactly(TWO, TWO, ONE);
        deflater.end();
    }

    @Test
    void compressedMessagesWithoutTheirWindowAreCounted() {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflated(deflater, TWO);
        begin(REQUEST);
        send(frame(FIN | COMPRESSED | TEXT, true, deflated(deflater, TWO)));
        deflater.reset();
        send(frame(FIN | COMPRESSED | TEXT, true, deflated(deflater, ONE)));
        assertThat(wire.messages).containsExactly(ONE);
        assertThat(wire.count(Leftover.WS_BAD_DEFLATE)).isEqualTo(1);
        deflater.end();
    }

    @Test
    void aLastBlockEndsOneMessageOnly() {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        begin(REQUEST);
        for (int i = 0; i < 2; i++) {
            deflater.reset();
            deflater.setInput(bytes(ONE));
            deflater.finish();
            byte[] out = new byte[500];
            int length = deflater.deflate(out);
            send(frame(FIN | COMPRESSED | TEXT, true, Arrays.copyOf(out, length)));
        }
        assertThat(wire.messages).containsExactly(ONE, ONE);
        deflater.end();
    }

    @Test
    void aBombIsNotKept() {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        begin(REQUEST);
        send(frame(FIN | COMPRESSED | TEXT, true, deflated(deflater, "x".repeat(2_000_000))));
        assertThat(wire.messages).isEmpty();
        assertThat(wire.count(Leftover.WS_BAD_DEFLATE)).isEqualTo(1);
        deflater.end();
    }

    @Test
    void disorderNeverEscapes() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        byte[] compressed = frame(FIN | COMPRESSED | TEXT, true, deflated(deflater, TWO));
        byte[] all = join(bytes(REQUEST), text(ONE), compressed, text(TWO));
        for (int round = 0; round < 5_000; round++) {
            byte[] changed = all.clone();
            for (int i = 0; i < 3; i++) {
                changed[bytes(REQUEST).length + random.nextInt(all.length - bytes(REQUEST).length)] =
                        (byte) random.nextInt();
            }
            var wire = new Wire();
            var messages = new ArrayList<String>();
            try {
                wire.packet(tcp(0, SYN, changed));
                wire.end();
                messages.addAll(wire.messages);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
            assertThat(wire.dissector.bytesHeld()).as("seed " + seed).isZero();
        }
        deflater.end();
    }
}
