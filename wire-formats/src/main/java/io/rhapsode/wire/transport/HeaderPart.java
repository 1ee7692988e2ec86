/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** The header lines of a message of SIP or HTTP: where they end, and the few values that framing needs. */
final class HeaderPart {

    /** Of more digits no Content-Length is taken seriously. */
    private static final int MOST_DIGITS = 9;

    private HeaderPart() {}

    /** The index behind the empty line that ends the headers, looking at bytes[from, to); -1 if there is none. */
    static int end(byte[] bytes, int from, int to) {
        int at = StartLine.lineEnd(bytes, from, to);
        while (at >= 0) {
            int next = at + 1;
            if (next < to && bytes[next] == '\r') {
                next++;
            }
            if (next < to && bytes[next] == '\n') {
                return next + 1;
            }
            at = StartLine.lineEnd(bytes, at + 1, to);
        }
        return -1;
    }

    /** The first Content-Length (RFC 3261 20.14) that is a number, in either name form; -1 if there is none. */
    static int contentLength(byte[] bytes, int from, int end) {
        int at = StartLine.lineEnd(bytes, from, end) + 1;
        while (at > 0 && at < end) {
            int colon = (bytes[at] | 0x20) == 'l'
                    ? colon(bytes, at, end, "l")
                    : (bytes[at] | 0x20) == 'c' ? colon(bytes, at, end, "content-length") : -1;
            int length = colon < 0 ? -1 : number(bytes, colon + 1, end);
            if (length >= 0) {
                return length;
            }
            at = StartLine.lineEnd(bytes, at, end) + 1;
        }
        return -1;
    }

    /** True if there is a Content-Type (RFC 3261 20.15), in either name form. */
    static boolean hasContentType(byte[] bytes, int from, int end) {
        int at = StartLine.lineEnd(bytes, from, end) + 1;
        while (at > 0 && at < end) {
            if (colon(bytes, at, end, "c") >= 0 || colon(bytes, at, end, "content-type") >= 0) {
                return true;
            }
            at = StartLine.lineEnd(bytes, at, end) + 1;
        }
        return false;
    }

    /** True if a header of this name has this word, both in lower case, among its comma-separated values. */
    static boolean has(byte[] bytes, int from, int end, String name, String word) {
        int at = StartLine.lineEnd(bytes, from, end) + 1;
        while (at > 0 && at < end) {
            int lineEnd = StartLine.lineEnd(bytes, at, end);
            int colon = colon(bytes, at, lineEnd, name);
            if (colon >= 0 && hasWord(bytes, colon + 1, lineEnd, word)) {
                return true;
            }
            at = lineEnd + 1;
        }
        return false;
    }

    private static boolean hasWord(byte[] bytes, int from, int end, String word) {
        int at = from;
        while (at < end) {
            while (at < end && !StartLine.isToken(bytes[at])) {
                at++;
            }
            int begin = at;
            while (at < end && StartLine.isToken(bytes[at])) {
                at++;
            }
            if (at - begin == word.length() && startsWith(bytes, begin, end, word)) {
                return true;
            }
        }
        return false;
    }

    /** The colon behind a header's name, or -1 if the line that begins here has another. */
    private static int colon(byte[] bytes, int from, int end, String name) {
        if (!startsWith(bytes, from, end, name)) {
            return -1;
        }
        int at = from + name.length();
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at < end && bytes[at] == ':' ? at : -1;
    }

    private static boolean startsWith(byte[] bytes, int from, int end, String lowerCase) {
        if (end - from < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            int octet = bytes[from + i];
            int lower = octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
            if (lower != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The number that is a header's whole value, or -1. White space before it may be folded (RFC 3261 7.3.1). */
    private static int number(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && (isBlank(bytes[at]) || isFold(bytes, at, end))) {
            at++;
        }
        int begin = at;
        int number = 0;
        while (at < end && at - begin < MOST_DIGITS && StartLine.isDigit(bytes[at])) {
            number = number * 10 + bytes[at++] - '0';
        }
        int behind = at;
        while (behind < end && isBlank(bytes[behind])) {
            behind++;
        }
        boolean isWhole = behind < end && (bytes[behind] == '\r' || bytes[behind] == '\n');
        return at > begin && isWhole ? number : -1;
    }

    private static boolean isFold(byte[] bytes, int at, int end) {
        boolean isCr = bytes[at] == '\r' && at + 2 < end && bytes[at + 1] == '\n' && isBlank(bytes[at + 2]);
        return isCr || bytes[at] == '\n' && at + 1 < end && isBlank(bytes[at + 1]);
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }
}
