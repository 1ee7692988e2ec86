/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * A name-addr or addr-spec with its parameters: a value of From, To, Contact, Route or P-Asserted-Identity (RFC 3261
 * section 20.10). Every text is empty where the value does not have it.
 *
 * @param displayName without quotes and their escapes
 * @param uri the URI; a Contact "*" has {@link SipUri#NONE}
 * @param tag tag parameter (RFC 3261 section 19.3)
 * @param original the value as it stands, folds as one space
 * @param parameters ";name=value" of the header, not of the URI, as they stand
 */
public record Address(Text displayName, SipUri uri, Text tag, Text original, Text parameters) {
    /** The address of a header that is not there. */
    public static final Address NONE = new Address(Text.EMPTY, SipUri.NONE, Text.EMPTY, Text.EMPTY, Text.EMPTY);

    private static final byte[] TAG = {'t', 'a', 'g'};

    /** The value of a parameter of the header, by its name in lower case; empty if it has none. */
    public Text parameter(String name) {
        return Parameters.value(parameters, name);
    }

    static Address parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        if (end - start == 1 && bytes[start] == '*' && ifBroken == Defect.BAD_CONTACT) {
            return new Address(Text.EMPTY, SipUri.NONE, Text.EMPTY, Octets.text(bytes, start, end), Text.EMPTY);
        }
        int quoteEnd = start < end && bytes[start] == '"' ? Octets.quotedEnd(bytes, start, end) : 0;
        int open = Octets.indexOf(bytes, Math.max(start, quoteEnd), end, '<');
        Text original = Octets.text(bytes, start, end);
        if (open == end) {
            return bare(bytes, start, end, original, findings, ifBroken);
        }
        Text displayName = displayName(bytes, start, open, quoteEnd, findings, ifBroken);
        int close = Octets.indexOf(bytes, open, end, '>');
        int from = Octets.skipSpace(bytes, open + 1, close);
        int to = Octets.trimEnd(bytes, from, close);
        if (close == end || to - from != close - open - 1) {
            findings.note(ifBroken, start);
        }
        SipUri uri = SipUri.parse(bytes, from, to, findings, ifBroken);
        return withTag(displayName, uri, original, bytes, close + 1, end, findings, ifBroken);
    }

    /** An addr-spec without brackets: what follows the first semicolon belongs to the header (RFC 3261 section 20). */
    private static Address bare(byte[] bytes, int start, int end, Text original, Findings findings, Defect ifBroken) {
        int semicolon = Octets.indexOf(bytes, start, end, ';');
        int to = Octets.trimEnd(bytes, start, semicolon);
        if (Octets.indexOf(bytes, start, to, '?') < to || Octets.indexOf(bytes, start, to, ',') < to) {
            findings.note(ifBroken, start);
        }
        SipUri uri = SipUri.parse(bytes, start, to, findings, ifBroken);
        return withTag(Text.EMPTY, uri, original, bytes, semicolon, end, findings, ifBroken);
    }

    private static Text displayName(
            byte[] bytes, int start, int open, int quoteEnd, Findings findings, Defect ifBroken) {
        int stop = Octets.trimEnd(bytes, start, open);
        if (quoteEnd > 0) {
            if (quoteEnd < stop) {
                findings.note(ifBroken, quoteEnd);
            }
            return Octets.unquoted(bytes, start + 1, quoteEnd - 1);
        }
        // Tokens and spaces; letters beyond ASCII are not in the grammar but in use, and no cause of trouble.
        for (int at = start; at < stop; at++) {
            if (!Octets.isToken(bytes[at]) && bytes[at] >= 0 && !Octets.isSpace(bytes[at])) {
                findings.note(ifBroken, at);
                break;
            }
        }
        int from = start < stop && bytes[start] == '"' ? start + 1 : start;
        return Octets.text(bytes, from, stop);
    }

    private static Address withTag(
            Text displayName,
            SipUri uri,
            Text original,
            byte[] bytes,
            int start,
            int end,
            Findings findings,
            Defect ifBroken) {
        int from = Octets.skipSpace(bytes, start, end);
        if (from >= end) {
            return new Address(displayName, uri, Text.EMPTY, original, Text.EMPTY);
        }
        var walk = new Parameters(bytes, from, end);
        Text tag = Text.EMPTY;
        while (walk.next()) {
            if (walk.is(TAG) && tag.isEmpty()) {
                tag = walk.value();
            }
        }
        if (walk.broken()) {
            findings.note(ifBroken, from);
        }
        return new Address(displayName, uri, tag, original, Octets.text(bytes, from, end));
    }
}
