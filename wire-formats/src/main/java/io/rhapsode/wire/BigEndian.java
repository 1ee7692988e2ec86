/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

/** Unsigned numbers in network byte order. */
public final class BigEndian {

    private BigEndian() {}

    /** Reads {@code width} (0 to 8) bytes. */
    public static long read(byte[] bytes, int offset, int width) {
        long number = 0;
        for (int i = offset; i < offset + width; i++) {
            number = number << 8 | bytes[i] & 0xff;
        }
        return number;
    }

    /** Writes the low {@code width} bytes of a number. */
    public static void write(byte[] bytes, int offset, int width, long number) {
        for (int i = offset + width - 1; i >= offset; i--) {
            bytes[i] = (byte) number;
            number >>>= 8;
        }
    }
}
