/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.Arrays;

/**
 * SIP over TCP, cut by Content-Length (RFC 3261 18.3), with MSRP beside it, cut by its end lines (RFC 4975 7.1), and the
 * HTTP with which WebSocket begins. Where something else stands, it looks for the next line that begins a message.
 */
final class TextFraming implements Framing {

    /** A body longer than kept is passed over if it is no longer than this; of a longer one the length is not believed. */
    private static final int LONGEST_SKIP = 1 << 24;

    private final Tally tally;
    private Framing next = this;
    private boolean inStep;
    private boolean everInStep;
    private Leftover foreign = Leftover.TCP_OTHER;

    /** The message at the front: what it is, or null before that is known. */
    private StartLine kind;

    /** How many of its octets were searched for its end, or for that of its headers. */
    private int searched;

    /** Its length, 0 before that is known. */
    private int length;

    /** Octets still to be passed over. */
    private int skip;

    /** @param inStep true where a stream begins, false in its middle */
    TextFraming(Tally tally, boolean inStep) {
        this.tally = tally;
        this.inStep = inStep;
    }

    @Override
    public int take(byte[] bytes, int from, int to, Sink sink) {
        if (!inStep && kind == null && isForeign(bytes, from, to)) {
            return next == this ? to : from;
        }
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

    /** What is found in the middle of a stream, or after it was lost: TLS, or frames of a WebSocket. */
    private boolean isForeign(byte[] bytes, int from, int to) {
        if (WebSocketFraming.isPlausible(bytes, from, to)) {
            next = new WebSocketFraming(tally);
            return true;
        }
        boolean isTls = isTls(bytes, from, to);
        if (isTls) {
            foreign = Leftover.TLS;
        }
        // Segments in the middle of TLS records may begin with anything.
        return isTls || foreign == Leftover.TLS && StartLine.of(bytes, from, to) != StartLine.SIP;
    }

    // A record of TLS (RFC 8446 5.1): its type, and version 3.0 to 3.4.
    private static boolean isTls(byte[] bytes, int at, int to) {
        return to - at >= 3 && bytes[at] >= 20 && bytes[at] <= 23 && bytes[at + 1] == 3 && bytes[at + 2] <= 4;
    }

    /** Takes one thing from the front; what it returns is where it begins if it has to wait. */
    private int step(byte[] bytes, int at, int to, Sink sink) {
        if (skip > 0) {
            int passed = Math.min(skip, to - at);
            skip -= passed;
            return at + passed;
        }
        if (kind == null) {
            if (isKeepAlive(bytes[at])) {
                return at + 1;
            }
            // Bodies may hold start lines, too (RFC 3420).
            var line = inStep ? StartLine.of(bytes, at, to) : StartLine.withHeader(bytes, at, to);
            if (line == StartLine.UNFINISHED) {
                return at;
            }
            if (line == StartLine.NONE) {
                return lose(bytes, at, to);
            }
            kind = line;
            inStep = true;
            everInStep = true;
        }
        return kind == StartLine.HTTP ? upgrade(bytes, at, to) : message(bytes, at, to, sink);
    }

    // CRLFCRLF and the CRLF that answers it (RFC 5626 3.5.1); some send zeros.
    private static boolean isKeepAlive(byte octet) {
        return octet == '\r' || octet == '\n' || octet == 0;
    }

    private int lose(byte[] bytes, int at, int to) {
        if (inStep && everInStep) {
            tally.count(Leftover.OUT_OF_STEP);
        }
        boolean wasInStep = inStep;
        inStep = false;
        if (wasInStep && isForeign(bytes, at, to)) {
            return next == this ? to : at;
        }
        int lineEnd = StartLine.lineEnd(bytes, at, to);
        return lineEnd < 0 ? to : lineEnd + 1;
    }

    private int message(byte[] bytes, int at, int to, Sink sink) {
        if (length == 0) {
            length = kind == StartLine.SIP ? sipLength(bytes, at, to) : msrpLength(bytes, at, to);
        }
        if (length > LONGEST_MESSAGE || length == 0 && to - at >= LONGEST_MESSAGE) {
            return passOver(at, to);
        }
        if (length == 0 || length > to - at) {
            return at;
        }
        int end = at + length;
        sink.accept(Transport.TCP, bytes, at, length);
        forget();
        return end;
    }

    private int passOver(int at, int to) {
        tally.count(Leftover.TOO_LONG);
        int passed = Math.min(length == 0 ? to - at : length, to - at);
        skip = Math.max(0, length - passed);
        inStep = length > 0 && length <= LONGEST_SKIP;
        if (!inStep) {
            skip = 0;
        }
        forget();
        return at + passed;
    }

    private void forget() {
        kind = null;
        searched = 0;
        length = 0;
    }

    /** Octets from the start line to the end of the body; 0 if the headers go on behind what is here. */
    private int sipLength(byte[] bytes, int at, int to) {
        int bodyAt = HeaderPart.end(bytes, at + searched, to);
        if (bodyAt < 0) {
            // The end may stand on both sides of the border.
            searched = Math.max(0, to - at - 3);
            return 0;
        }
        int bodyLength = HeaderPart.contentLength(bytes, at, bodyAt);
        if (bodyLength < 0 && HeaderPart.hasContentType(bytes, at, bodyAt)) {
            return untilNextMessage(bytes, at, bodyAt, to);
        }
        return bodyAt - at + Math.max(0, bodyLength);
    }

    /** Without Content-Length, which TCP demands, a body is what is here of it before another message. */
    private static int untilNextMessage(byte[] bytes, int at, int bodyAt, int to) {
        int line = bodyAt;
        while (line < to && StartLine.withHeader(bytes, line, to) != StartLine.SIP) {
            int lineEnd = StartLine.lineEnd(bytes, line, to);
            line = lineEnd < 0 ? to : lineEnd + 1;
        }
        return line - at;
    }

    /** Octets to the end line, "-------", the transaction's id, and one of three marks; 0 if it is not here. */
    private int msrpLength(byte[] bytes, int at, int to) {
        int idAt = at + "MSRP ".length();
        int idEnd = idAt;
        while (bytes[idEnd] > ' ') {
            idEnd++;
        }
        int endLineLength = 7 + idEnd - idAt + 3;
        int line = at + searched;
        while (true) {
            int lineEnd = StartLine.lineEnd(bytes, line, to);
            if (lineEnd < 0) {
                searched = to - at;
                return 0;
            }
            line = lineEnd + 1;
            if (to - line >= endLineLength && isEndLine(bytes, line, idAt, idEnd)) {
                return line + endLineLength - at;
            }
            if (to - line < endLineLength) {
                searched = lineEnd - at;
                return 0;
            }
        }
    }

    private static boolean isEndLine(byte[] bytes, int line, int idAt, int idEnd) {
        int mark = line + 7 + idEnd - idAt;
        return StartLine.equal(bytes, line, line + 7, "-------")
                && Arrays.equals(bytes, line + 7, mark, bytes, idAt, idEnd)
                && (bytes[mark] == '$' || bytes[mark] == '+' || bytes[mark] == '#')
                && bytes[mark + 1] == '\r'
                && bytes[mark + 2] == '\n';
    }

    // RFC 6455 4.1 and 4.2.2: with or without the subprotocol of SIP, frames follow.
    private int upgrade(byte[] bytes, int at, int to) {
        int end = HeaderPart.end(bytes, at + searched, to);
        if (end < 0) {
            searched = Math.max(0, to - at - 3);
            return to - at >= LONGEST_MESSAGE ? passOver(at, to) : at;
        }
        if (HeaderPart.has(bytes, at, end, "upgrade", "websocket")) {
            next = new WebSocketFraming(tally);
        } else {
            inStep = false;
            everInStep = false;
        }
        forget();
        return end;
    }

    @Override
    public void gap(byte[] bytes, int from, int to, int missing, Sink sink) {
        int rest = length - (to - from);
        if (kind != null) {
            tally.count(Leftover.INCOMPLETE);
            if (kind == StartLine.SIP) {
                sink.accept(Transport.TCP, bytes, from, to - from);
            }
        } else {
            rest = skip;
            if (inStep && to > from) {
                tally.count(Leftover.INCOMPLETE);
            }
        }
        inStep = rest > 0 && missing <= rest;
        skip = inStep ? rest - missing : 0;
        forget();
    }

    @Override
    public Framing next() {
        return next;
    }

    @Override
    public boolean isInStep() {
        return inStep;
    }

    @Override
    public Leftover leftover() {
        return inStep ? Leftover.BETWEEN_MESSAGES : foreign;
    }
}
