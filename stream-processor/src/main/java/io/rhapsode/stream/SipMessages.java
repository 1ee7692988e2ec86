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
import io.rhapsode.wire.sip.BodyPart;
import io.rhapsode.wire.sip.Defect;
import io.rhapsode.wire.sip.Finding;
import io.rhapsode.wire.sip.SipUri;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Packets' SIP as the contract has it ({@link SipMessage}), in protobuf's bytes: the fields of every message here,
 * {@link SipExtensions} and {@link SdpMessages} have the rest. One thread at a time.
 */
public final class SipMessages {

    /** Values taken of each header that may stand many times; all of them are in the packet. */
    static final int MOST_VALUES = 64;

    private static final Text[] DEFECTS =
            Arrays.stream(Defect.values()).map(defect -> Text.of(defect.text())).toArray(Text[]::new);

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGHS = 0x8080808080808080L;

    private final List<Text> carried;
    private final ProtoWriter out = new ProtoWriter();
    private final OfferAnswer offersAndAnswers = new OfferAnswer();
    private final Repeats repeats = new Repeats();

    /** @param carried names of the headers that become fields of their own */
    public SipMessages(List<String> carried) {
        this.carried = carried.stream().map(Text::of).toList();
    }

    /**
     * Writes one message; whatever is wrong is told by its defects.
     *
     * @param record the packet, serialized
     * @param packet the packet
     * @param sip the packet's payload, parsed
     * @param payload the packet's
     * @param receivedMicros microseconds since 1970-01-01 UTC
     * @param partition of the raw topic
     * @param offset in the raw topic
     * @return a serialized {@link SipMessage}
     */
    public byte[] write(
            byte[] record,
            RawPacket packet,
            io.rhapsode.wire.sip.SipMessage sip,
            byte[] payload,
            long receivedMicros,
            int partition,
            long offset) {
        long captured = packet.getCapturedAtUs();
        out.begin(isAscii(payload));
        out.bytes(SipMessage.PACKET_FIELD_NUMBER, record, 0, record.length);
        out.number(SipMessage.RAW_PARTITION_FIELD_NUMBER, partition);
        out.number(SipMessage.RAW_OFFSET_FIELD_NUMBER, offset);
        out.number(SipMessage.AT_US_FIELD_NUMBER, CaptureTime.of(captured, receivedMicros));
        out.number(SipMessage.CAPTURE_TIME_ABSURD_FIELD_NUMBER, CaptureTime.isAbsurd(captured, receivedMicros) ? 1 : 0);
        writeStart(sip);
        writeLists(sip);
        writeNumbers(sip);
        writeCarried(sip);
        if (sip.extensions().any()) {
            SipExtensions.write(out, sip);
        }
        writeBody(sip, payload);
        out.number(SipMessage.REPEAT_FIELD_NUMBER, repeats.see(packet, sip).getNumber());
        // Last, as it reads what was not read yet.
        writeDefects(sip);
        return out.toBytes();
    }

    private void writeStart(io.rhapsode.wire.sip.SipMessage sip) {
        out.text(SipMessage.METHOD_FIELD_NUMBER, sip.method());
        if (sip.isRequest()) {
            writeUri(out, SipMessage.REQUEST_URI_FIELD_NUMBER, sip.requestUri());
        }
        out.number(SipMessage.STATUS_CODE_FIELD_NUMBER, sip.statusCode());
        out.text(SipMessage.REASON_PHRASE_FIELD_NUMBER, sip.reasonPhrase());
        out.text(SipMessage.CALL_ID_FIELD_NUMBER, sip.callId());
        out.number(SipMessage.CSEQ_NUMBER_FIELD_NUMBER, Math.max(0, sip.cseqNumber()));
        out.text(SipMessage.CSEQ_METHOD_FIELD_NUMBER, sip.cseqMethod());
        writeParty(out, SipMessage.FROM_FIELD_NUMBER, sip.from());
        writeParty(out, SipMessage.TO_FIELD_NUMBER, sip.to());
        out.text(SipMessage.USER_AGENT_FIELD_NUMBER, product(sip));
        out.text(SipMessage.SERVER_FIELD_NUMBER, sip.server());
        out.text(SipMessage.CONTENT_TYPE_FIELD_NUMBER, sip.contentType());
    }

    /** User-Agent, or where that is absent Server. */
    static Text product(io.rhapsode.wire.sip.SipMessage sip) {
        Text userAgent = sip.userAgent();
        return userAgent.isEmpty() ? sip.server() : userAgent;
    }

    private void writeLists(io.rhapsode.wire.sip.SipMessage sip) {
        for (Address contact : first(sip.contacts())) {
            writeParty(out, SipMessage.CONTACT_FIELD_NUMBER, contact);
        }
        for (var via : first(sip.vias())) {
            writeVia(via);
        }
        for (Address identity : first(sip.assertedIdentities())) {
            writeParty(out, SipMessage.ASSERTED_IDENTITY_FIELD_NUMBER, identity);
        }
    }

