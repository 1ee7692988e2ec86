/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * Who says to be calling (RFC 3261 sections 20.7 and 20.28, RFC 7616): of an Authorization header no more than this, its
 * response and nonces are nobody's business.
 *
 * @param scheme "Digest", as sent
 * @param user without quotes, empty where there is none
 * @param realm without quotes, empty where there is none
 */
public record Credentials(Text scheme, Text user, Text realm) {
    /** Those of a message that has none. */
    public static final Credentials NONE = new Credentials(Text.EMPTY, Text.EMPTY, Text.EMPTY);

    private static final int MAX_PARAMETERS = 64;
    private static final byte[] USERNAME = {'u', 's', 'e', 'r', 'n', 'a', 'm', 'e'};
    private static final byte[] REALM = {'r', 'e', 'a', 'l', 'm'};

    static Credentials parse(byte[] bytes, int start, int end) {
        int schemeEnd = Octets.tokenEnd(bytes, start, end);
        Text user = Text.EMPTY;
        Text realm = Text.EMPTY;
        int at = Octets.skipSpace(bytes, schemeEnd, end);
        for (int count = 0; at < end && count < MAX_PARAMETERS; count++) {
            int comma = Octets.separator(bytes, at, end, ',');
            int equals = Octets.indexOf(bytes, at, comma, '=');
            int nameEnd = Octets.trimEnd(bytes, at, equals);
            if (Octets.sameIgnoringCase(bytes, at, nameEnd, USERNAME)) {
                user = value(bytes, equals + 1, comma);
            } else if (Octets.sameIgnoringCase(bytes, at, nameEnd, REALM)) {
                realm = value(bytes, equals + 1, comma);
            }
            at = Octets.skipSpace(bytes, Math.min(comma + 1, end), end);
        }
        return new Credentials(Octets.text(bytes, start, schemeEnd), user, realm);
    }

    private static Text value(byte[] bytes, int start, int end) {
        int from = Octets.skipSpace(bytes, Math.min(start, end), end);
        int to = Octets.trimEnd(bytes, from, end);
        boolean quoted = to - from > 1 && bytes[from] == '"' && bytes[to - 1] == '"';
        return quoted ? Octets.unquoted(bytes, from + 1, to - 1) : Octets.text(bytes, from, to);
    }
}
