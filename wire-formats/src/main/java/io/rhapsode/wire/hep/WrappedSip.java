/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import java.util.Arrays;

/**
 * SIP in a JSON object, as OpenSIPS sends it with {@code homer5_on=0}: {@code {"payload": "INVITE ..."}}. Only the
 * member "payload" of the object itself counts; the others say what the HEP chunks say already.
 */
final class WrappedSip {

    private static final byte[] PAYLOAD = {'p', 'a', 'y', 'l', 'o', 'a', 'd'};

    private final byte[] bytes;
    private final int end;
    private int at;
    private byte[] out;
    private int length;

    private WrappedSip(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** The text of "payload" as UTF-8, or null if the bytes are no such object. */
    static byte[] unwrap(byte[] bytes, int offset, int length) {
        return new WrappedSip(bytes, offset, length).payload();
    }

    /** Looks at every string at depth 1; one that a colon follows is a name. */
    private byte[] payload() {
        int depth = 0;
        while (at < end) {
            byte next = bytes[at];
            if (next == '"') {
                int from = at + 1;
                skipString();
                if (depth == 1 && isPayload(from) && skipColon()) {
                    return at < end && bytes[at] == '"' ? text() : null;
                }
            } else {
                depth += next == '{' || next == '[' ? 1 : next == '}' || next == ']' ? -1 : 0;
                at++;
            }
        }
        return null;
    }

    private void skipString() {
        at++;
        while (at < end && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private boolean isPayload(int from) {
        return at <= end && Arrays.equals(bytes, from, at - 1, PAYLOAD, 0, PAYLOAD.length);
    }

    private boolean skipColon() {
        skipSpace();
        if (at >= end || bytes[at] != ':') {
            return false;
        }
        at++;
        skipSpace();
        return true;
    }

    private void skipSpace() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
    }

    /** The string that begins here, or null if it is cut or holds an escape that RFC 8259 section 7 does not know. */
    private byte[] text() {
        out = new byte[end - at];
        at++;
        while (at < end && bytes[at] != '"') {
            if (bytes[at] != '\\') {
                out[length++] = bytes[at++];
            } else if (!unescape()) {
                return null;
            }
        }
        return at < end ? Arrays.copyOf(out, length) : null;
    }

    private boolean unescape() {
        int escaped = at + 1 < end ? bytes[at + 1] : 0;
        at += 2;
        if (escaped == 'u') {
            return unescapeUnicode();
        }
        int plain = "\"\\/bfnrt".indexOf(escaped);
        if (plain < 0) {
            return false;
        }
        out[length++] = (byte) "\"\\/\b\f\n\r\t".charAt(plain);
        return true;
    }

    // Six characters of escape become three bytes at most, so the output never outgrows the input.
    private boolean unescapeUnicode() {
        int unit = hex();
        if (unit < 0) {
            return false;
        }
        int point = unit;
        if (Character.isHighSurrogate((char) unit)) {
            boolean pair = at + 1 < end && bytes[at] == '\\' && bytes[at + 1] == 'u';
            at += pair ? 2 : 0;
            int low = pair ? hex() : -1;
            if (low < 0 || !Character.isLowSurrogate((char) low)) {
                return false;
            }
            point = Character.toCodePoint((char) unit, (char) low);
        } else if (Character.isLowSurrogate((char) unit)) {
            return false;
        }
        append(point);
        return true;
    }

    private int hex() {
        int number = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < end ? Character.digit(bytes[at], 16) : -1;
            if (digit < 0) {
                return -1;
            }
            number = number << 4 | digit;
        }
        return number;
    }

    private void append(int point) {
        if (point < 0x80) {
            out[length++] = (byte) point;
            return;
        }
        int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        out[length++] = (byte) (0xff80 >> more | point >> 6 * more);
        for (int i = more - 1; i >= 0; i--) {
            out[length++] = (byte) (0x80 | point >> 6 * i & 0x3f);
        }
    }
}