    private void writeNumbers(io.rhapsode.wire.sip.SipMessage sip) {
        out.numberIfThere(SipMessage.CONTENT_LENGTH_FIELD_NUMBER, sip.contentLength());
        out.numberIfThere(SipMessage.MAX_FORWARDS_FIELD_NUMBER, sip.maxForwards());
        out.numberIfThere(SipMessage.EXPIRES_FIELD_NUMBER, sip.expires());
    }

    private void writeCarried(io.rhapsode.wire.sip.SipMessage sip) {
        for (Text name : carried) {
            for (Text value : first(sip.headers(name))) {
                int header = out.open(SipMessage.HEADER_FIELD_NUMBER);
                out.text(SipMessage.Header.NAME_FIELD_NUMBER, name);
                out.text(SipMessage.Header.VALUE_FIELD_NUMBER, value);
                out.close(header);
            }
        }
    }

    private void writeBody(io.rhapsode.wire.sip.SipMessage sip, byte[] payload) {
        List<BodyPart> parts = sip.parts();
        BodyPart sdp = null;
        for (BodyPart part : parts) {
            if (parts.size() > 1) {
                writePart(part);
            }
            if (sdp == null && part.is("application/sdp")) {
                sdp = part;
            }
        }
        offersAndAnswers.see(sip, sdp != null);
        if (sdp != null) {
            SdpMessages.write(out, payload, sdp, offersAndAnswers.role(sip));
        }
    }

    private void writePart(BodyPart part) {
        int written = out.open(SipMessage.PART_FIELD_NUMBER);
        out.text(SipMessage.BodyPart.CONTENT_TYPE_FIELD_NUMBER, part.type());
        out.text(SipMessage.BodyPart.DISPOSITION_FIELD_NUMBER, part.disposition());
        out.number(SipMessage.BodyPart.OFFSET_FIELD_NUMBER, part.offset());
        out.number(SipMessage.BodyPart.LENGTH_FIELD_NUMBER, part.length());
        out.close(written);
    }

    private void writeDefects(io.rhapsode.wire.sip.SipMessage sip) {
        for (Finding finding : sip.defects()) {
            out.text(SipMessage.DEFECTS_FIELD_NUMBER, DEFECTS[finding.defect().ordinal()]);
            out.numberOrZero(SipMessage.DEFECT_OFFSETS_FIELD_NUMBER, finding.offset());
        }
    }

    static <T> List<T> first(List<T> values) {
        return values.size() > MOST_VALUES ? values.subList(0, MOST_VALUES) : values;
    }

    static void writeParty(ProtoWriter out, int field, Address address) {
        int party = out.open(field);
        out.text(Party.ORIGINAL_FIELD_NUMBER, address.original());
        out.text(Party.DISPLAY_NAME_FIELD_NUMBER, address.displayName());
        if (address.uri() != SipUri.NONE) {
            writeUri(out, Party.URI_FIELD_NUMBER, address.uri());
        }
        out.text(Party.TAG_FIELD_NUMBER, address.tag());
        out.close(party);
    }

    private static void writeUri(ProtoWriter out, int field, SipUri uri) {
        int written = out.open(field);
        out.text(Uri.ORIGINAL_FIELD_NUMBER, uri.original());
        out.text(Uri.SCHEME_FIELD_NUMBER, uri.scheme());
        out.text(Uri.USER_FIELD_NUMBER, uri.user());
        out.text(Uri.HOST_FIELD_NUMBER, uri.host());
        out.number(Uri.PORT_FIELD_NUMBER, uri.port());
        out.close(written);
    }

    private void writeVia(io.rhapsode.wire.sip.Via via) {
        int written = out.open(SipMessage.VIA_FIELD_NUMBER);
        out.text(Via.ORIGINAL_FIELD_NUMBER, via.original());
        out.text(Via.TRANSPORT_FIELD_NUMBER, via.transport());
        out.text(Via.HOST_FIELD_NUMBER, via.host());
        out.number(Via.PORT_FIELD_NUMBER, via.port());
        out.text(Via.BRANCH_FIELD_NUMBER, via.branch());
        out.text(Via.RECEIVED_FIELD_NUMBER, via.received());
        out.number(Via.RPORT_FIELD_NUMBER, via.rport());
        out.close(written);
    }

    private static boolean isAscii(byte[] bytes) {
        long octets = 0;
        int at = 0;
        for (int last = bytes.length - Long.BYTES; at <= last; at += Long.BYTES) {
            octets |= (long) EIGHT.get(bytes, at);
        }
        while (at < bytes.length) {
            octets |= bytes[at++] & 0x80;
        }
        return (octets & HIGHS) == 0;
    }
}
