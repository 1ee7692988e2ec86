/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Sdp;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sdp.Bandwidth;
import io.rhapsode.wire.sdp.Candidate;
import io.rhapsode.wire.sdp.Codec;
import io.rhapsode.wire.sdp.Group;
import io.rhapsode.wire.sdp.Media;
import io.rhapsode.wire.sip.BodyPart;
import java.util.List;

/** Session descriptions as the contract has them. */
final class SdpMessages {

    private SdpMessages() {}

    static void write(ProtoWriter out, byte[] payload, BodyPart part, Sdp.Role role) {
        var read = io.rhapsode.wire.sdp.Sdp.of(payload, part.offset(), part.length());
        for (String address : read.mediaAddresses()) {
            out.text(SipMessage.MEDIA_FIELD_NUMBER, address);
        }
        int sdp = out.open(SipMessage.SDP_FIELD_NUMBER);
        out.text(Sdp.ORIGIN_FIELD_NUMBER, read.origin());
        out.text(Sdp.SESSION_NAME_FIELD_NUMBER, read.sessionName());
        out.text(Sdp.ADDRESS_FIELD_NUMBER, read.address());
        writeBandwidths(out, Sdp.BANDWIDTH_FIELD_NUMBER, read.bandwidths());
        for (Group group : read.groups()) {
            writeGroup(out, group);
        }
        out.number(Sdp.ICE_LITE_FIELD_NUMBER, read.iceLite() ? 1 : 0);
        for (Media media : read.media()) {
            writeMedia(out, media);
        }
        out.number(Sdp.ROLE_FIELD_NUMBER, role.getNumber());
        out.close(sdp);
    }

    private static void writeGroup(ProtoWriter out, Group group) {
        int written = out.open(Sdp.GROUP_FIELD_NUMBER);
        out.text(Sdp.MediaGroup.SEMANTICS_FIELD_NUMBER, group.semantics());
        for (Text mid : group.mids()) {
            out.text(Sdp.MediaGroup.MID_FIELD_NUMBER, mid);
        }
        out.close(written);
    }

    private static void writeMedia(ProtoWriter out, Media read) {
        int media = out.open(Sdp.MEDIA_FIELD_NUMBER);
        out.text(Sdp.Media.TYPE_FIELD_NUMBER, read.type());
        out.number(Sdp.Media.PORT_FIELD_NUMBER, read.port());
        out.text(Sdp.Media.PROTOCOL_FIELD_NUMBER, read.protocol());
        out.text(Sdp.Media.ADDRESS_FIELD_NUMBER, read.address());
        out.text(Sdp.Media.DIRECTION_FIELD_NUMBER, read.direction());
        for (Codec codec : read.codecs()) {
            writeCodec(out, codec);
        }
        writeBandwidths(out, Sdp.Media.BANDWIDTH_FIELD_NUMBER, read.bandwidths());
        out.number(Sdp.Media.RTCP_PORT_FIELD_NUMBER, read.rtcpPort());
        out.number(Sdp.Media.PACKET_TIME_FIELD_NUMBER, read.packetTime());
        out.text(Sdp.Media.MID_FIELD_NUMBER, read.mid());
        out.text(Sdp.Media.LABEL_FIELD_NUMBER, read.label());
        for (Candidate candidate : read.candidates()) {
            writeCandidate(out, candidate);
        }
        out.text(Sdp.Media.FINGERPRINT_FIELD_NUMBER, read.fingerprint());
        out.text(Sdp.Media.SETUP_FIELD_NUMBER, read.setup());
        out.text(Sdp.Media.KEYING_FIELD_NUMBER, read.keying());
        for (Text suite : read.cryptoSuites()) {
            out.text(Sdp.Media.CRYPTO_SUITE_FIELD_NUMBER, suite);
        }
        out.text(Sdp.Media.PATH_FIELD_NUMBER, read.path());
        out.number(Sdp.Media.HOLD_FIELD_NUMBER, read.isHold() ? 1 : 0);
        out.number(Sdp.Media.T38_FIELD_NUMBER, read.isT38() ? 1 : 0);
        out.number(Sdp.Media.MSRP_FIELD_NUMBER, read.isMsrp() ? 1 : 0);
        out.close(media);
    }

    private static void writeCodec(ProtoWriter out, Codec codec) {
        int written = out.open(Sdp.Media.CODEC_FIELD_NUMBER);
        out.text(Sdp.Codec.FORMAT_FIELD_NUMBER, codec.format());
        out.text(Sdp.Codec.NAME_FIELD_NUMBER, codec.name());
        out.number(Sdp.Codec.CLOCK_RATE_FIELD_NUMBER, codec.clockRate());
        out.number(Sdp.Codec.CHANNELS_FIELD_NUMBER, codec.channels());
        out.text(Sdp.Codec.PARAMETERS_FIELD_NUMBER, codec.parameters());
        out.close(written);
    }

    private static void writeBandwidths(ProtoWriter out, int field, List<Bandwidth> bandwidths) {
        for (Bandwidth one : bandwidths) {
            int written = out.open(field);
            out.text(Sdp.Bandwidth.TYPE_FIELD_NUMBER, one.type());
            out.number(Sdp.Bandwidth.VALUE_FIELD_NUMBER, one.value());
            out.close(written);
        }
    }

    private static void writeCandidate(ProtoWriter out, Candidate candidate) {
        int written = out.open(Sdp.Media.CANDIDATE_FIELD_NUMBER);
        out.text(Sdp.IceCandidate.TRANSPORT_FIELD_NUMBER, candidate.transport());
        out.text(Sdp.IceCandidate.ADDRESS_FIELD_NUMBER, candidate.address());
        out.number(Sdp.IceCandidate.PORT_FIELD_NUMBER, candidate.port());
        out.text(Sdp.IceCandidate.TYPE_FIELD_NUMBER, candidate.type());
        out.close(written);
    }
}
