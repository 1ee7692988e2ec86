/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * The first line of a message (RFC 3261 sections 7.1 and 7.2): a request line or a status line, or neither, which is a
 * {@link Defect#BAD_START_LINE}.
 */
final class StartLine {
    private static final byte[] SIP = {'s', 'i', 'p'};
    private static final byte[] SIP_2_0 = {'s', 'i', 'p', '/', '2', '.', '0'};

    private final byte[] bytes;
    private final Findings findings;

    boolean request;
    Text method = Text.EMPTY;
    SipUri uri = SipUri.NONE;
    int statusCode;
    Text reasonPhrase = Text.EMPTY;

    /** Reads the line from start to before stop, where its line end is. */
    StartLine(byte[] bytes, int start, int stop, Findings findings) {
        this.bytes = bytes;
        this.findings = findings;
        int last = Octets.trimEnd(bytes, start, stop);
        if (isVersion(bytes, start, last)) {
            readStatusLine(start, last);
        } else {
            readRequestLine(start, last, stop);
        }
    }

    /** See {@link SipMessage#looksLikeSip}. */
    static boolean begins(byte[] bytes, int offset, int length) {
        int end = Lines.headerLimit(offset, length);
        int start = Lines.first(bytes, offset, end);
        if (isVersion(bytes, start, end)) {
            return true;
        }
        int methodEnd = Octets.tokenEnd(bytes, start, end);
        if (methodEnd == start || methodEnd == end || !Lines.isBlank(bytes[methodEnd])) {
            return false;
        }
        int lineEnd = Lines.firstEnd(bytes, methodEnd, end);
        int last = Octets.trimEnd(bytes, methodEnd, lineEnd);
        int version = lastWord(bytes, methodEnd, last);
        return version > methodEnd && isVersion(bytes, version, last);
    }

    private void readRequestLine(int start, int last, int stop) {
        int methodEnd = Octets.tokenEnd(bytes, start, last);
        int version = lastWord(bytes, methodEnd, last);
        if (methodEnd == start || version <= methodEnd || !isVersion(bytes, version, last)) {
            findings.note(Defect.BAD_START_LINE, start);
            return;
        }
        request = true;
        method = Octets.text(bytes, start, methodEnd);
        noteVersion(version, last);
        int from = Octets.skipSpace(bytes, methodEnd, version);
        int to = Octets.trimEnd(bytes, from, version);
        if (from != methodEnd + 1 || to != version - 1 || last != stop) {
            findings.note(Defect.BAD_START_LINE, start);
        }
        readUri(from, to);
    }

    private void readUri(int start, int stop) {
        boolean bracketed = start < stop && bytes[start] == '<' && bytes[stop - 1] == '>';
        int from = bracketed ? start + 1 : start;
        int to = bracketed ? stop - 1 : stop;
        int at = Octets.indexOf(bytes, from, to, '@');
        // Headers have no place in a Request-URI (RFC 3261 section 19.1.1); before the @ a question mark is the user's.
        if (bracketed || Octets.indexOf(bytes, at == to ? from : at, to, '?') < to) {
            findings.note(Defect.BAD_REQUEST_URI, start);
        }
        uri = SipUri.parse(bytes, from, to, findings, Defect.BAD_REQUEST_URI);
    }

    private void readStatusLine(int start, int stop) {
        int versionEnd = wordEnd(start, stop);
        noteVersion(start, versionEnd);
        int code = Octets.skipSpace(bytes, versionEnd, stop);
        int codeEnd = wordEnd(code, stop);
        long number = Octets.number(bytes, code, codeEnd, 699);
        if (number < 100) {
            findings.note(Defect.BAD_STATUS_CODE, code);
        } else {
            statusCode = (int) number;
        }
        reasonPhrase = Octets.text(bytes, Octets.skipSpace(bytes, codeEnd, stop), stop);
    }

    private void noteVersion(int start, int stop) {
        if (!Octets.sameIgnoringCase(bytes, start, stop, SIP_2_0)) {
            findings.note(Defect.UNKNOWN_VERSION, start);
        }
    }

    private int wordEnd(int start, int stop) {
        int at = start;
        while (at < stop && !Lines.isBlank(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isVersion(byte[] bytes, int start, int stop) {
        return stop - start > 4
                && Octets.sameIgnoringCase(bytes, start, start + 3, SIP)
                && bytes[start + 3] == '/'
                && Octets.isDigit(bytes[start + 4]);
    }

    /** The start of the last word before stop. */
    private static int lastWord(byte[] bytes, int start, int stop) {
        int at = stop;
        while (at > start && !Lines.isBlank(bytes[at - 1])) {
            at--;
        }
        return at;
    }
}
