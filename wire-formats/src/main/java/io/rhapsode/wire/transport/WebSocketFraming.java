/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.BigEndian;

/**
 * The frames of one direction of a WebSocket (RFC 6455 5), masked or not, joined into messages. Compressed ones (RFC 7692)
 * are told by their own bit, so that what was negotiated need not have been seen; and nobody who forgets his window after
 * each message refers to what a kept one holds.
 */
final class WebSocketFraming implements Framing {

    private static final int LONGEST_SKIP = 1 << 24;
    private static final int FIN = 0x80;
    private static final int COMPRESSED = 0x40;
    private static final int RESERVED = 0x30;
    private static final int OPCODE = 0x0f;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int LONGEST_CONTROL = 125;

    private final Tally tally;
    private final MessageInflater inflater = new MessageInflater();
    private final ByteQueue message = new ByteQueue();
    private Framing next = this;
    private State state = State.BETWEEN;
    private boolean isCompressed;

    /** Of the frame at the front, with its header; 0 before it is known. */
    private int frameLength;

    private int skip;

    /** Where it stands among the fragments of a message. */
    private enum State {
        BETWEEN,
        WITHIN,
        /** Within a message of which something is missing. */
        WITHIN_LOST
    }

    WebSocketFraming(Tally tally) {
        this.tally = tally;
    }

    /**
     * True if octets from the middle of a stream can hardly be anything but a frame with SIP in it. Only what this takes,
     * too: of what it refuses, two framings would send each other to the same octet for ever.
     */
    static boolean isPlausible(byte[] bytes, int at, int to) {
        if (to - at < 16) {
            return false;
        }
        int opcode = bytes[at] & OPCODE;
        int payload = at + headerLength(bytes[at + 1]);
        long length = payloadLength(bytes, at);
        if (opcode != TEXT && opcode != BINARY || !isPossible(bytes[at], length) || payload >= to) {
            return false;
        }
        if ((bytes[at] & COMPRESSED) != 0) {
            return payload + length == to;
        }
        byte[] begin = plain(bytes, payload, (int) Math.min(length, Math.min(256, to - payload)), bytes[at + 1] < 0);
        int from = bytes[at + 1] < 0 ? 0 : payload;
        return StartLine.of(begin, from, begin == bytes ? (int) Math.min(to, payload + length) : begin.length)
                == StartLine.SIP;
    }

    private static int headerLength(byte second) {
        int code = second & 0x7f;
        return 2 + (code == 127 ? 8 : code == 126 ? 2 : 0) + ((second & MASKED) != 0 ? 4 : 0);
    }

    /** Negative if it has the highest of 64 bits, which it must not (RFC 6455 5.2). The header is to be there. */
    private static long payloadLength(byte[] bytes, int at) {
        int code = bytes[at + 1] & 0x7f;
        return code < 126 ? code : BigEndian.read(bytes, at + 2, code == 126 ? 2 : 8);
    }

    /** The payload without its mask, whose key stands before it: in an array of its own if it is masked. */
    private static byte[] plain(byte[] bytes, int offset, int length, boolean isMasked) {
        if (!isMasked) {
            return bytes;
        }
        byte[] plain = new byte[length];
        for (int i = 0; i < length; i++) {
            plain[i] = (byte) (bytes[offset + i] ^ bytes[offset - 4 + (i & 3)]);
        }
        return plain;
    }

    @Override
    public int take(byte[] bytes, int from, int to, Sink sink) {
        int at = from;
        while (at < to && next == this) {
            int behind = step(bytes, at, to, sink);
            if (behind == at) {
                break;
            }
            at = behind;
        }
        return at;
    }

    private int step(byte[] bytes, int at, int to, Sink sink) {
        if (skip > 0) {
            int passed = Math.min(skip, to - at);
            skip -= passed;
            return at + passed;
        }
        if (frameLength == 0 && (to - at < 2 || to - at < headerLength(bytes[at + 1]))) {
            return at;
        }
        int headerLength = headerLength(bytes[at + 1]);
        if (frameLength == 0) {
            long length = payloadLength(bytes, at);
            if (!isPossible(bytes[at], length)) {
                tally.count(Leftover.WS_BAD_FRAME);
                next = new TextFraming(tally, false);
                return at;
            }
            if (length > LONGEST_MESSAGE - headerLength) {
                return passOver(at, to, headerLength + length, (bytes[at] & FIN) != 0);
            }
            frameLength = headerLength + (int) length;
        }
        if (to - at < frameLength) {
            return at;
        }
        int end = at + frameLength;
        frameLength = 0;
        if ((bytes[at] & 8) == 0) {
            data(bytes, at, at + headerLength, end, sink);
        }
        return end;
    }

