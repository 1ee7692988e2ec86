/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Scan;
import io.rhapsode.wire.Text;

/**
 * A SIP or other URI (RFC 3261 section 19.1). Every text is empty where the URI does not have it.
 *
 * @param original as it stands, without angle brackets
 * @param scheme "sip", "sips", "tel", "urn", ...; lower case
 * @param user the user part without password, escapes decoded; the number of a tel: URI as it stands (RFC 3966)
 * @param host without brackets, lower case; empty for tel: and urn:
 * @param port 1 to 65535, or 0 where none is given
 * @param parameters ";name=value" as they stand
 * @param headers "name=value&amp;..." after the question mark, as they stand
 */
public record SipUri(Text original, Text scheme, Text user, Text host, int port, Text parameters, Text headers) {
    /** The URI of a header that is not there. */
    public static final SipUri NONE = opaque(Text.EMPTY, Text.EMPTY);

    private static final Text SIP = Text.of("sip");

    private static SipUri opaque(Text original, Text scheme) {
        return new SipUri(original, scheme, Text.EMPTY, Text.EMPTY, 0, Text.EMPTY, Text.EMPTY);
    }

    /** The value of a parameter, by its name in lower case; empty if it has none. */
    public Text parameter(String name) {
        return Parameters.value(parameters, name);
    }

    /** The value of one of its headers, by its name in lower case, as it stands, escapes and all; empty if it has none. */
    public Text header(String name) {
        int at = headers.start();
        while (at < headers.end()) {
            int end = Octets.indexOf(headers.array(), at, headers.end(), '&');
            int equals = Octets.indexOf(headers.array(), at, end, '=');
            if (Octets.text(headers.array(), at, equals).isInAnyCase(name)) {
                return Octets.text(headers.array(), equals + 1, end);
            }
            at = end + 1;
        }
        return Text.EMPTY;
    }

    /** The same with its escapes decoded, as a header of the request it makes (RFC 3261 section 19.1.5) has it. */
    public Text unescapedHeader(String name) {
        Text escaped = header(name);
        return Octets.unescaped(escaped.array(), escaped.start(), escaped.end());
    }

    static SipUri parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        Text original = Octets.text(bytes, start, end);
        int colon = schemeEnd(bytes, start, end);
        if (colon < 0) {
            findings.note(ifBroken, start);
            return opaque(original, Text.EMPTY);
        }
        if (Octets.hasSpace(bytes, start, end)) {
            findings.note(ifBroken, start);
        }
        Text scheme = scheme(bytes, start, colon);
        int from = Octets.skipSpace(bytes, colon + 1, end);
        if (scheme.is("tel")) {
            return tel(original, scheme, bytes, from, end, findings, ifBroken);
        }
        int at = Octets.indexOf(bytes, from, end, '@');
        if (at == end && scheme != SIP && !scheme.is("sips")) {
            return opaque(original, scheme);
        }
        HostPort hostPort = HostPort.read(bytes, at == end ? from : Octets.skipSpace(bytes, at + 1, end), end);
        if (hostPort.broken()) {
            findings.note(ifBroken, start);
        }
        Text user = at == end ? Text.EMPTY : user(bytes, from, at);
        int question = Octets.indexOf(bytes, hostPort.end(), end, '?');
        return new SipUri(
                original,
                scheme,
                user,
                hostPort.host(),
                hostPort.port(),
                Octets.text(bytes, hostPort.end(), question),
                Octets.text(bytes, question + 1, end));
    }

    private static SipUri tel(
            Text original, Text scheme, byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        int semicolon = Octets.indexOf(bytes, start, end, ';');
        int to = Octets.trimEnd(bytes, start, semicolon);
        if (to == start) {
            findings.note(ifBroken, start);
        }
        Text number = Octets.unescaped(bytes, start, to);
        return new SipUri(original, scheme, number, Text.EMPTY, 0, Octets.text(bytes, semicolon, end), Text.EMPTY);
    }

    /** Where the colon is after the scheme, -1 if there is none. */
    private static int schemeEnd(byte[] bytes, int start, int end) {
        if (isSip(bytes, start, end)) {
            return start + 3;
        }
        int at = Octets.tokenEnd(bytes, start, end);
        return at > start && at < end && bytes[at] == ':' ? at : -1;
    }

    private static boolean isSip(byte[] bytes, int start, int end) {
        return end - start >= 4
                && bytes[start] == 's'
                && bytes[start + 1] == 'i'
                && bytes[start + 2] == 'p'
                && bytes[start + 3] == ':';
    }

    private static Text scheme(byte[] bytes, int start, int end) {
        if (isSip(bytes, start, end + 1)) {
            return SIP;
        }
        Text scheme = Octets.lowerText(bytes, start, end);
        return scheme.is("sip") ? SIP : scheme;
    }

    private static Text user(byte[] bytes, int start, int at) {
        int plain = Scan.indexOfEither(bytes, start, at, (byte) ':', (byte) '%');
        if (plain == at) {
            return Octets.text(bytes, start, Octets.trimEnd(bytes, start, at));
        }
        int password = Octets.indexOf(bytes, plain, at, ':');
        return Octets.unescaped(bytes, start, Octets.trimEnd(bytes, start, password));
    }
}
