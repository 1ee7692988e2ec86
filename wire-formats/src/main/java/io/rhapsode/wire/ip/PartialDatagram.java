/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import java.util.Arrays;
import java.util.BitSet;

/** What has come of one fragmented datagram. */
final class PartialDatagram {

    /** Offsets of fragments count in units of eight bytes. */
    static final int UNIT = 8;

    /** About what an empty one takes, with its key and its places in the table. */
    private static final int OVERHEAD = 512;

    private final long sinceMicros;
    private final BitSet unitsHere = new BitSet();
    private byte[] bytes = new byte[0];
    private int total = -1;

    PartialDatagram(long sinceMicros) {
        this.sinceMicros = sinceMicros;
    }

    /** Takes a fragment; false if it contradicts what is already here. */
    boolean add(int offset, boolean more, Cursor fragment) {
        int end = offset + fragment.remaining();
        int first = offset / UNIT;
        int last = units(end);
        boolean contradictsEnd = total >= 0 ? end > total || !more && end != total : !more && end < bytes.length;
        if (contradictsEnd) {
            return false;
        }
        if (unitsHere.nextSetBit(first) >= 0 && unitsHere.nextSetBit(first) < last) {
            return repeats(offset, fragment);
        }
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, end);
        }
        System.arraycopy(fragment.array(), fragment.offset(), bytes, offset, fragment.remaining());
        unitsHere.set(first, last);
        if (!more) {
            total = end;
        }
        return true;
    }

    private boolean repeats(int offset, Cursor fragment) {
        int end = offset + fragment.remaining();
        return unitsHere.nextClearBit(offset / UNIT) >= units(end)
                && Arrays.equals(
                        bytes, offset, end, fragment.array(), fragment.offset(), fragment.offset() + end - offset);
    }

    boolean isWhole() {
        return total >= 0 && unitsHere.nextClearBit(0) >= units(total);
    }

    byte[] whole() {
        return bytes;
    }

    long sinceMicros() {
        return sinceMicros;
    }

    int bytesHeld() {
        return OVERHEAD + bytes.length;
    }

    private static int units(int length) {
        return (length + UNIT - 1) / UNIT;
    }
}
