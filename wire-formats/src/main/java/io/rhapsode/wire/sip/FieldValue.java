/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * A header value that is a word with parameters: "Q.850;cause=16;text=\"normal\"" (RFC 3261 section 7.3.1).
 *
 * @param value what stands before the first semicolon, without quotes
 * @param parameters ";name=value" as they stand
 * @param original the value as it stands, folds as one space
 */
public record FieldValue(Text value, Text parameters, Text original) {
    /** The value of a header that is not there. */
    public static final FieldValue NONE = new FieldValue(Text.EMPTY, Text.EMPTY, Text.EMPTY);

    /** The value of a parameter, by its name in lower case; empty if it has none. */
    public Text parameter(String name) {
        return Parameters.value(parameters, name);
    }

    /** The value of a parameter as a number of at most max; -1 if it has none or another. */
    public long number(String name, long max) {
        return number(parameter(name), max);
    }

    /** The value as a number of at most max, space and what follows it aside; -1 if it is none. */
    public long number(long max) {
        return number(Octets.text(value.array(), value.start(), Octets.tokenEnd(value)), max);
    }

    private static long number(Text text, long max) {
        return Octets.number(text.array(), text.start(), text.end(), max);
    }

    static FieldValue parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        int semicolon = Octets.separator(bytes, start, end, ';');
        int stop = Octets.trimEnd(bytes, start, semicolon);
        var walk = new Parameters(bytes, semicolon, end);
        boolean more = true;
        while (more) {
            more = walk.next();
        }
        if (walk.broken() || stop == start) {
            findings.note(ifBroken, start);
        }
        boolean quoted = stop - start > 1 && bytes[start] == '"' && bytes[stop - 1] == '"';
        Text value = quoted ? Octets.unquoted(bytes, start + 1, stop - 1) : Octets.text(bytes, start, stop);
        return new FieldValue(value, Octets.text(bytes, semicolon, end), Octets.text(bytes, start, end));
    }

    /** A value that is nothing but parameters: "icid-value=a;orig-ioi=b". */
    static FieldValue parametersOnly(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        Text all = Octets.text(bytes, start, end);
        if (Octets.indexOf(bytes, start, end, '=') == end) {
            findings.note(ifBroken, start);
        }
        return new FieldValue(Text.EMPTY, all, all);
    }
}
