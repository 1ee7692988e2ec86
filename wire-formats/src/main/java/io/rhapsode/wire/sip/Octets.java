/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Scan;
import io.rhapsode.wire.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Small readings of octets, the words of RFC 3261 section 25.1; all ranges are start inclusive, end exclusive. */
final class Octets {
    // One look-up says all that is asked of an octet: most of the time goes into asking.
    private static final byte[] KINDS = new byte[256];
    private static final int TOKEN = 1;
    private static final int SPACE = 2;
    private static final int HOST = 4;
    private static final int NEAR_COMMA = 8;
    private static final int NEAR_SEMICOLON = 16;

    static {
        note(TOKEN | HOST, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._%+~");
        note(TOKEN, "!*`'");
        note(SPACE, " \t\r\n");
        // What can end or hide a comma, or a semicolon: quotes, brackets, itself.
        note(NEAR_COMMA, ",\"<>");
        note(NEAR_SEMICOLON, ";\"<>");
    }

    private Octets() {}

    private static void note(int kind, String characters) {
        for (int i = 0; i < characters.length(); i++) {
            KINDS[characters.charAt(i)] |= (byte) kind;
        }
    }

    private static boolean is(byte octet, int kind) {
        return (KINDS[octet & 0xff] & kind) != 0;
    }

    static boolean isToken(byte octet) {
        return is(octet, TOKEN);
    }

    static boolean isSpace(byte octet) {
        return is(octet, SPACE);
    }

    /** An octet of a host name; underscores are none by the rules, but names with them are in every network. */
    static boolean isHost(byte octet) {
        return is(octet, HOST);
    }

    static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    static int skipSpace(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && isSpace(bytes[at])) {
            at++;
        }
        return at;
    }

    static int trimEnd(byte[] bytes, int start, int end) {
        int at = end;
        while (at > start && isSpace(bytes[at - 1])) {
            at--;
        }
        return at;
    }

