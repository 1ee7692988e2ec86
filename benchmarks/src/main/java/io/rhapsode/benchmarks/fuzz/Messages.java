/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.CallMessages;
import io.rhapsode.stream.SipMessages;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.msrp.MsrpMessage;
import io.rhapsode.wire.rtcp.QosReport;
import io.rhapsode.wire.rtcp.Rtcp;
import io.rhapsode.wire.rtcp.RtcpJson;
import io.rhapsode.wire.rtcp.RtcpQuality;
import io.rhapsode.wire.sdp.Sdp;
import io.rhapsode.wire.sip.BodyPart;
import io.rhapsode.wire.sip.CallIdScanner;
import io.rhapsode.wire.sip.Finding;
import io.rhapsode.wire.sip.MessageFramer;
import io.rhapsode.wire.sip.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads all there is of a payload, as the stream-processor does. */
final class Messages {

    private static final long AT = 1_795_509_000_000_001L;
    private static final SipMessages SIP_MESSAGES = new SipMessages(List.of("X-CID"));

    private Messages() {}

    /** Whole and as a stream; the gateway's scan and the parser are held to the same Call-ID. */
    static void sip(byte[] input) throws InvalidProtocolBufferException {
        SipMessage message = SipMessage.of(input, 0, input.length);
        long place = CallIdScanner.scan(input, 0, input.length);
        String scanned = place < 0 ? "" : new String(input, (int) (place >>> 32), (int) place, StandardCharsets.UTF_8);
        expect(scanned.equals(message.callId().toString()), "scan and parser differ on the Call-ID");
        for (BodyPart part : message.parts()) {
            within(input, part.offset(), part.length());
        }
        for (Finding finding : message.defects()) {
            within(input, finding.offset(), 0);
        }
        var packet =
                RawPacket.newBuilder().setPayload(ByteString.copyFrom(input)).build();
        byte[] topic = SIP_MESSAGES.write(packet.toByteArray(), packet, message, input, AT, 0, 0);
        io.rhapsode.schema.SipMessage.parseFrom(topic);
        CallMessages.of(packet, message, input, AT);
        frames(input);
    }

    private static void frames(byte[] input) {
        int at = 0;
        int length = 1;
        while (at < input.length && length > 0) {
            length = MessageFramer.length(input, at, input.length - at);
            within(input, at, Math.max(length, 0));
            at += Math.max(length, 0);
        }
    }

    static void sdp(byte[] input) {
        Sdp sdp = Sdp.of(input, 0, input.length);
        expect(sdp.media().size() <= Sdp.MAX_MEDIA, "more media than the bound");
        sdp.mediaAddresses();
    }

    static void rtcp(byte[] input) throws MalformedPacket {
        RtcpQuality.of(Rtcp.decode(input, 0, input.length), AT);
    }

    static void rtcpJson(byte[] input) throws MalformedPacket {
        JsonValue json = JsonReader.read(input, 0, input.length);
        if (RtcpJson.isRtcp(json)) {
            RtcpQuality.of(RtcpJson.decode(json), AT);
        } else {
            QosReport.of(json);
        }
    }

    static void msrp(byte[] input) throws MalformedPacket {
        var message = MsrpMessage.of(input, 0, input.length);
        within(input, message.bodyOffset(), message.bodyLength());
        message.text(input);
    }

    private static void within(byte[] input, int offset, int length) {
        expect(
                offset >= 0 && length >= 0 && offset + length <= input.length,
                offset + " and " + length + " octets are not in " + input.length);
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
