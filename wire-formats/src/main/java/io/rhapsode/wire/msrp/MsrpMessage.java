/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.msrp;

import io.rhapsode.wire.MalformedPacket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One MSRP request or response (RFC 4975 section 7), or its beginning: what a datagram or a segment holds of it. Texts
 * are empty where the header is absent.
 *
 * @param transactionId that ties a response to its request
 * @param method "SEND", "REPORT", "AUTH", ...; empty for a response
 * @param status code of a response, 100 to 999; 0 for a request
 * @param comment of a response
 * @param toPath and {@code fromPath}: MSRP URIs, the next hop first, as they stand
 * @param byteRange "1-25/25": which bytes of the whole message these are
 * @param bodyOffset index in the array of the body's first byte; {@code bodyLength} is 0 if there is none
 * @param continuation '$' the message is complete, '+' more follows, '#' it was given up; 0 if the end is not there
 * @param end index in the array after the message, where another may begin
 */
public record MsrpMessage(
        String transactionId,
        String method,
        int status,
        String comment,
        String toPath,
        String fromPath,
        String messageId,
        String contentType,
        String byteRange,
        int bodyOffset,
        int bodyLength,
        char continuation,
        int end) {

    private static final byte[] BEGIN = {'M', 'S', 'R', 'P', ' '};
    private static final byte[] END = {'-', '-', '-', '-', '-', '-', '-'};
    private static final String NOT_MSRP = "not-msrp";
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_LINE = 8_192;
    private static final int MAX_HEADERS = 64;

    /** True if the range begins with "MSRP ". */
    public static boolean looksLikeMsrp(byte[] bytes, int offset, int length) {
        return length > BEGIN.length && startsWith(bytes, offset, offset + length, BEGIN);
    }

    /** @throws MalformedPacket "not-msrp" if the first line is none; all else that may be wrong leaves fields empty */
    public static MsrpMessage of(byte[] bytes, int offset, int length) throws MalformedPacket {
        if (!looksLikeMsrp(bytes, offset, length)) {
            throw new MalformedPacket(NOT_MSRP);
        }
        return new Reader(bytes, offset + length).read(offset);
    }

    /** The body as text; U+FFFD stands for what is no UTF-8. */
    public String text(byte[] bytes) {
        return new String(bytes, bodyOffset, bodyLength, StandardCharsets.UTF_8);
    }

    private static boolean startsWith(byte[] bytes, int at, int end, byte[] wanted) {
        if (end - at < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (bytes[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private record Reader(byte[] bytes, int end) {

        MsrpMessage read(int offset) throws MalformedPacket {
            int lineEnd = lineEnd(offset);
            String[] words = text(offset + BEGIN.length, lineEnd).split(" ", 3);
            if (words.length < 2 || words[0].isEmpty() || words[0].length() > LONGEST_ID || words[1].isEmpty()) {
                throw new MalformedPacket(NOT_MSRP);
            }
            int status = status(words[1]);
            byte[] endLine = ("-------" + words[0]).getBytes(StandardCharsets.UTF_8);
            Map<String, String> headers = new HashMap<>();
            int at = headers(next(lineEnd), endLine, headers);
            int body = at;
            int endOfBody = endOfBody(at, endLine);
            int flag = endOfBody < 0 ? end : Math.min(end, endOfBody + endLine.length);
            boolean flagged = flag < end && "$+#".indexOf(bytes[flag]) >= 0;
            return new MsrpMessage(
                    words[0],
                    status == 0 ? words[1] : "",
                    status,
                    status != 0 && words.length > 2 ? words[2] : "",
                    headers.getOrDefault("to-path", ""),
                    headers.getOrDefault("from-path", ""),
                    headers.getOrDefault("message-id", ""),
                    headers.getOrDefault("content-type", ""),
                    headers.getOrDefault("byte-range", ""),
                    body,
                    Math.max(0, (endOfBody < 0 ? end : beforeBreak(body, endOfBody)) - body),
                    flagged ? (char) bytes[flag] : 0,
                    next(flagged ? flag + 1 : flag));
        }

        private static int status(String word) {
            if (word.length() != 3) {
                return 0;
            }
            int code = 0;
            for (int i = 0; i < 3; i++) {
                int digit = word.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return 0;
                }
                code = code * 10 + digit;
            }
            return code;
        }

        /** Reads headers up to the empty line or the end line; returns where the body or the end line begins. */
        private int headers(int start, byte[] endLine, Map<String, String> headers) {
            int at = start;
            for (int i = 0; i < MAX_HEADERS && at < end && !startsWith(bytes, at, end, endLine); i++) {
                int lineEnd = lineEnd(at);
                if (lineEnd == at) {
                    return next(lineEnd);
                }
                String line = text(at, lineEnd);
                int colon = line.indexOf(':');
                if (colon > 0) {
                    headers.putIfAbsent(
                            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
                at = next(lineEnd);
            }
            return at;
        }

        /** Where the end line begins, or -1: seven hyphens and the transaction id at a line's begin (section 7.1). */
        private int endOfBody(int start, byte[] endLine) {
            if (startsWith(bytes, start, end, endLine)) {
                return start;
            }
            for (int at = start; at < end; at++) {
                if (bytes[at] == '\n'
                        && startsWith(bytes, at + 1, end, END)
                        && startsWith(bytes, at + 1, end, endLine)) {
                    return at + 1;
                }
            }
            return -1;
        }

        private int beforeBreak(int body, int at) {
            int stop = at;
            if (stop > body && bytes[stop - 1] == '\n') {
                stop--;
            }
            return stop > body && bytes[stop - 1] == '\r' ? stop - 1 : stop;
        }

        private int lineEnd(int start) {
            int at = start;
            while (at < end && bytes[at] != '\r' && bytes[at] != '\n') {
                at++;
            }
            return at;
        }

        private int next(int lineEnd) {
            int at = lineEnd;
            if (at < end && bytes[at] == '\r') {
                at++;
            }
            return at < end && bytes[at] == '\n' ? at + 1 : at;
        }

        /** No more of a line than any header needs. */
        private String text(int start, int stop) {
            return new String(bytes, start, Math.min(stop - start, LONGEST_LINE), StandardCharsets.UTF_8);
        }
    }
}
