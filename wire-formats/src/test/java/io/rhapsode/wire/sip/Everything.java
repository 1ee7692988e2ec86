/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.sdp.Sdp;
import java.util.List;

/** Reads all there is of a message, so that nothing in it stays unread; what it gives is for whoever wants to look. */
final class Everything {
    private Everything() {}

    static SipMessage read(byte[] bytes) {
        SipMessage message = SipMessage.of(bytes, 0, bytes.length);
        long place = CallIdScanner.scan(bytes, 0, bytes.length);
        if (!PropertyTest.text(bytes, place).equals(message.callId().toString())) {
            throw new AssertionError("scan and parser differ on the Call-ID");
        }
        fields(message);
        message.extensions().identities();
        for (BodyPart part : message.parts()) {
            within(bytes, part.offset(), part.length());
            Sdp.of(bytes, part.offset(), part.length());
        }
        for (Finding finding : message.defects()) {
            within(bytes, finding.offset(), 0);
        }
        frames(bytes);
        return message;
    }

    private static void within(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset + length > bytes.length) {
            throw new AssertionError(offset + " and " + length + " octets are not in " + bytes.length);
        }
    }

    static List<Object> fields(SipMessage message) {
        Extensions more = message.extensions();
        return List.of(
                message.method(),
                message.requestUri(),
                message.statusCode(),
                message.reasonPhrase(),
                message.callId(),
                message.cseqNumber(),
                message.cseqMethod(),
                message.from(),
                message.to(),
                message.contacts(),
                message.vias(),
                message.assertedIdentities(),
                message.userAgent(),
                message.server(),
                message.contentType(),
                message.maxForwards(),
                message.expires(),
                more.preferredIdentities(),
                more.remoteParties(),
                more.diversions(),
                more.history(),
                more.routes(),
                more.recordRoutes(),
                more.geolocations(),
                more.reasons(),
                more.authorization(),
                more.proxyAuthorization(),
                more.sessionId(),
                more.chargingVector(),
                more.warnings(),
                more.retryAfter(),
                more.rack(),
                more.rseq(),
                more.sessionExpires(),
                more.minSe(),
                more.event(),
                more.subscriptionState(),
                more.referTo(),
                more.referredBy(),
                more.replaces(),
                more.join(),
                more.accessNetworks(),
                more.visitedNetworks());
    }

    /** Walks over the octets as over a stream. */
    private static void frames(byte[] bytes) {
        int at = 0;
        int length = 1;
        while (at < bytes.length && length > 0) {
            length = MessageFramer.length(bytes, at, bytes.length - at);
            within(bytes, at, Math.max(length, 0));
            at += Math.max(length, 0);
        }
    }
}
