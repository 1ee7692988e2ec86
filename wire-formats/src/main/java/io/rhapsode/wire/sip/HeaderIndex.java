/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Where each header of a message stands (RFC 3261 section 7.3): one pass over the lines, which looks at names but at no
 * value. A header is known by its place in this index; -1 is no place.
 *
 * <p>{@link #open} makes a value ready to be read: it is then at {@link #start} to {@link #stop} of {@link #octets}.
 */
final class HeaderIndex {
    private static final int STRIDE = 4;
    private static final byte UNKNOWN = -1;

    private final byte[] bytes;
    private final byte terminator;
    private final Findings findings;

    // The first header of each known name, 1 for the first of all; 0 where the name is not there.
    private final short[] firsts = new short[HeaderName.COUNT];

    // For each header its known name or UNKNOWN, and: name start, name end, value start, value end.
    private byte[] names = new byte[24];
    private int[] places = new int[STRIDE * 24];
    private int count;
    private long present;
    private long repeated;
    private boolean folded;
    private int bodyOffset;

    /** The octets of the value that was opened last: the message's, or a copy without the folds. */
    byte[] octets;

    int start;
    int stop;

    /** Reads the header lines from start; limit is where they end at the latest, end where the message does. */
    HeaderIndex(byte[] bytes, int start, int limit, int end, byte terminator, Findings findings) {
        this.bytes = bytes;
        this.terminator = terminator;
        this.findings = findings;
        readLines(start, limit, end);
    }

    /** Index in the array of the octet after the empty line that ends the headers; the end if there is none. */
    int bodyOffset() {
        return bodyOffset;
    }

    boolean has(HeaderName name) {
        return (present & name.bit()) != 0;
    }

    /** Those of a set of names that are there, by {@link HeaderName#bit()}. */
    long among(long names) {
        return present & names;
    }

    boolean isRepeated(HeaderName name) {
        return (repeated & name.bit()) != 0;
    }

    /** The first header of that name. */
    int first(HeaderName name) {
        return firsts[name.ordinal()] - 1;
    }

    /** The next header of that name after the one at a place. */
    int next(HeaderName name, int place) {
        if (!isRepeated(name)) {
            return -1;
        }
        for (int at = place + 1; at < count; at++) {
            if (names[at] == name.ordinal()) {
                return at;
            }
        }
        return -1;
    }

    private int valueStart(int place) {
        return places[place * STRIDE + 2];
    }

    private int valueEnd(int place) {
        return places[place * STRIDE + 3];
    }

    /** Makes the value ready: without the space around it and, where it is folded, on a copy without the folds. */
    void open(int place) {
        octets = bytes;
        stop = Octets.trimEnd(bytes, valueStart(place), valueEnd(place));
        start = Octets.skipSpace(bytes, valueStart(place), stop);
        if (folded && Lines.end(bytes, start, stop, terminator) < stop) {
            findings.fix(start);
            octets = Octets.unfolded(bytes, start, stop);
            start = 0;
            stop = octets.length;
        } else {
            findings.release();
        }
    }

    /** True if the value that was opened last is empty, or has such an octet. */
    boolean isEmptyOrHas(char octet) {
        return start == stop || Octets.indexOf(octets, start, stop, octet) < stop;
    }

    /** The value at a place, unfolded; empty for no place. */
    Text text(int place) {
        if (place < 0) {
            return Text.EMPTY;
        }
        open(place);
        return Octets.text(octets, start, stop);
    }

    /** The Call-ID at a place as {@link CallIdScanner} has it: the first line of it that is not blank, or empty. */
    Text callId(int place) {
        findings.release();
        long found = CallIdScanner.value(bytes, valueStart(place), valueEnd(place), terminator);
        if (found < 0) {
            return Text.EMPTY;
        }
        int from = (int) (found >>> 32);
        if (Octets.hasSpace(bytes, from, Octets.trimEnd(bytes, from, valueEnd(place)))) {
            findings.note(Defect.BAD_CALL_ID, from);
        }
        return Octets.text(bytes, from, from + (int) found);
    }

    /** The number that the first header of that name is; -1 if it is absent, or broken or greater than max. */
    long number(HeaderName name, long max, Defect ifBroken) {
        int place = first(name);
        if (place < 0) {
            return -1;
        }
        open(place);
        long number = Octets.number(octets, start, stop, max);
        if (number < 0) {
            findings.note(ifBroken, start);
        }
        return number;
    }

    /** The values of all headers of a name, long or compact, in any case; at most as many. */
    List<Text> texts(Text name, int most) {
        HeaderName known = HeaderName.of(name.array(), name.start(), name.end());
        if (known != null && !has(known)) {
            return List.of();
        }
        var texts = new ArrayList<Text>(2);
        for (int place = 0; place < count && texts.size() < most; place++) {
            if (known == null ? names[place] == UNKNOWN && isNamed(place, name) : names[place] == known.ordinal()) {
                texts.add(text(place));
            }
        }
        return Collections.unmodifiableList(texts);
    }

    private boolean isNamed(int place, Text name) {
        int from = places[place * STRIDE];
        int to = places[place * STRIDE + 1];
        if (to - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (Octets.lower(bytes[from + i]) != Octets.lower(name.array()[name.start() + i])) {
                return false;
            }
        }
        return true;
    }

    private void readLines(int from, int limit, int end) {
        int at = from;
        int lines = 0;
        boolean after = false;
        while (at < limit) {
            int lineEnd = Lines.end(bytes, at, limit, terminator);
            int contentEnd = Lines.contentEnd(bytes, at, lineEnd);
            int next = Lines.next(bytes, lineEnd, limit, terminator);
            if (contentEnd == at && lineEnd < limit) {
                bodyOffset = next;
                return;
            }
            if (lines >= Lines.MAX_HEADERS) {
                findings.note(Defect.TOO_MANY_HEADERS, at);
            } else if (!Lines.isBlank(bytes[at])) {
                lines++;
                after = addHeader(at, contentEnd);
            } else if (after) {
                places[count * STRIDE - 1] = contentEnd;
                folded = true;
            } else {
                findings.note(Defect.BAD_HEADER_LINE, at);
            }
            at = next;
        }
        findings.note(limit < end ? Defect.HEADERS_TOO_LONG : Defect.UNTERMINATED_HEADERS, limit);
        bodyOffset = end;
    }

    /** Notes the header on the line; false if it is none. */
    private boolean addHeader(int from, int to) {
        int colon = Octets.indexOf(bytes, from, to, ':');
        int nameEnd = colon;
        while (nameEnd > from && Lines.isBlank(bytes[nameEnd - 1])) {
            nameEnd--;
        }
        HeaderName name = HeaderName.of(bytes, from, nameEnd);
        boolean named = name != null || nameEnd > from && Octets.tokenEnd(bytes, from, nameEnd) == nameEnd;
        if (colon == to || !named) {
            findings.note(Defect.BAD_HEADER_LINE, from);
            return false;
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, count * 2);
            places = Arrays.copyOf(places, STRIDE * count * 2);
        }
        names[count] = UNKNOWN;
        if (name != null) {
            names[count] = (byte) name.ordinal();
            repeated |= present & name.bit();
            firsts[name.ordinal()] = has(name) ? firsts[name.ordinal()] : (short) (count + 1);
            present |= name.bit();
        }
        int at = count++ * STRIDE;
        places[at] = from;
        places[at + 1] = nameEnd;
        places[at + 2] = colon + 1;
        places[at + 3] = to;
        return true;
    }
}
