/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What has come of one fragmented datagram: it takes no more memory than that, wherever in the datagram it stands. */
final class PartialDatagram {

    /** Offsets of fragments count in units of eight bytes. */
    static final int UNIT = 8;

    /** About what an empty one takes, with its key and its places in the table. */
    private static final int OVERHEAD = 512;

    private static final int PIECE_OVERHEAD = 64;

    private final long sinceMicros;
    private final List<Piece> pieces = new ArrayList<>(4);
    private int bytesHere;
    private int total = -1;

    private record Piece(int offset, byte[] bytes) {
        int end() {
            return offset + bytes.length;
        }

        boolean repeats(int from, Cursor fragment) {
            int begin = from - offset;
            int end = begin + fragment.remaining();
            return begin >= 0
                    && end <= bytes.length
                    && Arrays.equals(
                            bytes,
                            begin,
                            end,
                            fragment.array(),
                            fragment.offset(),
                            fragment.offset() + fragment.remaining());
        }
    }

    PartialDatagram(long sinceMicros) {
        this.sinceMicros = sinceMicros;
    }

    /** Takes a fragment; false if it contradicts what is already here. */
    boolean add(int offset, boolean more, Cursor fragment) throws MalformedPacket {
        int end = offset + fragment.remaining();
        int here = pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).end();
        boolean contradictsEnd = total >= 0 ? end > total || !more && end != total : !more && end < here;
        if (contradictsEnd) {
            return false;
        }
        int place = place(offset);
        if (place > 0 && pieces.get(place - 1).end() > offset) {
            return pieces.get(place - 1).repeats(offset, fragment);
        }
        if (place < pieces.size() && pieces.get(place).offset < end) {
            return pieces.get(place).repeats(offset, fragment);
        }
        pieces.add(place, new Piece(offset, fragment.bytes(fragment.remaining())));
        bytesHere += end - offset;
        if (!more) {
            total = end;
        }
        return true;
    }

    /** How many pieces begin before an offset; most fragments come in their order. */
    private int place(int offset) {
        int low = 0;
        int high = pieces.size();
        if (high > 0 && pieces.get(high - 1).offset < offset) {
            return high;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pieces.get(middle).offset < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean isWhole() {
        return bytesHere == total;
    }

    byte[] whole() {
        byte[] whole = new byte[total];
        for (var piece : pieces) {
            System.arraycopy(piece.bytes, 0, whole, piece.offset, piece.bytes.length);
        }
        return whole;
    }

    long sinceMicros() {
        return sinceMicros;
    }

    int bytesHeld() {
        return OVERHEAD + bytesHere + PIECE_OVERHEAD * pieces.size();
    }
}
