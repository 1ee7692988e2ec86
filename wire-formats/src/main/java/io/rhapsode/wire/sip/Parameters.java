/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/** Walks over the ";name=value" parameters of a header value (RFC 3261 section 25.1 generic-param). */
final class Parameters {
    /** Parameters that are looked at in one value; real ones have under ten. */
    private static final int MAX_PARAMETERS = 64;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int nameStart;
    private int nameEnd;
    private int valueStart;
    private int valueEnd;
    private int count;
    private boolean broken;
    private boolean first;

    Parameters(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** The value of the first parameter of that name, which has no letters but lower case ones; empty if none.
     * The first one needs no semicolon before it. */
    static Text value(Text parameters, String lowerCaseName) {
        var walk = new Parameters(parameters.array(), parameters.start(), parameters.end());
        walk.first = true;
        while (walk.next()) {
            if (Text.of(walk.bytes, walk.nameStart, walk.nameEnd).isInAnyCase(lowerCaseName)) {
                return walk.value();
            }
        }
        return Text.EMPTY;
    }

    /** Steps to the next parameter that has a name; false if there is no more. */
    boolean next() {
        while (true) {
            at = Octets.skipSpace(bytes, at, end);
            if (at >= end) {
                return false;
            }
            boolean begins = first || bytes[at] == ';';
            if (!begins || count++ == MAX_PARAMETERS) {
                broken = true;
                return false;
            }
            int from = bytes[at] == ';' ? at + 1 : at;
            first = false;
            at = read(from);
            if (nameEnd > nameStart) {
                return true;
            }
            broken = true;
        }
    }

    /** Reads the parameter from start; where it ends. */
    private int read(int start) {
        nameStart = Octets.skipSpace(bytes, start, end);
        int tokenEnd = Octets.tokenEnd(bytes, nameStart, end);
        int stop = Octets.separator(bytes, tokenEnd, end, ';');
        int equals = Octets.indexOf(bytes, tokenEnd, stop, '=');
        nameEnd = Octets.trimEnd(bytes, nameStart, equals);
        valueStart = Octets.skipSpace(bytes, Math.min(equals + 1, stop), stop);
        valueEnd = Octets.trimEnd(bytes, valueStart, stop);
        return stop;
    }

    boolean is(byte[] lowerCaseName) {
        return Octets.sameIgnoringCase(bytes, nameStart, nameEnd, lowerCaseName);
    }

    /** The value, without quotes; empty where there is none. */
    Text value() {
        boolean quoted = valueEnd - valueStart > 1 && bytes[valueStart] == '"' && bytes[valueEnd - 1] == '"';
        return quoted ? Octets.unquoted(bytes, valueStart + 1, valueEnd - 1) : Octets.text(bytes, valueStart, valueEnd);
    }

    /** The value as a number of at most max; -1 if it is none. */
    long number(long max) {
        return Octets.number(bytes, valueStart, valueEnd, max);
    }

    /** True once a parameter without name, text between parameters, or one parameter too many was met. */
    boolean broken() {
        return broken;
    }
}
