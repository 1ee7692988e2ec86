/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Scan;

/**
 * How a SIP message falls into lines; the scanner and the parser must never differ on it. RFC 3261 section 7 asks for
 * CRLF. LF alone is accepted too, and CR alone where the start line ends so: in a message with LF, a lone CR is part of
 * its line.
 */
final class Lines {
    /** Header lines that are looked at; the widest real messages have under a hundred. */
    static final int MAX_HEADERS = 1_000;

    /** Octets in which headers are looked for, start line included: twice the largest datagram. */
    static final int MAX_HEADER_BYTES = 131_072;

    private Lines() {}

    /** The end of the octets in which headers are looked for. */
    static int headerLimit(int offset, int length) {
        return offset + Math.min(length, MAX_HEADER_BYTES);
    }

    /** The start line's place: empty lines before it are keep-alives (RFC 3261 section 7.5). */
    static int first(byte[] bytes, int offset, int end) {
        int at = offset;
        while (at < end && isBreak(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Where a message's first line ends: at its LF, or at its CR if what follows that is neither LF nor CR; else at end. */
    static int firstEnd(byte[] bytes, int start, int end) {
        int lineBreak = Scan.indexOfEither(bytes, start, end, (byte) '\r', (byte) '\n');
        int at = lineBreak;
        while (at < end && bytes[at] == '\r') {
            at++;
        }
        return at >= end || bytes[at] == '\n' ? at : lineBreak;
    }

    /** The octet that ends a message's lines, by what {@link #firstEnd} found: LF, or CR where the first ends so. */
    static byte terminator(byte[] bytes, int firstEnd, int end) {
        return firstEnd < end ? bytes[firstEnd] : (byte) '\n';
    }

    /** The index of the next terminator at or after start, or end. */
    static int end(byte[] bytes, int start, int end, byte terminator) {
        return Scan.indexOf(bytes, start, end, terminator);
    }

    /** The end of what the line says: its terminator at lineEnd, less the CRs before it. */
    static int contentEnd(byte[] bytes, int start, int lineEnd) {
        int at = lineEnd;
        while (at > start && bytes[at - 1] == '\r') {
            at--;
        }
        return at;
    }

    /** The start of the line after the one that ends at lineEnd. */
    static int next(byte[] bytes, int lineEnd, int end, byte terminator) {
        int at = Math.min(lineEnd + 1, end);
        return terminator == '\r' && at < end && bytes[at] == '\n' ? at + 1 : at;
    }

    static boolean isBreak(byte octet) {
        return octet == '\r' || octet == '\n';
    }

    static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }
}
