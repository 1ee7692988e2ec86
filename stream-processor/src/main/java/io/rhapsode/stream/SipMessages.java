/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CaptureTime;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import io.rhapsode.wire.sdp.Sdp;
import io.rhapsode.wire.sip.Address;
import io.rhapsode.wire.sip.Defect;
import io.rhapsode.wire.sip.SipUri;
import java.util.List;
import java.util.Locale;

/** A packet's SIP as the contract has it. */
final class SipMessages {

    /** Values taken of each header that may stand many times; all of them are in the packet. */
    private static final int MOST_VALUES = 64;

    private SipMessages() {}

    /**
     * Parses; whatever is wrong is told by the message's defects.
     *
     * @param payload the packet's, as an array
     * @param receivedMicros microseconds since 1970-01-01 UTC
     * @return all but the place in the raw topic
     */
    static SipMessage.Builder of(RawPacket packet, byte[] payload, long receivedMicros) {
        var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
        long captured = packet.getCapturedAtUs();
        var message = SipMessage.newBuilder()
                .setPacket(packet)
                .setAtUs(CaptureTime.of(captured, receivedMicros))
                .setCaptureTimeAbsurd(CaptureTime.isAbsurd(captured, receivedMicros))
                .setMethod(sip.method())
                .setStatusCode(sip.statusCode())
                .setReasonPhrase(sip.reasonPhrase())
                .setCallId(sip.callId())
                .setCseqNumber((int) Math.max(0, sip.cseqNumber()))
                .setCseqMethod(sip.cseqMethod())
                .setFrom(party(sip.from()))
                .setTo(party(sip.to()))
                .setUserAgent(sip.userAgent())
                .setContentType(sip.contentType())
                .setAuthUser(sip.authUser())
                .addAllReason(first(sip.headers("Reason")))
                .addAllDiversion(first(sip.headers("Diversion")));
        if (sip.isRequest()) {
            message.setRequestUri(uri(sip.requestUri()));
        }
        addLists(message, sip);
        addNumbers(message, sip);
        addMedia(message, sip, payload);
        return message;
    }

    private static void addLists(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        for (Address contact : first(sip.contacts())) {
            message.addContact(party(contact));
        }
        for (var via : first(sip.vias())) {
            message.addVia(via(via));
        }
        for (Address identity : first(sip.assertedIdentities())) {
            message.addAssertedIdentity(party(identity));
        }
        for (Defect defect : sip.defects()) {
            message.addDefects(defect.text());
        }
    }

    private static void addNumbers(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        if (sip.contentLength() >= 0) {
            message.setContentLength(sip.contentLength());
        }
        if (sip.maxForwards() >= 0) {
            message.setMaxForwards(sip.maxForwards());
        }
        if (sip.expires() >= 0) {
            message.setExpires((int) sip.expires());
        }
    }

    /** Also from a multipart body, whose other lines say nothing to the SDP reader (RFC 5621 section 3.1). */
    private static void addMedia(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip, byte[] payload) {
        String type = message.getContentType().toLowerCase(Locale.ROOT);
        if (sip.bodyLength() == 0 || !type.startsWith("application/sdp") && !type.startsWith("multipart/")) {
            return;
        }
        for (var media : Sdp.of(payload, sip.bodyOffset(), sip.bodyLength()).media()) {
            boolean heard = media.type().equals("audio") || media.type().equals("video");
            if (heard && !media.address().isEmpty()) {
                boolean ipv6 = media.address().indexOf(':') >= 0;
                message.addMedia((ipv6 ? '[' + media.address() + ']' : media.address()) + ':' + media.port());
            }
        }
    }

    private static <T> List<T> first(List<T> values) {
        return values.size() > MOST_VALUES ? values.subList(0, MOST_VALUES) : values;
    }

    private static Party party(Address address) {
        return Party.newBuilder()
                .setOriginal(address.original())
                .setDisplayName(address.displayName())
                .setUri(uri(address.uri()))
                .setTag(address.tag())
                .build();
    }

    private static Uri uri(SipUri uri) {
        return Uri.newBuilder()
                .setOriginal(uri.original())
                .setScheme(uri.scheme())
                .setUser(uri.user())
                .setHost(uri.host())
                .setPort(uri.port())
                .build();
    }

    private static Via via(io.rhapsode.wire.sip.Via via) {
        return Via.newBuilder()
                .setOriginal(via.original())
                .setTransport(via.transport())
                .setHost(via.host())
                .setPort(via.port())
                .setBranch(via.branch())
                .setReceived(via.received())
                .setRport(via.rport())
                .build();
    }
}
