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
        int at = Octets.skipSpace(bytes, start, end);
        int stop = Octets.trimEnd(bytes, at, end);
        Text original = Octets.text(bytes, at, stop);
        int version = Octets.indexOf(bytes, at, stop, '/') + 1;
        int slash = Octets.indexOf(bytes, Math.min(version, stop), stop, '/');
        if (slash == stop) {
            findings.note(ifBroken, at);
            return new Via(original, Text.EMPTY, Text.EMPTY, 0, Text.EMPTY, Text.EMPTY, 0);
        }
        int transport = Octets.skipSpace(bytes, slash + 1, stop);
        int transportEnd = Octets.tokenEnd(bytes, transport, stop);
        int sentBy = Octets.skipSpace(bytes, transportEnd, stop);
        HostPort hostPort = HostPort.read(bytes, sentBy, stop);
        if (hostPort.broken() || transport == transportEnd || transportEnd == sentBy) {
            findings.note(ifBroken, at);
        }
        Text transportText = transport(bytes, transport, transportEnd);
        var parameters = new Parameters(bytes, hostPort.end(), stop);
        Via via = withParameters(original, transportText, hostPort, parameters);
        if (parameters.broken()) {
            findings.note(ifBroken, at);
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