    private static boolean isPossible(byte first, long length) {
        int opcode = first & OPCODE;
        boolean isControl = opcode >= 8;
        boolean isKnown = opcode <= BINARY || opcode >= 8 && opcode <= 10;
        boolean isControlOfLength = !isControl || (first & FIN) != 0 && length <= LONGEST_CONTROL;
        return (first & RESERVED) == 0 && isKnown && isControlOfLength && length >= 0 && length <= LONGEST_SKIP;
    }

    private int passOver(int at, int to, long length, boolean isLast) {
        tally.count(Leftover.TOO_LONG);
        lose(isLast ? State.BETWEEN : State.WITHIN_LOST);
        int passed = (int) Math.min(length, to - at);
        skip = (int) length - passed;
        return at + passed;
    }

    /** What follows cannot refer to what is not here (RFC 7692 7.1.1: the window goes on from message to message). */
    private void lose(State after) {
        message.clear();
        inflater.forget();
        state = after;
    }

    private void data(byte[] bytes, int frame, int payload, int end, Sink sink) {
        boolean isFirst = (bytes[frame] & OPCODE) != CONTINUATION;
        boolean isLast = (bytes[frame] & FIN) != 0;
        if (isFirst) {
            if (state == State.WITHIN) {
                tally.count(Leftover.INCOMPLETE);
                message.clear();
            }
            isCompressed = (bytes[frame] & COMPRESSED) != 0;
            state = State.WITHIN;
        }
        if (state == State.WITHIN) {
            boolean isMasked = bytes[frame + 1] < 0;
            byte[] plain = plain(bytes, payload, end - payload, isMasked);
            int from = isMasked ? 0 : payload;
            fragment(plain, from, from + end - payload, isFirst && isLast, sink);
        }
        if (isLast && state == State.WITHIN) {
            if (!isFirst) {
                whole(message.array(), message.from(), message.to(), sink);
            }
            message.clear();
        }
        if (isLast) {
            state = State.BETWEEN;
        }
    }

    private void fragment(byte[] plain, int from, int to, boolean isWhole, Sink sink) {
        if (isWhole) {
            whole(plain, from, to, sink);
        } else if (message.to() - message.from() + to - from > LONGEST_MESSAGE) {
            tally.count(Leftover.TOO_LONG);
            lose(State.WITHIN_LOST);
        } else {
            message.add(plain, from, to);
        }
    }

    private void whole(byte[] bytes, int from, int to, Sink sink) {
        if (!isCompressed) {
            give(bytes, from, to - from, sink);
            return;
        }
        byte[] inflated = inflater.inflate(bytes, from, to);
        if (inflated == null) {
            tally.count(Leftover.WS_BAD_DEFLATE);
        } else {
            give(inflated, 0, inflated.length, sink);
        }
    }

    // Keep-alives of RFC 5626 may come here, too.
    private static void give(byte[] bytes, int offset, int length, Sink sink) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != '\r' && bytes[i] != '\n') {
                sink.accept(Transport.WS, bytes, offset, length);
                return;
            }
        }
    }

    @Override
    public void gap(byte[] bytes, int from, int to, int missing, Sink sink) {
        if (to > from || state == State.WITHIN) {
            tally.count(Leftover.INCOMPLETE);
        }
        boolean isWithin = state != State.BETWEEN || frameLength > 0 && (bytes[from] & FIN) == 0;
        int rest = skip > 0 ? skip : frameLength - (to - from);
        frameLength = 0;
        skip = 0;
        lose(isWithin ? State.WITHIN_LOST : State.BETWEEN);
        if (rest > 0 && missing <= rest) {
            skip = rest - missing;
        } else {
            next = new TextFraming(tally, false);
        }
    }

    @Override
    public Framing next() {
        return next;
    }

    @Override
    public boolean isInStep() {
        return true;
    }

    @Override
    public Leftover leftover() {
        return state == State.WITHIN ? Leftover.SEGMENT : Leftover.BETWEEN_MESSAGES;
    }

    @Override
    public int bytesHeld() {
        return message.capacity() + inflater.bytesHeld();
    }

    @Override
    public void close() {
        inflater.close();
    }
}
