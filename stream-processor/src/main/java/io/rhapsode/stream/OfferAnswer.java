/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Sdp;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.SipMessage;

/** Tells offers from answers (RFC 3264) by where they stand (RFC 6337 section 2.1, table 1). */
final class OfferAnswer {

    private OfferAnswer() {}

    /**
     * What a message's session description is, as far as the message tells it alone: a response to INVITE answers, or
     * offers where the INVITE had none, and a PRACK offers, or answers where the response had the offer.
     */
    static Sdp.Role role(SipMessage message) {
        Text method = message.cseqMethod();
        if (message.isRequest()) {
            if (method.is("ACK")) {
                return Sdp.Role.ANSWER;
            }
            return method.is("INVITE") || method.is("UPDATE") ? Sdp.Role.OFFER : Sdp.Role.UNKNOWN;
        }
        boolean answers = message.statusCode() / 100 == 2 && (method.is("UPDATE") || method.is("PRACK"));
        return answers ? Sdp.Role.ANSWER : Sdp.Role.UNKNOWN;
    }
}
