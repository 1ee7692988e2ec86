/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** One direction of an SCTP association: which DATA chunks were seen, and the fragments that wait for others. */
final class SctpAssociation {

    /** So many numbers back it is known what was seen. */
    private static final int WINDOW = 1_024;

    private static final int MOST_FRAGMENTS = 512;
    private static final int OVERHEAD = 512;
    private static final int FRAGMENT_OVERHEAD = 128;

    private final Tally tally;
    private final BitSet seen = new BitSet(WINDOW);
    private final Map<Integer, Fragment> fragments = new HashMap<>(4);
    private boolean isPlaced;
    private int highest;
    private int octetsHeld;
    private long lastMicros;

    private record Fragment(byte[] bytes, int stream, boolean isFirst, boolean isLast) {}

    SctpAssociation(Tally tally) {
        this.tally = tally;
    }

    /** False for a number that was seen before, or is too far back to know. */
    boolean isNew(int tsn) {
        int ahead = tsn - highest;
        if (!isPlaced || ahead >= WINDOW) {
            seen.clear();
        } else if (ahead <= -WINDOW) {
            return false;
        } else {
            for (int passed = highest + 1; passed - tsn < 0; passed++) {
                seen.clear(Math.floorMod(passed, WINDOW));
            }
        }
        boolean isNew = !isPlaced || ahead > 0 || !seen.get(Math.floorMod(tsn, WINDOW));
        seen.set(Math.floorMod(tsn, WINDOW));
        highest = !isPlaced || ahead > 0 ? tsn : highest;
        isPlaced = true;
        return isNew;
    }

    /** Takes a fragment; gives the message if nothing of it is missing any more, else null. */
    byte[] join(SctpData chunk) {
        if (chunk.isCut()) {
            tally.count(Leftover.INCOMPLETE);
            return null;
        }
        byte[] bytes = Arrays.copyOfRange(chunk.bytes(), chunk.offset(), chunk.offset() + chunk.length());
        fragments.put(chunk.tsn(), new Fragment(bytes, chunk.stream(), chunk.isFirst(), chunk.isLast()));
        octetsHeld += bytes.length + FRAGMENT_OVERHEAD;
        int first = edge(chunk, -1);
        int last = edge(chunk, 1);
        if (fragments.get(first).isFirst && fragments.get(last).isLast) {
            return whole(first, last);
        }
        if (fragments.size() > MOST_FRAGMENTS || octetsHeld > Framing.LONGEST_MESSAGE) {
            end();
        }
        return null;
    }

    /** The furthest fragment that is joined to this one without a gap. */
    private int edge(SctpData chunk, int step) {
        int tsn = chunk.tsn();
        var fragment = fragments.get(tsn);
        while (!(step < 0 ? fragment.isFirst : fragment.isLast)) {
            var beside = fragments.get(tsn + step);
            boolean belongs =
                    beside != null && beside.stream == chunk.stream() && !(step < 0 ? beside.isLast : beside.isFirst);
            if (!belongs) {
                return tsn;
            }
            tsn += step;
            fragment = beside;
        }
        return tsn;
    }

    private byte[] whole(int first, int last) {
        int length = 0;
        for (int tsn = first; tsn - last <= 0; tsn++) {
            length += fragments.get(tsn).bytes.length;
        }
        byte[] whole = new byte[length];
        int at = 0;
        for (int tsn = first; tsn - last <= 0; tsn++) {
            byte[] bytes = fragments.remove(tsn).bytes;
            System.arraycopy(bytes, 0, whole, at, bytes.length);
            at += bytes.length;
            octetsHeld -= bytes.length + FRAGMENT_OVERHEAD;
        }
        return whole;
    }

    /** Gives up the fragments that wait, which count as one message. */
    void end() {
        if (!fragments.isEmpty()) {
            tally.count(Leftover.INCOMPLETE);
        }
        fragments.clear();
        octetsHeld = 0;
    }

    long lastMicros() {
        return lastMicros;
    }

    void lastMicros(long atMicros) {
        lastMicros = atMicros;
    }

    int bytesHeld() {
        return OVERHEAD + octetsHeld;
    }
}
