/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** What octets begin with, where a message may begin. */
enum StartLine {
    /** A request or a status line of SIP (RFC 3261 7.1, 7.2). */
    SIP,
    /** The first line of an MSRP message (RFC 4975 9). */
    MSRP,
    /** A GET request or a 101 response of HTTP, as which a WebSocket connection begins (RFC 6455 1.3). */
    HTTP,
    /** It may become one of them. */
    UNFINISHED,
    NONE;

    private static final int LONGEST = 8_192;
    private static final int LONGEST_METHOD = 64;

    /** Looks at bytes[from, to). */
    static StartLine of(byte[] bytes, int from, int to) {
        int at = from;
        int end = Math.min(to, from + LONGEST_METHOD);
        while (at < end && isToken(bytes[at])) {
            at++;
        }
        if (at == to) {
            return UNFINISHED;
        }
        if (bytes[at] == '/') {
            return response(bytes, from, at, to);
        }
        return at > from && bytes[at] == ' ' ? request(bytes, from, at, to) : NONE;
    }

    private static StartLine response(byte[] bytes, int from, int slash, int to) {
        boolean isSip = equal(bytes, from, slash, "SIP");
        if (!isSip && !equal(bytes, from, slash, "HTTP")) {
            return NONE;
        }
        int length = "SIP/2.0 200".length() + slash - from - 3;
        if (to - from < length) {
            return UNFINISHED;
        }
        // "SIP/2.0 200" or "HTTP/1.1 101"
        boolean hasVersion = isDigit(bytes[slash + 1]) && bytes[slash + 2] == '.' && isDigit(bytes[slash + 3]);
        boolean hasCode = bytes[slash + 4] == ' ' && isDigit(bytes[slash + 5]) && isDigit(bytes[slash + 6]);
        if (!hasVersion || !hasCode) {
            return NONE;
        }
        return isSip ? SIP : equal(bytes, slash + 5, slash + 8, "101") ? HTTP : NONE;
    }

    private static StartLine request(byte[] bytes, int from, int space, int to) {
        int lineEnd = lineEnd(bytes, space, Math.min(to, from + LONGEST));
        if (lineEnd < 0) {
            return to - from >= LONGEST || !isText(bytes, space, to) ? NONE : UNFINISHED;
        }
        if (equal(bytes, from, space, "MSRP")) {
            return MSRP;
        }
        int last = lineEnd;
        while (last > space && bytes[last - 1] <= ' ') {
            last--;
        }
        if (last - space > " SIP/2.0".length() && equal(bytes, last - 8, last - 3, " SIP/")) {
            return SIP;
        }
        boolean isGet = equal(bytes, from, space, "GET");
        return isGet && last - space > " HTTP/1.1".length() && equal(bytes, last - 9, last - 3, " HTTP/") ? HTTP : NONE;
    }

    /** The same, of octets that may be the middle of a body: there, a start line of SIP must have a header behind it. */
    static StartLine withHeader(byte[] bytes, int from, int to) {
        var line = of(bytes, from, to);
        if (line != SIP) {
            return line;
        }
        int lineEnd = lineEnd(bytes, from, Math.min(to, from + LONGEST));
        int nameEnd = lineEnd + 1;
        while (lineEnd >= 0 && nameEnd < to && isToken(bytes[nameEnd])) {
            nameEnd++;
        }
        int colon = nameEnd;
        while (colon < to && (bytes[colon] == ' ' || bytes[colon] == '\t')) {
            colon++;
        }
        if (lineEnd < 0 || colon == to) {
            return to - from < 2 * LONGEST ? UNFINISHED : NONE;
        }
        return nameEnd > lineEnd + 1 && bytes[colon] == ':' ? SIP : NONE;
    }

    /** The index of the line feed, or -1. */
    static int lineEnd(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static boolean isText(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            // Octets of UTF-8 are negative.
            if (bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\r' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    // RFC 3261 25.1
    static boolean isToken(byte octet) {
        return octet >= 'a' && octet <= 'z'
                || octet >= 'A' && octet <= 'Z'
                || isDigit(octet)
                || octet > ' ' && "-.!%*_+`'~".indexOf(octet) >= 0;
    }

    static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    static boolean equal(byte[] bytes, int from, int to, String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
