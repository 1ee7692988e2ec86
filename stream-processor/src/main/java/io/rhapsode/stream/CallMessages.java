/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CaptureTime;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.Address;
import io.rhapsode.wire.sip.SipUri;

/** Of each message what calls are followed by ({@link CallAggregator}): a small part of what the topic has of it. */
public final class CallMessages {

    private static final Text REASON = Text.of("Reason");

    private CallMessages() {}

    /** @param receivedMicros microseconds since 1970-01-01 UTC */
    public static SipMessage of(RawPacket packet, io.rhapsode.wire.sip.SipMessage sip, long receivedMicros) {
        var message = SipMessage.newBuilder()
                .setPacket(packet)
                .setAtUs(CaptureTime.of(packet.getCapturedAtUs(), receivedMicros))
                .setMethod(sip.method().toString())
                .setStatusCode(sip.statusCode())
                .setReasonPhrase(sip.reasonPhrase().toString())
                .setCallId(sip.callId().toString())
                .setCseqNumber((int) Math.max(0, sip.cseqNumber()))
                .setCseqMethod(sip.cseqMethod().toString())
                .setFrom(party(sip.from()))
                .setTo(party(sip.to()))
                .setUserAgent(SipMessages.product(sip).toString());
        if (sip.isRequest()) {
            message.setRequestUri(uri(sip.requestUri()));
        }
        if (!sip.vias().isEmpty()) {
            message.addVia(Via.newBuilder().setBranch(sip.vias().get(0).branch().toString()));
        }
        for (Address identity : SipMessages.first(sip.assertedIdentities())) {
            message.addAssertedIdentity(party(identity));
        }
        for (Text reason : SipMessages.first(sip.headers(REASON))) {
            message.addReason(reason.toString());
        }
        return message.build();
    }

    private static Party party(Address address) {
        return Party.newBuilder()
                .setUri(uri(address.uri()))
                .setTag(address.tag().toString())
                .build();
    }

    private static Uri uri(SipUri uri) {
        return Uri.newBuilder()
                .setUser(uri.user().toString())
                .setHost(uri.host().toString())
                .build();
    }
}
