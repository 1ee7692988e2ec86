/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks for octets, eight a step: of the work on a text protocol this is most. All ranges are start inclusive, end
 * exclusive, and must lie in the array. A step may read octets behind the range, which never count.
 */
public final class Scan {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private Scan() {}

    /** The eight octets from a place, of which the array must have as many, the first in the lowest bits. */
    public static long eight(byte[] bytes, int at) {
        return (long) EIGHT.get(bytes, at);
    }

    /** The index of the first such octet at or after start; end, or a start behind it, if there is none. */
    public static int indexOf(byte[] bytes, int start, int end, byte wanted) {
        int at = start;
        for (int last = bytes.length - Long.BYTES; at < end && at <= last; at += Long.BYTES) {
            long found = equal(eight(bytes, at), wanted);
            if (found != 0) {
                return Math.min(at + place(found), end);
            }
        }
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at < end ? at : Math.max(start, end);
    }

    /** The same for the first of two octets, whichever comes first. */
    public static int indexOfEither(byte[] bytes, int start, int end, byte one, byte other) {
        int at = start;
        for (int last = bytes.length - Long.BYTES; at < end && at <= last; at += Long.BYTES) {
            long octets = eight(bytes, at);
            long found = equal(octets, one) | equal(octets, other);
            if (found != 0) {
                return Math.min(at + place(found), end);
            }
        }
        while (at < end && bytes[at] != one && bytes[at] != other) {
            at++;
        }
        return at < end ? at : Math.max(start, end);
    }

    /** True if an octet of the range is white space or below it. */
    public static boolean hasControl(byte[] bytes, int start, int end) {
        int at = start;
        for (int last = bytes.length - Long.BYTES; at < end && at <= last; at += Long.BYTES) {
            long octets = eight(bytes, at);
            long found = octets - ONES * (' ' + 1) & ~octets & HIGHS;
            if (found != 0) {
                return at + place(found) < end;
            }
        }
        while (at < end && (bytes[at] > ' ' || bytes[at] < 0)) {
            at++;
        }
        return at < end;
    }

    /** True if an octet of the range is an ASCII letter in upper case. */
    public static boolean hasUpperCase(byte[] bytes, int start, int end) {
        int at = start;
        for (int last = bytes.length - Long.BYTES; at < end && at <= last; at += Long.BYTES) {
            long octets = eight(bytes, at);
            long low = octets & ~HIGHS;
            long found = low + ONES * (0x80 - 'A') & ~(low + ONES * (0x80 - 'Z' - 1)) & ~octets & HIGHS;
            if (found != 0) {
                return at + place(found) < end;
            }
        }
        while (at < end && (bytes[at] < 'A' || bytes[at] > 'Z')) {
            at++;
        }
        return at < end;
    }

    /** The high bits of the octets that are the wanted one; of those above the first some may be wrong. */
    private static long equal(long octets, byte wanted) {
        long differs = octets ^ ONES * (wanted & 0xff);
        return differs - ONES & ~differs & HIGHS;
    }

    /** Which of eight octets is the first whose high bit is set. */
    private static int place(long highs) {
        return Long.numberOfTrailingZeros(highs) >>> 3;
    }
}
