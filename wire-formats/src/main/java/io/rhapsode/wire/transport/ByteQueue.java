/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** Octets that wait for more behind them. It holds no array while it is empty. */
final class ByteQueue {

    private static final byte[] NONE = {};
    private static final int SMALLEST = 512;

    private byte[] array = NONE;
    private int from;
    private int to;

    byte[] array() {
        return array;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    boolean isEmpty() {
        return from == to;
    }

    /** What the array takes. */
    int capacity() {
        return array.length;
    }

    void add(byte[] bytes, int offset, int end) {
        int length = end - offset;
        if (length == 0) {
            return;
        }
        if (array.length - to < length) {
            makeRoom(length);
        }
        System.arraycopy(bytes, offset, array, to, length);
        to += length;
    }

    private void makeRoom(int length) {
        int waiting = to - from;
        int needed = waiting + length;
        // At most half full after it, so that octets are not moved again and again.
        byte[] roomy = needed > array.length / 2 ? new byte[Math.max(SMALLEST, 2 * needed)] : array;
        System.arraycopy(array, from, roomy, 0, waiting);
        array = roomy;
        from = 0;
        to = waiting;
    }

    /** Forgets what stands before an index of the array. */
    void drop(int until) {
        from = until;
        if (from == to) {
            clear();
        }
    }

    void clear() {
        array = NONE;
        from = 0;
        to = 0;
    }
}
