/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/** A host and port as they stand in URIs and Via (RFC 3261 section 25.1 hostport, sent-by), and where they end. */
record HostPort(Text host, int port, int end, boolean broken) {
    private static final int MAX_PORT = 65_535;

    /** Reads from start; the host without brackets and in lower case, the port 0 where none or a broken one is given. */
    static HostPort read(byte[] bytes, int start, int end) {
        boolean bracketed = start < end && bytes[start] == '[';
        int from = bracketed ? start + 1 : start;
        int run = hostRun(bytes, from, end, bracketed);
        int to = bracketed ? Octets.indexOf(bytes, run, end, ']') : hostEnd(bytes, run, end);
        boolean broken = from == to || bracketed && to == end || run < to;
        int at = Octets.skipSpace(bytes, bracketed && to < end ? to + 1 : to, end);
        Text host = Octets.lowerText(bytes, from, to);
        if (at == end || bytes[at] != ':') {
            return new HostPort(host, 0, at, broken);
        }
        int stop = portEnd(bytes, at + 1, end);
        int port = (int) Octets.number(bytes, at + 1, stop, MAX_PORT);
        if (port < 0 && !bracketed && Octets.indexOf(bytes, at + 1, stop, ':') < stop) {
            // An IPv6 address without its brackets (RFC 5118 section 4.2): nobody can say which part is a port.
            return new HostPort(Octets.lowerText(bytes, from, Octets.trimEnd(bytes, from, stop)), 0, stop, true);
        }
        return new HostPort(host, Math.max(port, 0), stop, broken || port < 0);
    }

    /** The end of the octets from start that belong in a host, between brackets with colons. */
    private static int hostRun(byte[] bytes, int start, int end, boolean bracketed) {
        int at = start;
        while (at < end && (Octets.isHost(bytes[at]) || bracketed && bytes[at] == ':')) {
            at++;
        }
        return at;
    }

    private static int hostEnd(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && !endsHost(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean endsHost(byte octet) {
        return octet == ':' || octet == ';' || octet == '?' || Octets.isSpace(octet);
    }

    private static int portEnd(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != ';' && bytes[at] != '?') {
            at++;
        }
        return at;
    }
}
