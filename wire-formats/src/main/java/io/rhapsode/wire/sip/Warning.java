/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * A Warning value (RFC 3261 section 20.43): "307 isi.edu \"Session parameter 'foo' not understood\"".
 *
 * @param code 100 to 999, -1 if broken
 * @param agent host or pseudonym of who warns
 * @param text for people, without quotes
 */
public record Warning(int code, Text agent, Text text) {
    private static final int MAX_CODE = 999;

    static Warning parse(byte[] bytes, int start, int end, Findings findings, Defect ifBroken) {
        int codeEnd = Octets.tokenEnd(bytes, start, end);
        int code = (int) Octets.number(bytes, start, codeEnd, MAX_CODE);
        int agent = Octets.skipSpace(bytes, codeEnd, end);
        int agentEnd = agent;
        while (agentEnd < end && !Octets.isSpace(bytes[agentEnd])) {
            agentEnd++;
        }
        int from = Octets.skipSpace(bytes, agentEnd, end);
        boolean quoted = end - from > 1 && bytes[from] == '"' && bytes[end - 1] == '"';
        if (code < 100 || !quoted) {
            findings.note(ifBroken, start);
        }
        Text text = quoted ? Octets.unquoted(bytes, from + 1, end - 1) : Octets.text(bytes, from, end);
        return new Warning(code < 100 ? -1 : code, Octets.text(bytes, agent, agentEnd), text);
    }
}