    /** The end of the run of token characters from start. */
    static int tokenEnd(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && isToken(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Where the token ends that a text begins with. */
    static int tokenEnd(Text text) {
        return tokenEnd(text.array(), text.start(), text.end());
    }

    static int indexOf(byte[] bytes, int start, int end, char wanted) {
        return Scan.indexOf(bytes, start, end, (byte) wanted);
    }

    /** True if a space of any kind stands in the range. */
    static boolean hasSpace(byte[] bytes, int start, int end) {
        if (!Scan.hasControl(bytes, start, end)) {
            return false;
        }
        for (int at = start; at < end; at++) {
            if (isSpace(bytes[at])) {
                return true;
            }
        }
        return false;
    }

    /** The index after the quoted string that begins at start, or -1 if it has no end (RFC 3261 quoted-string). */
    static int quotedEnd(byte[] bytes, int start, int end) {
        int at = Scan.indexOfEither(bytes, start + 1, end, (byte) '"', (byte) '\\');
        while (at < end && bytes[at] == '\\') {
            at = Scan.indexOfEither(bytes, Math.min(at + 2, end), end, (byte) '"', (byte) '\\');
        }
        return at < end ? at + 1 : -1;
    }

    /** The index of the next comma or semicolon that stands in no quoted string and no angle brackets, or end. */
    static int separator(byte[] bytes, int start, int end, char separator) {
        int plain = indexOf(bytes, start, end, separator);
        if (plain >= end || Scan.indexOfEither(bytes, start, plain, (byte) '"', (byte) '<') == plain) {
            return plain;
        }
        int kind = separator == ',' ? NEAR_COMMA : NEAR_SEMICOLON;
        boolean inBrackets = false;
        for (int at = start; at < end; at++) {
            byte octet = bytes[at];
            if (!is(octet, kind)) {
                continue;
            }
            if (octet == separator && !inBrackets) {
                return at;
            } else if (octet == '"' && !inBrackets) {
                int close = quotedEnd(bytes, at, end);
                if (close < 0) {
                    return bracketOrSeparator(bytes, at + 1, end, separator);
                }
                at = close - 1;
            } else if (octet == '<' || octet == '>') {
                inBrackets = octet == '<';
            }
        }
        return end;
    }

    // A quote without its partner is read as if it were not there: the rest is worth more than the rule.
    private static int bracketOrSeparator(byte[] bytes, int start, int end, char separator) {
        boolean inBrackets = false;
        for (int at = start; at < end; at++) {
            if (bytes[at] == '<') {
                inBrackets = true;
            } else if (bytes[at] == '>') {
                inBrackets = false;
            } else if (bytes[at] == separator && !inBrackets) {
                return at;
            }
        }
        return end;
    }

    /** The number that the range is, surrounding space aside; -1 if it is none or greater than max. */
    static long number(byte[] bytes, int start, int end, long max) {
        int at = skipSpace(bytes, start, end);
        int stop = trimEnd(bytes, at, end);
        if (at == stop) {
            return -1;
        }
        long number = 0;
        for (; at < stop; at++) {
            if (!isDigit(bytes[at])) {
                return -1;
            }
            number = number * 10 + bytes[at] - '0';
            if (number > max) {
                return -1;
            }
        }
        return number;
    }

    /** Compares letters in any case; other octets must be equal. */
    static boolean sameIgnoringCase(byte[] bytes, int start, int end, byte[] wanted) {
        if (end - start != wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            byte octet = bytes[start + i];
            if (octet != wanted[i] && lower(octet) != lower(wanted[i])) {
                return false;
            }
        }
        return true;
    }

    static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + 0x20 : octet;
    }

    static Text text(byte[] bytes, int start, int end) {
        return Text.of(bytes, start, end);
    }

    /** The range with its ASCII letters in lower case. */
    static Text lowerText(byte[] bytes, int start, int end) {
        return Scan.hasUpperCase(bytes, start, end) ? lowered(bytes, start, end) : text(bytes, start, end);
    }

    private static Text lowered(byte[] bytes, int start, int end) {
        byte[] lower = Arrays.copyOfRange(bytes, start, end);
        for (int i = 0; i < lower.length; i++) {
            lower[i] = (byte) lower(lower[i]);
        }
        return Text.of(lower, 0, lower.length);
    }

    /** The inside of a quoted string, with its backslash escapes resolved. */
    static Text unquoted(byte[] bytes, int start, int end) {
        if (indexOf(bytes, start, end, '\\') == end) {
            return text(bytes, start, end);
        }
        byte[] plain = new byte[end - start];
        int length = 0;
        for (int at = start; at < end; at++) {
            if (bytes[at] == '\\' && at + 1 < end) {
                at++;
            }
            plain[length++] = bytes[at];
        }
        return decoded(plain, length);
    }

    /** The range with its %HH escapes resolved; what is no escape stays (RFC 3261 section 19.1.2). */
    static Text unescaped(byte[] bytes, int start, int end) {
        if (indexOf(bytes, start, end, '%') == end) {
            return text(bytes, start, end);
        }
        byte[] plain = new byte[end - start];
        int length = 0;
        for (int at = start; at < end; at++) {
            int high = bytes[at] == '%' && at + 2 < end ? hex(bytes[at + 1]) : -1;
            int low = high >= 0 ? hex(bytes[at + 2]) : -1;
            if (low >= 0) {
                plain[length++] = (byte) (high << 4 | low);
                at += 2;
            } else {
                plain[length++] = bytes[at];
            }
        }
        return decoded(plain, length);
    }

    // What escapes stood for need not be UTF-8; a text that is no slice of the message always is.
    private static Text decoded(byte[] plain, int length) {
        return Text.of(new String(plain, 0, length, StandardCharsets.UTF_8));
    }

    private static int hex(byte octet) {
        return Character.digit(octet, 16);
    }

    /** A copy of a folded value with each fold, and the space around it, as one space (RFC 3261 section 7.3.1). */
    static byte[] unfolded(byte[] bytes, int start, int end) {
        byte[] plain = new byte[end - start];
        int length = 0;
        for (int at = start; at < end; at++) {
            if (!Lines.isBreak(bytes[at])) {
                plain[length++] = bytes[at];
                continue;
            }
            at = skipSpace(bytes, at, end) - 1;
            length = trimEnd(plain, 0, length);
            plain[length++] = ' ';
        }
        return Arrays.copyOf(plain, length);
    }
}
