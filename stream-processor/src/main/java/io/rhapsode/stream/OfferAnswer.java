/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Sdp;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.SipMessage;

/**
 * Tells offers from answers (RFC 3264) by where they stand (RFC 6337 section 2.1, table 1). Mostly a message tells it
 * alone; a response to INVITE answers, or offers where the INVITE had no offer, so that the INVITEs seen lately are
 * remembered. An INVITE that was forgotten, at a restart too, makes its answer {@link Sdp.Role#UNKNOWN}, no more.
 */
final class OfferAnswer {

    /** INVITEs of some seconds even at thousands a second; a power of two. */
    private static final int REMEMBERED = 1 << 15;

    // Each has its place by Call-ID and CSeq, and gives way to the next that falls on it. The last bit: it has an
    // offer.
    private final long[] invites = new long[REMEMBERED];

    /** Is to be told of every message, before its role is asked for. */
    void see(SipMessage message, boolean described) {
        if (message.isRequest() && message.method().is("INVITE")) {
            long invite = key(message.callId(), message.cseqNumber());
            invites[place(invite)] = invite & ~1L | (described ? 1 : 0);
        }
    }

    /** What the session description of a message is. */
    Sdp.Role role(SipMessage message) {
        Text method = message.cseqMethod();
        int hundred = message.statusCode() / 100;
        if (method.is("INVITE")) {
            return message.isRequest() ? Sdp.Role.OFFER : hundred <= 2 ? otherThanInvite(message) : Sdp.Role.UNKNOWN;
        }
        if (method.is("UPDATE") || method.is("PRACK")) {
            if (message.isRequest()) {
                return method.is("UPDATE") ? Sdp.Role.OFFER : prack(message);
            }
            return hundred == 2 ? Sdp.Role.ANSWER : Sdp.Role.UNKNOWN;
        }
        return message.isRequest() && method.is("ACK") ? Sdp.Role.ANSWER : Sdp.Role.UNKNOWN;
    }

    private Sdp.Role otherThanInvite(SipMessage response) {
        return switch (invite(response.callId(), response.cseqNumber())) {
            case 0 -> Sdp.Role.OFFER;
            case 1 -> Sdp.Role.ANSWER;
            default -> Sdp.Role.UNKNOWN;
        };
    }

    /** A PRACK answers where the response it is for had to offer (RFC 3262 section 5). */
    private Sdp.Role prack(SipMessage prack) {
        return switch (invite(prack.callId(), prack.extensions().rack().cseqNumber())) {
            case 0 -> Sdp.Role.ANSWER;
            case 1 -> Sdp.Role.OFFER;
            default -> Sdp.Role.UNKNOWN;
        };
    }

    /** 1 for an INVITE with an offer, 0 for one without, -1 for one that is not remembered. */
    private int invite(Text callId, long cseq) {
        long wanted = key(callId, cseq);
        long there = invites[place(wanted)];
        return there >>> 1 == wanted >>> 1 ? (int) (there & 1) : -1;
    }

    private static int place(long key) {
        return (int) (key >>> 40) & REMEMBERED - 1;
    }

    /** 63 bits of both: that two calls of one place and time have the same is less likely than a wrong bit in memory. */
    private static long key(Text callId, long cseq) {
        long hash = cseq + 0x9E37_79B9_7F4A_7C15L;
        for (int at = callId.start(); at < callId.end(); at++) {
            hash = (hash ^ callId.array()[at]) * 0x0000_0100_0000_01B3L;
        }
        hash = (hash ^ hash >>> 32) * 0xBF58_476D_1CE4_E5B9L;
        return hash ^ hash >>> 29;
    }
}
