/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

/**
 * Finds where messages end in a stream of octets: TCP, TLS, WebSocket (RFC 3261 section 18.3). It keeps no state; give
 * it what has come since the last message's end.
 */
public final class MessageFramer {
    /** The message is not whole yet. */
    public static final int NEED_MORE = 0;

    /** This is no SIP; go on behind the next line end, or leave the stream. */
    public static final int NOT_SIP = -1;

    /** The message says it is longer than {@link #MAX_LENGTH}, or its headers do not end. */
    public static final int TOO_LONG = -2;

    /** The most octets of a message in a stream. */
    public static final int MAX_LENGTH = 2 * Lines.MAX_HEADER_BYTES;

    private MessageFramer() {}

    /**
     * The length of what the range begins with: a message, or the empty lines before one, which keep connections open
     * (RFC 5626 section 3.5.1). A message without Content-Length, which a stream must not have, ends with its headers.
     *
     * @return 1 to {@link #MAX_LENGTH} octets, or {@link #NEED_MORE}, {@link #NOT_SIP} or {@link #TOO_LONG}. Never
     *     throws for a range that lies inside the array, and needs no more than MAX_LENGTH octets to answer.
     */
    public static int length(byte[] bytes, int offset, int length) {
        int end = offset + Math.min(length, Lines.MAX_HEADER_BYTES);
        int start = Lines.first(bytes, offset, end);
        if (start > offset) {
            return start - offset;
        }
        int lineEnd = Lines.end(bytes, start, end, (byte) '\n');
        if (lineEnd == end) {
            return length < Lines.MAX_HEADER_BYTES ? NEED_MORE : NOT_SIP;
        }
        if (!StartLine.begins(bytes, start, lineEnd - start + 1)) {
            return NOT_SIP;
        }
        int body = bodyStart(bytes, lineEnd, end);
        if (body < 0) {
            return length < Lines.MAX_HEADER_BYTES ? NEED_MORE : TOO_LONG;
        }
        long whole = body
                - offset
                + (long) Math.max(SipMessage.of(bytes, offset, body - offset).contentLength(), 0);
        if (whole > MAX_LENGTH) {
            return TOO_LONG;
        }
        return whole <= length ? (int) whole : NEED_MORE;
    }

    /** The octet after the empty line, -1 if there is none. */
    private static int bodyStart(byte[] bytes, int firstLineEnd, int end) {
        int at = firstLineEnd + 1;
        while (at < end) {
            int lineEnd = Lines.end(bytes, at, end, (byte) '\n');
            if (lineEnd < end && Lines.contentEnd(bytes, at, lineEnd) == at) {
                return lineEnd + 1;
            }
            at = lineEnd + 1;
        }
        return -1;
    }
}
