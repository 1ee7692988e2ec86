/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets that are a text: a slice of a packet, no copy, and no {@link String} before it is asked for. The octets must
 * not change while the text is in use.
 */
public final class Text {
    public static final Text EMPTY = new Text(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int start;
    private final int length;

    private Text(byte[] bytes, int start, int length) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
    }

    /** The octets from start to before end; {@link #EMPTY} if there are none. The range must lie in the array. */
    public static Text of(byte[] bytes, int start, int end) {
        return start >= end ? EMPTY : new Text(bytes, start, end - start);
    }

    /** The UTF-8 octets of a text. */
    public static Text of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    /** The array this is a slice of: from {@link #start()}, {@link #length()} octets. */
    public byte[] array() {
        return bytes;
    }

    public int start() {
        return start;
    }

    public int end() {
        return start + length;
    }

    /** Octets, not characters. */
    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** True if all of it is ASCII digits; true for an empty one. */
    public boolean isDigits() {
        for (int at = start; at < start + length; at++) {
            if (bytes[at] < '0' || bytes[at] > '9') {
                return false;
            }
        }
        return true;
    }

    /** True if this is that ASCII text, to the letter. */
    public boolean is(String ascii) {
        if (ascii.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[start + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** True if this is that ASCII text, which has no letters but lower case ones, in any case. */
    public boolean isInAnyCase(String lowerCase) {
        return length == lowerCase.length() && startsInAnyCase(lowerCase);
    }

    /** True if this begins with that ASCII text, which has no letters but lower case ones, in any case. */
    public boolean startsInAnyCase(String lowerCase) {
        if (length < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            int octet = bytes[start + i];
            if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Decoded as UTF-8; octets that are not UTF-8 show as U+FFFD. */
    @Override
    public String toString() {
        return length == 0 ? "" : new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    // What is compared mostly differs in length or at its end: payload types, tags.
    @Override
    public boolean equals(Object other) {
        return other instanceof Text text
                && length == text.length
                && (length == 0 || bytes[start + length - 1] == text.bytes[text.start + length - 1])
                && Arrays.equals(bytes, start, start + length, text.bytes, text.start, text.start + text.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int at = start; at < start + length; at++) {
            hash = 31 * hash + bytes[at];
        }
        return hash;
    }
}
