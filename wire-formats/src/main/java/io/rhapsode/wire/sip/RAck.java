/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * What a PRACK acknowledges (RFC 3262 section 7.2).
 *
 * @param responseNumber RSeq of the response, -1 if broken
 * @param cseqNumber CSeq number of the response, -1 if broken
 * @param method CSeq method of the response
 */
public record RAck(long responseNumber, long cseqNumber, Text method) {
    /** That of a message that has none. */
    public static final RAck NONE = new RAck(-1, -1, Text.EMPTY);

    static RAck parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        int first = Octets.tokenEnd(bytes, start, end);
        int second = Octets.skipSpace(bytes, first, end);
        int secondEnd = Octets.tokenEnd(bytes, second, end);
        int method = Octets.skipSpace(bytes, secondEnd, end);
        long response = Octets.number(bytes, start, first, SipMessage.MAX_UINT32);
        long cseq = Octets.number(bytes, second, secondEnd, SipMessage.MAX_UINT32);
        if (response < 0 || cseq < 0 || method == end || Octets.tokenEnd(bytes, method, end) < end) {
            findings.note(ifBroken, start);
        }
        return new RAck(response, cseq, Octets.text(bytes, method, end));
    }
}
