/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

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

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

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

    /** The octet that ends this message's lines: LF, or CR where the start line ends in CR without LF. */
    static byte terminator(byte[] bytes, int start, int end) {
        int lf = end(bytes, start, end, (byte) '\n');
        int cr = end(bytes, start, lf, (byte) '\r');
        int at = cr;
        while (at < end && bytes[at] == '\r') {
            at++;
        }
        return cr == lf || at >= end || bytes[at] == '\n' ? (byte) '\n' : (byte) '\r';
    }

    /** The index of the next terminator at or after start, or end. Eight octets a step: lines are most of the work. */
    static int end(byte[] bytes, int start, int end, byte terminator) {
        int at = start;
        long wanted = ONES * terminator;
        for (int last = end - Long.BYTES; at <= last; at += Long.BYTES) {
            long differs = (long) EIGHT.get(bytes, at) ^ wanted;
            long equal = (differs - ONES) & ~differs & HIGHS;
            if (equal != 0) {
                return at + (Long.numberOfTrailingZeros(equal) >>> 3);
            }
        }
        while (at < end && bytes[at] != terminator) {
            at++;
        }
        return at;
    }

    /** False if no octet of the range is white space or below it; true if one may be. */
    static boolean hasControl(byte[] bytes, int start, int end) {
        int at = start;
        for (int last = end - Long.BYTES; at <= last; at += Long.BYTES) {
            long octets = (long) EIGHT.get(bytes, at);
            if ((octets - ONES * (' ' + 1) & ~octets & HIGHS) != 0) {
                return true;
            }
        }
        while (at < end && (bytes[at] > ' ' || bytes[at] < 0)) {
            at++;
        }
        return at < end;
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
