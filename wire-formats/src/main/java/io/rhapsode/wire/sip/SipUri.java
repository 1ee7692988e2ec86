/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.Set;

/**
 * A SIP or other URI (RFC 3261 section 19.1). Every text is empty where the URI does not have it.
 *
 * @param original as it stands, without angle brackets
 * @param scheme "sip", "sips", "tel", "urn", ...; lower case
 * @param user the user part without password, escapes decoded; the number of a tel: URI as it stands (RFC 3966)
 * @param host without brackets, lower case; empty for tel: and urn:
 * @param port 1 to 65535, or 0 where none is given
 */
public record SipUri(String original, String scheme, String user, String host, int port) {
    /** The URI of a header that is not there. */
    public static final SipUri NONE = new SipUri("", "", "", "", 0);

    static SipUri parse(byte[] bytes, int start, int end, Set<Defect> defects, Defect ifBroken) {
        String original = Octets.text(bytes, start, end);
        int colon = schemeEnd(bytes, start, end);
        if (colon < 0) {
            defects.add(ifBroken);
            return new SipUri(original, "", "", "", 0);
        }
        if (Octets.hasSpace(bytes, start, end)) {
            defects.add(ifBroken);
        }
        String scheme = scheme(bytes, start, colon);
        int from = Octets.skipSpace(bytes, colon + 1, end);
        if (scheme.equals("tel")) {
            int to = Octets.trimEnd(bytes, from, Octets.indexOf(bytes, from, end, ';'));
            if (to == from) {
                defects.add(ifBroken);
            }
            return new SipUri(original, scheme, Octets.unescaped(bytes, from, to), "", 0);
        }
        int at = Octets.indexOf(bytes, from, end, '@');
        if (at == end && !scheme.startsWith("sip")) {
            return new SipUri(original, scheme, "", "", 0);
        }
        HostPort hostPort = HostPort.read(bytes, at == end ? from : Octets.skipSpace(bytes, at + 1, end), end);
        if (hostPort.broken()) {
            defects.add(ifBroken);
        }
        String user = at == end ? "" : user(bytes, from, at);
        return new SipUri(original, scheme, user, hostPort.host(), hostPort.port());
    }

    private static int schemeEnd(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != ':' && (Octets.isToken(bytes[at]))) {
            at++;
        }
        return at > start && at < end && bytes[at] == ':' ? at : -1;
    }

    private static String scheme(byte[] bytes, int start, int end) {
        if (end - start == 3 && bytes[start] == 's' && bytes[start + 1] == 'i' && bytes[start + 2] == 'p') {
            return "sip";
        }
        return Octets.lowerText(bytes, start, end);
    }

    private static String user(byte[] bytes, int start, int at) {
        int password = Octets.indexOf(bytes, start, at, ':');
        return Octets.unescaped(bytes, start, Octets.trimEnd(bytes, start, password));
    }
}
