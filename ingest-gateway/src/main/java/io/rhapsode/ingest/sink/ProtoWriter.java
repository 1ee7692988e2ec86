/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fields of a protobuf message, written one after the other into a buffer that is used again and again. As proto3 has it
 * for fields without presence: a number of 0 or less, or no bytes, take no room.
 */
final class ProtoWriter {

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    /** A tag and a number of 64 bits. */
    private static final int LONGEST_HEAD = 5 + 10;

    private byte[] bytes = new byte[1_024];
    private int end;

    void clear() {
        end = 0;
    }

    int length() {
        return end;
    }

    void copyTo(byte[] to, int offset) {
        System.arraycopy(bytes, 0, to, offset, end);
    }

    /** Writes a number that is there. */
    void number(int field, long value) {
        if (value > 0) {
            presentNumber(field, value);
        }
    }

    /** Writes a number of a field with presence. */
    void presentNumber(int field, long value) {
        require(LONGEST_HEAD);
        end = varint(bytes, end, (long) field << 3 | VARINT);
        end = varint(bytes, end, value);
    }

    void octets(int field, byte[] from) {
        octets(field, from, 0, from.length);
    }

    void octets(int field, byte[] from, int offset, int length) {
        if (length > 0) {
            presentOctets(field, from, offset, length);
        }
    }

    void presentOctets(int field, byte[] from, int offset, int length) {
        require(LONGEST_HEAD + length);
        end = head(bytes, end, field, length);
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    /** Writes text; what is not UTF-8 becomes U+FFFD, since protobuf takes nothing else. */
    void text(int field, byte[] from, int offset, int length) {
        if (isAscii(from, offset, length)) {
            octets(field, from, offset, length);
        } else {
            octets(field, clean(from, offset, length));
        }
    }

    static byte[] clean(byte[] from, int offset, int length) {
        return new String(from, offset, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    static boolean isAscii(byte[] from, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (from[i] < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isUtf8(byte[] from, int offset, int length) {
        return isAscii(from, offset, length)
                || Arrays.equals(clean(from, offset, length), 0, length, from, offset, offset + length);
    }

    private void require(int room) {
        if (room > bytes.length - end) {
            bytes = Arrays.copyOf(bytes, 2 * (end + room));
        }
    }

    /** Writes what stands before bytes: the tag and their number. */
    static int head(byte[] to, int at, int field, int length) {
        return varint(to, varint(to, at, (long) field << 3 | LENGTH_DELIMITED), length);
    }

    static int varint(byte[] to, int at, long value) {
        long rest = value;
        int next = at;
        while ((rest & ~0x7fL) != 0) {
            to[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[next++] = (byte) rest;
        return next;
    }

    static int varintSize(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }
}
