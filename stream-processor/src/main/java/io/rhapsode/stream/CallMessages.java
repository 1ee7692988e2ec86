/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CaptureTime;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Sdp;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sdp.Codec;
import io.rhapsode.wire.sdp.Media;
import io.rhapsode.wire.sip.Address;
import io.rhapsode.wire.sip.BodyPart;
import io.rhapsode.wire.sip.Extensions;
import io.rhapsode.wire.sip.FieldValue;
import io.rhapsode.wire.sip.SipUri;
import java.util.List;

/** Of each message what calls are followed by ({@link CallAggregator}): a small part of what the topic has of it. */
public final class CallMessages {

    private static final Text REASON = Text.of("Reason");

    /** Causes of Q.850 and status codes of SIP have three digits at most. */
    private static final long MAX_CAUSE = 999;

    private CallMessages() {}

    /** The same, where no header joins calls. */
    public static SipMessage of(
            RawPacket packet, io.rhapsode.wire.sip.SipMessage sip, byte[] payload, long receivedMicros) {
        return of(packet, sip, payload, receivedMicros, List.of());
    }

    /**
     * @param payload the packet's, in which the parser has its places
     * @param receivedMicros microseconds since 1970-01-01 UTC
     * @param legHeaders names of the headers that join calls
     */
    static SipMessage of(
            RawPacket packet,
            io.rhapsode.wire.sip.SipMessage sip,
            byte[] payload,
            long receivedMicros,
            List<Text> legHeaders) {
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
            if (sip.maxForwards() >= 0) {
                message.setMaxForwards(sip.maxForwards());
            }
        }
        addVias(message, sip);
        for (Address identity : SipMessages.first(sip.assertedIdentities())) {
            message.addAssertedIdentity(party(identity));
        }
        for (Text reason : SipMessages.first(sip.headers(REASON))) {
            message.addReason(reason.toString());
        }
        Text method = sip.cseqMethod();
        if (sip.extensions().any()) {
            addExtensions(message, sip.extensions());
        }
        if (method.is("REGISTER") && sip.statusCode() / 100 == 2) {
            addBindings(message, sip);
        }
        boolean invite = method.is("INVITE") && sip.statusCode() < 300;
        // ACK and PRACK answer where a reply had to offer (RFC 3261 section 13.2.1, RFC 3262 section 5).
        boolean describes = method.is("UPDATE") || method.is("ACK") || method.is("PRACK");
        if (invite || describes && sip.isRequest()) {
            addSession(message, sip, payload);
        }
        if (invite) {
            addJoinKeys(message, sip, legHeaders);
        }
        return message.build();
    }

    /** The first; of the others only how many there are, and of a request the branch of the last. */
    private static void addVias(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        var vias = SipMessages.first(sip.vias());
        int last = vias.size() - 1;
        for (int i = 0; i <= last; i++) {
            boolean named = i == 0 || i == last && sip.isRequest();
            message.addVia(named ? via(vias.get(i)) : Via.getDefaultInstance());
        }
    }

    private static Via via(io.rhapsode.wire.sip.Via via) {
        return Via.newBuilder().setBranch(via.branch().toString()).build();
    }

    private static void addExtensions(SipMessage.Builder message, Extensions fields) {
        for (FieldValue reason : SipMessages.first(fields.reasons())) {
            message.addReasons(SipMessage.Reason.newBuilder()
                    .setProtocol(reason.value().toString())
                    .setCause((int) Math.max(0, reason.number("cause", MAX_CAUSE))));
        }
        if (fields.rseq() >= 0) {
            message.setRseq((int) fields.rseq());
        }
        Address referTo = fields.referTo();
        if (referTo != Address.NONE) {
            message.setReferTo(party(referTo));
        }
        Address referredBy = fields.referredBy();
        if (referredBy != Address.NONE) {
            message.setReferredBy(party(referredBy));
        }
        // A REFER has none of its own: what stands in Refer-To is meant for the INVITE that comes of it.
        FieldValue replaces = fields.replaces();
        String callId = replaces == FieldValue.NONE
                ? replacedBy(referTo.uri())
                : replaces.value().toString();
        if (!callId.isEmpty()) {
            message.setReplaces(SipMessage.Dialog.newBuilder().setCallId(callId));
        }
    }

    /** The Call-ID of a Replaces in the headers of a URI (RFC 3261 section 19.1.1); empty if there is none. */
    private static String replacedBy(SipUri uri) {
        String replaces = uri.unescapedHeader("replaces").toString();
        int semicolon = replaces.indexOf(';');
        return (semicolon < 0 ? replaces : replaces.substring(0, semicolon)).strip();
    }

    /** What a back-to-back user agent hands on from one leg to the other. */
    private static void addJoinKeys(
            SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip, List<Text> legHeaders) {
        for (Text name : legHeaders) {
            for (Text value : SipMessages.first(sip.headers(name))) {
                message.addHeader(SipMessage.Header.newBuilder().setValue(value.toString()));
            }
        }
        if (sip.extensions().any()) {
            FieldValue id = sip.extensions().sessionId();
            message.setSessionId(id.value().toString())
                    .setSessionIdRemote(id.parameter("remote").toString());
            Text icid = sip.extensions().chargingVector().parameter("icid-value");
            message.setChargingVector(SipMessage.ChargingVector.newBuilder().setIcid(icid.toString()));
        }
    }

    /** How many bindings there are, and the longest of them: by its own expires, else by Expires (RFC 3261 section 10.3). */
    private static void addBindings(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        long longest = -1;
        for (Address contact : SipMessages.first(sip.contacts())) {
            message.addContact(Party.getDefaultInstance());
            longest = Math.max(longest, seconds(contact.parameter("expires")));
        }
        long expires = longest < 0 ? sip.expires() : longest;
        if (expires >= 0) {
            message.setExpires((int) expires);
        }
    }

    /** -1 for what is no number. */
    private static long seconds(Text digits) {
        boolean number = !digits.isEmpty() && digits.length() < 10 && digits.isDigits();
        return number ? Long.parseLong(digits.toString()) : -1;
    }

    /** Of the first session description what tells of hold, codecs and where media goes. */
    private static void addSession(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip, byte[] payload) {
        for (BodyPart part : sip.parts()) {
            if (part.is("application/sdp")) {
                var sdp = io.rhapsode.wire.sdp.Sdp.of(payload, part.offset(), part.length());
                sdp.media().forEach(media -> message.getSdpBuilder().addMedia(media(media)));
                return;
            }
        }
    }

    private static Sdp.Media.Builder media(Media read) {
        var media = Sdp.Media.newBuilder()
                .setPort(read.port())
                .setAddress(read.address().toString())
                .setHold(read.isHold());
        for (Codec codec : SipMessages.first(read.codecs())) {
            media.addCodec(Sdp.Codec.newBuilder()
                    .setFormat(codec.format().toString())
                    .setName(codec.name().toString()));
        }
        return media;
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
