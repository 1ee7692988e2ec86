/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.CaptureTime;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.Address;
import io.rhapsode.wire.sip.BodyPart;
import io.rhapsode.wire.sip.Defect;
import io.rhapsode.wire.sip.Finding;
import io.rhapsode.wire.sip.SipUri;
import java.util.Arrays;
import java.util.List;

/** Packets' SIP as the contract has it: the fields of every message; {@link SipExtensions} and {@link SdpMessages} have the rest. */
public final class SipMessages {

    /** Values taken of each header that may stand many times; all of them are in the packet. */
    static final int MOST_VALUES = 64;

    private static final ByteString[] DEFECTS = Arrays.stream(Defect.values())
            .map(defect -> ByteString.copyFromUtf8(defect.text()))
            .toArray(ByteString[]::new);

    private final List<Text> carried;

    /** @param carried names of the headers that become fields of their own */
    public SipMessages(List<String> carried) {
        this.carried = carried.stream().map(Text::of).toList();
    }

    /**
     * Parses; whatever is wrong is told by the message's defects.
     *
     * @param payload the packet's, as an array that nobody writes to from now on: the message refers to it
     * @param receivedMicros microseconds since 1970-01-01 UTC
     * @return all but the place in the raw topic
     */
    public SipMessage.Builder of(RawPacket packet, byte[] payload, long receivedMicros) {
        var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
        var slices = new Slices(payload);
        long captured = packet.getCapturedAtUs();
        var message = SipMessage.newBuilder()
                .setPacket(packet)
                .setAtUs(CaptureTime.of(captured, receivedMicros))
                .setCaptureTimeAbsurd(CaptureTime.isAbsurd(captured, receivedMicros))
                .setMethodBytes(slices.of(sip.method()))
                .setStatusCode(sip.statusCode())
                .setReasonPhraseBytes(slices.of(sip.reasonPhrase()))
                .setCallIdBytes(slices.of(sip.callId()))
                .setCseqNumber((int) Math.max(0, sip.cseqNumber()))
                .setCseqMethodBytes(slices.of(sip.cseqMethod()))
                .setFrom(party(slices, sip.from()))
                .setTo(party(slices, sip.to()))
                .setContentTypeBytes(slices.of(sip.contentType()));
        if (sip.isRequest()) {
            message.setRequestUri(uri(slices, sip.requestUri()));
        }
        addProduct(message, slices, sip);
        addLists(message, slices, sip);
        addNumbers(message, sip);
        addCarried(message, slices, sip);
        if (sip.extensions().any()) {
            SipExtensions.add(message, slices, sip);
        }
        addBody(message, slices, sip, payload);
        // Last, as it reads what was not read yet.
        addDefects(message, sip);
        return message;
    }

    private static void addProduct(SipMessage.Builder message, Slices slices, io.rhapsode.wire.sip.SipMessage sip) {
        ByteString server = slices.of(sip.server());
        ByteString userAgent = slices.of(sip.userAgent());
        message.setServerBytes(server).setUserAgentBytes(userAgent.isEmpty() ? server : userAgent);
    }

    private static void addLists(SipMessage.Builder message, Slices slices, io.rhapsode.wire.sip.SipMessage sip) {
        for (Address contact : first(sip.contacts())) {
            message.addContact(party(slices, contact));
        }
        for (var via : first(sip.vias())) {
            message.addVia(via(slices, via));
        }
        for (Address identity : first(sip.assertedIdentities())) {
            message.addAssertedIdentity(party(slices, identity));
        }
    }

    private static void addNumbers(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        int contentLength = sip.contentLength();
        if (contentLength >= 0) {
            message.setContentLength(contentLength);
        }
        int maxForwards = sip.maxForwards();
        if (maxForwards >= 0) {
            message.setMaxForwards(maxForwards);
        }
        long expires = sip.expires();
        if (expires >= 0) {
            message.setExpires((int) expires);
        }
    }

    private void addCarried(SipMessage.Builder message, Slices slices, io.rhapsode.wire.sip.SipMessage sip) {
        for (Text name : carried) {
            for (Text value : first(sip.headers(name))) {
                message.addHeader(SipMessage.Header.newBuilder()
                        .setName(name.toString())
                        .setValueBytes(slices.of(value)));
            }
        }
    }

    private static void addBody(
            SipMessage.Builder message, Slices slices, io.rhapsode.wire.sip.SipMessage sip, byte[] payload) {
        List<BodyPart> parts = sip.parts();
        for (BodyPart part : parts) {
            if (parts.size() > 1) {
                message.addPart(SipMessage.BodyPart.newBuilder()
                        .setContentTypeBytes(slices.of(part.type()))
                        .setDispositionBytes(slices.of(part.disposition()))
                        .setOffset(part.offset())
                        .setLength(part.length()));
            }
            if (!message.hasSdp() && part.is("application/sdp")) {
                SdpMessages.add(message, slices, sip, payload, part);
            }
        }
    }

    private static void addDefects(SipMessage.Builder message, io.rhapsode.wire.sip.SipMessage sip) {
        for (Finding finding : sip.defects()) {
            message.addDefectsBytes(DEFECTS[finding.defect().ordinal()]).addDefectOffsets(finding.offset());
        }
    }

    static <T> List<T> first(List<T> values) {
        return values.size() > MOST_VALUES ? values.subList(0, MOST_VALUES) : values;
    }

    static Party party(Slices slices, Address address) {
        return Party.newBuilder()
                .setOriginalBytes(slices.of(address.original()))
                .setDisplayNameBytes(slices.of(address.displayName()))
                .setUri(uri(slices, address.uri()))
                .setTagBytes(slices.of(address.tag()))
                .build();
    }

    private static Uri uri(Slices slices, SipUri uri) {
        return Uri.newBuilder()
                .setOriginalBytes(slices.of(uri.original()))
                .setSchemeBytes(slices.of(uri.scheme()))
                .setUserBytes(slices.of(uri.user()))
                .setHostBytes(slices.of(uri.host()))
                .setPort(uri.port())
                .build();
    }

    private static Via via(Slices slices, io.rhapsode.wire.sip.Via via) {
        return Via.newBuilder()
                .setOriginalBytes(slices.of(via.original()))
                .setTransportBytes(slices.of(via.transport()))
                .setHostBytes(slices.of(via.host()))
                .setPort(via.port())
                .setBranchBytes(slices.of(via.branch()))
                .setReceivedBytes(slices.of(via.received()))
                .setRport(via.rport())
                .build();
    }
}
