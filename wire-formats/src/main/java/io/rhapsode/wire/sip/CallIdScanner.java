/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

/**
 * Finds the Call-ID of a SIP message (RFC 3261 section 20.8) without parsing it: the quick look that makes the key. It
 * reads no more than the header part and agrees with {@link SipMessage#callId()} on every input.
 */
public final class CallIdScanner {
    private static final byte[] LONG_NAME = {'c', 'a', 'l', 'l', '-', 'i', 'd'};

    private CallIdScanner() {}

    /**
     * The place of the first Call-ID that is not empty, in either name form and any case. A value that is folded in its
     * middle, which no Call-ID may be, ends at the fold.
     *
     * @return index of the first octet in the upper 32 bits, number of octets (at least 1) in the lower; -1 if there is
     *     none. Never throws for a range that lies inside the array.
     */
    public static long scan(byte[] bytes, int offset, int length) {
        int end = Lines.headerLimit(offset, length);
        int at = Lines.first(bytes, offset, end);
        int firstEnd = Lines.firstEnd(bytes, at, end);
        byte terminator = Lines.terminator(bytes, firstEnd, end);
        at = Lines.next(bytes, firstEnd, end, terminator);
        int headers = 0;
        while (at < end && headers < Lines.MAX_HEADERS) {
            byte first = bytes[at];
            int value = first == 'C' || first == 'c' || first == 'i' || first == 'I' ? valueStart(bytes, at, end) : -1;
            if (value >= 0) {
                long found = value(bytes, value, end, terminator);
                if (found >= 0) {
                    return found;
                }
            }
            int lineEnd = Lines.end(bytes, at, end, terminator);
            if (Lines.contentEnd(bytes, at, lineEnd) == at) {
                return -1;
            }
            headers += Lines.isBlank(first) ? 0 : 1;
            at = Lines.next(bytes, lineEnd, end, terminator);
        }
        return -1;
    }

    /** The octet after the colon if a line that begins here is a Call-ID header, else -1. */
    private static int valueStart(byte[] bytes, int start, int end) {
        int at = start + 1;
        if ((bytes[start] | 0x20) == 'c') {
            for (int i = 1; i < LONG_NAME.length; i++, at++) {
                if (at >= end || (i == 4 ? bytes[at] : bytes[at] | 0x20) != LONG_NAME[i]) {
                    return -1;
                }
            }
        }
        while (at < end && Lines.isBlank(bytes[at])) {
            at++;
        }
        return at < end && bytes[at] == ':' ? at + 1 : -1;
    }

    /** The value that begins after a Call-ID's colon: the first line of it that is not blank; -1 if all are. */
    static long value(byte[] bytes, int start, int end, byte terminator) {
        int at = start;
        do {
            int lineEnd = Lines.end(bytes, at, end, terminator);
            int from = at;
            int to = lineEnd;
            while (from < to && isSpace(bytes[from])) {
                from++;
            }
            while (to > from && isSpace(bytes[to - 1])) {
                to--;
            }
            if (to > from) {
                return (long) from << 32 | (to - from);
            }
            at = Lines.next(bytes, lineEnd, end, terminator);
        } while (at < end && Lines.isBlank(bytes[at]));
        return -1;
    }

    private static boolean isSpace(byte octet) {
        return Lines.isBlank(octet) || Lines.isBreak(octet);
    }
}
