/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.Set;

/**
 * A name-addr or addr-spec with its parameters: a value of From, To, Contact or P-Asserted-Identity (RFC 3261 section
 * 20.10). Every text is empty where the value does not have it.
 *
 * @param displayName without quotes and their escapes
 * @param uri the URI; a Contact "*" has {@link SipUri#NONE}
 * @param tag tag parameter (RFC 3261 section 19.3)
 * @param original the value as it stands, folds as one space
 */
public record Address(String displayName, SipUri uri, String tag, String original) {
    /** The address of a header that is not there. */
    public static final Address NONE = new Address("", SipUri.NONE, "", "");

    private static final byte[] TAG = {'t', 'a', 'g'};

    static Address parse(byte[] bytes, int start, int end, Set<Defect> defects, Defect ifBroken) {
        int at = Octets.skipSpace(bytes, start, end);
        int stop = Octets.trimEnd(bytes, at, end);
        int quoteEnd = at < stop && bytes[at] == '"' ? Octets.quotedEnd(bytes, at, stop) : 0;
        int open = Octets.indexOf(bytes, Math.max(at, quoteEnd), stop, '<');
        String original = Octets.text(bytes, at, stop);
        if (open == stop) {
            return bare(bytes, at, stop, original, defects, ifBroken);
        }
        String displayName = displayName(bytes, at, open, quoteEnd, defects, ifBroken);
        int close = Octets.indexOf(bytes, open, stop, '>');
        int from = Octets.skipSpace(bytes, open + 1, close);
        int to = Octets.trimEnd(bytes, from, close);
        if (close == stop || to - from != close - open - 1) {
            defects.add(ifBroken);
        }
        SipUri uri = SipUri.parse(bytes, from, to, defects, ifBroken);
        return new Address(displayName, uri, tag(bytes, close + 1, stop, defects, ifBroken), original);
    }

    /** An addr-spec without brackets: what follows the first semicolon belongs to the header (RFC 3261 section 20). */
    private static Address bare(
            byte[] bytes, int start, int end, String original, Set<Defect> defects, Defect ifBroken) {
        int semicolon = Octets.indexOf(bytes, start, end, ';');
        int to = Octets.trimEnd(bytes, start, semicolon);
        if (Octets.indexOf(bytes, start, to, '?') < to || Octets.indexOf(bytes, start, to, ',') < to) {
            defects.add(ifBroken);
        }
        SipUri uri = SipUri.parse(bytes, start, to, defects, ifBroken);
        return new Address("", uri, tag(bytes, semicolon, end, defects, ifBroken), original);
    }

    private static String displayName(
            byte[] bytes, int start, int open, int quoteEnd, Set<Defect> defects, Defect ifBroken) {
        int stop = Octets.trimEnd(bytes, start, open);
        if (quoteEnd > 0) {
            if (quoteEnd < stop) {
                defects.add(ifBroken);
            }
            return Octets.unquoted(bytes, start + 1, quoteEnd - 1);
        }
        // Tokens and spaces; letters beyond ASCII are not in the grammar but in use, and no cause of trouble.
        for (int at = start; at < stop; at++) {
            if (!Octets.isToken(bytes[at]) && bytes[at] >= 0 && !Octets.isSpace(bytes[at])) {
                defects.add(ifBroken);
            }
        }
        int from = start < stop && bytes[start] == '"' ? start + 1 : start;
        return Octets.text(bytes, from, stop);
    }

    private static String tag(byte[] bytes, int start, int end, Set<Defect> defects, Defect ifBroken) {
        var parameters = new Parameters(bytes, start, end);
        String tag = "";
        while (parameters.next()) {
            if (parameters.is(TAG) && tag.isEmpty()) {
                tag = parameters.value();
            }
        }
        if (parameters.broken()) {
            defects.add(ifBroken);
        }
        return tag;
    }
}
