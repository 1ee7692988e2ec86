/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * One Via value (RFC 3261 section 20.42). Every text is empty where the value does not have it.
 *
 * @param original as it stands, folds as one space
 * @param transport "UDP", "TCP", "TLS", "WS", ... as sent
 * @param host sent-by host without brackets, lower case
 * @param port sent-by port, 0 where none is given
 * @param branch branch parameter (RFC 3261 section 8.1.1.7)
 * @param received received parameter without brackets (RFC 3261 section 18.2.1, RFC 5118 section 4.5)
 * @param rport rport parameter (RFC 3581), 0 where absent or without value
 */
public record Via(Text original, Text transport, Text host, int port, Text branch, Text received, int rport) {
    private static final byte[] BRANCH = {'b', 'r', 'a', 'n', 'c', 'h'};
    private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd'};
    private static final byte[] RPORT = {'r', 'p', 'o', 'r', 't'};
    private static final Text UDP = Text.of("UDP");
    private static final int MAX_PORT = 65_535;

    static Via parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        Text original = Octets.text(bytes, start, end);
        int version = Octets.indexOf(bytes, start, end, '/') + 1;
        int slash = Octets.indexOf(bytes, Math.min(version, end), end, '/');
        if (slash == end) {
            findings.note(ifBroken, start);
            return new Via(original, Text.EMPTY, Text.EMPTY, 0, Text.EMPTY, Text.EMPTY, 0);
        }
        int transport = Octets.skipSpace(bytes, slash + 1, end);
        int transportEnd = Octets.tokenEnd(bytes, transport, end);
        int sentBy = Octets.skipSpace(bytes, transportEnd, end);
        HostPort hostPort = HostPort.read(bytes, sentBy, end);
        if (hostPort.broken() || transport == transportEnd || transportEnd == sentBy) {
            findings.note(ifBroken, start);
        }
        Text transportText = transport(bytes, transport, transportEnd);
        var parameters = new Parameters(bytes, hostPort.end(), end);
        Via via = withParameters(original, transportText, hostPort, parameters);
        if (parameters.broken()) {
            findings.note(ifBroken, start);
        }
        return via;
    }

    private static Via withParameters(Text original, Text transport, HostPort sentBy, Parameters parameters) {
        Text branch = Text.EMPTY;
        Text received = Text.EMPTY;
        long rport = 0;
        while (parameters.next()) {
            if (parameters.is(BRANCH)) {
                branch = parameters.value();
            } else if (parameters.is(RECEIVED)) {
                received = withoutBrackets(parameters.value());
            } else if (parameters.is(RPORT)) {
                rport = Math.max(parameters.number(MAX_PORT), 0);
            }
        }
        return new Via(original, transport, sentBy.host(), sentBy.port(), branch, received, (int) rport);
    }

    private static Text withoutBrackets(Text address) {
        byte[] bytes = address.array();
        boolean bracketed = address.length() > 1 && bytes[address.start()] == '[' && bytes[address.end() - 1] == ']';
        return bracketed ? Octets.text(bytes, address.start() + 1, address.end() - 1) : address;
    }

    private static Text transport(byte[] bytes, int start, int end) {
        if (end - start == 3 && bytes[start] == 'U' && bytes[start + 1] == 'D' && bytes[start + 2] == 'P') {
            return UDP;
        }
        return Octets.text(bytes, start, end);
    }
}
