/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.Set;

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
public record Via(String original, String transport, String host, int port, String branch, String received, int rport) {
    private static final byte[] BRANCH = {'b', 'r', 'a', 'n', 'c', 'h'};
    private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd'};
    private static final byte[] RPORT = {'r', 'p', 'o', 'r', 't'};
    private static final int MAX_PORT = 65_535;

    static Via parse(byte[] bytes, int start, int end, Set<Defect> defects) {
        int at = Octets.skipSpace(bytes, start, end);
        int stop = Octets.trimEnd(bytes, at, end);
        String original = Octets.text(bytes, at, stop);
        int version = Octets.indexOf(bytes, at, stop, '/') + 1;
        int slash = Octets.indexOf(bytes, Math.min(version, stop), stop, '/');
        if (slash == stop) {
            defects.add(Defect.BAD_VIA);
            return new Via(original, "", "", 0, "", "", 0);
        }
        int transport = Octets.skipSpace(bytes, slash + 1, stop);
        int transportEnd = Octets.tokenEnd(bytes, transport, stop);
        int sentBy = Octets.skipSpace(bytes, transportEnd, stop);
        HostPort hostPort = HostPort.read(bytes, sentBy, stop);
        if (hostPort.broken() || transport == transportEnd || transportEnd == sentBy) {
            defects.add(Defect.BAD_VIA);
        }
        String transportText = transport(bytes, transport, transportEnd);
        return withParameters(original, transportText, hostPort, new Parameters(bytes, hostPort.end(), stop), defects);
    }

    private static Via withParameters(
            String original, String transport, HostPort sentBy, Parameters parameters, Set<Defect> defects) {
        String branch = "";
        String received = "";
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
        if (parameters.broken()) {
            defects.add(Defect.BAD_VIA);
        }
        return new Via(original, transport, sentBy.host(), sentBy.port(), branch, received, (int) rport);
    }

    private static String withoutBrackets(String address) {
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        return bracketed ? address.substring(1, address.length() - 1) : address;
    }

    private static String transport(byte[] bytes, int start, int end) {
        if (end - start == 3 && bytes[start] == 'U' && bytes[start + 1] == 'D' && bytes[start + 2] == 'P') {
            return "UDP";
        }
        return Octets.text(bytes, start, end);
    }
}
