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

/** Session descriptions as the contract has them. */
final class SdpMessages {

    private SdpMessages() {}

    static void add(
            SipMessage.Builder message,
            Slices slices,
            io.rhapsode.wire.sip.SipMessage sip,
            byte[] payload,
            BodyPart part) {
        var read = io.rhapsode.wire.sdp.Sdp.of(payload, part.offset(), part.length());
        var sdp = Sdp.newBuilder()
                .setOriginBytes(slices.of(read.origin()))
                .setSessionNameBytes(slices.of(read.sessionName()))
                .setAddressBytes(slices.of(read.address()))
                .setIceLite(read.iceLite())
                .setRole(OfferAnswer.role(sip));
        for (Bandwidth bandwidth : read.bandwidths()) {
            sdp.addBandwidth(bandwidth(slices, bandwidth));
        }
        for (Group group : read.groups()) {
            var members = Sdp.MediaGroup.newBuilder().setSemanticsBytes(slices.of(group.semantics()));
            group.mids().forEach(mid -> members.addMidBytes(slices.of(mid)));
            sdp.addGroup(members);
        }
        for (Media media : read.media()) {
            sdp.addMedia(media(slices, media));
        }
        message.setSdp(sdp.build()).addAllMedia(read.mediaAddresses());
    }

    private static Sdp.Media media(Slices slices, Media read) {
        var media = Sdp.Media.newBuilder()
                .setTypeBytes(slices.of(read.type()))
                .setPort(read.port())
                .setProtocolBytes(slices.of(read.protocol()))
                .setAddressBytes(slices.of(read.address()))
                .setDirectionBytes(slices.of(read.direction()))
                .setRtcpPort(read.rtcpPort())
                .setPacketTime(read.packetTime())
                .setMidBytes(slices.of(read.mid()))
                .setLabelBytes(slices.of(read.label()))
                .setFingerprintBytes(slices.of(read.fingerprint()))
                .setSetupBytes(slices.of(read.setup()))
                .setKeyingBytes(slices.of(read.keying()))
                .setPathBytes(slices.of(read.path()))
                .setHold(read.isHold())
                .setT38(read.isT38())
                .setMsrp(read.isMsrp());
        for (Codec codec : read.codecs()) {
            media.addCodec(codec(slices, codec));
        }
        for (Bandwidth bandwidth : read.bandwidths()) {
            media.addBandwidth(bandwidth(slices, bandwidth));
        }
        for (Candidate candidate : read.candidates()) {
            media.addCandidate(candidate(slices, candidate));
        }
        for (Text suite : read.cryptoSuites()) {
            media.addCryptoSuiteBytes(slices.of(suite));
        }
        return media.build();
    }

    private static Sdp.Codec codec(Slices slices, Codec codec) {
        return Sdp.Codec.newBuilder()
                .setFormatBytes(slices.of(codec.format()))
                .setNameBytes(slices.of(codec.name()))
                .setClockRate(codec.clockRate())
                .setChannels(codec.channels())
                .setParametersBytes(slices.of(codec.parameters()))
                .build();
    }

    private static Sdp.Bandwidth bandwidth(Slices slices, Bandwidth bandwidth) {
        return Sdp.Bandwidth.newBuilder()
                .setTypeBytes(slices.of(bandwidth.type()))
                .setValue((int) bandwidth.value())
                .build();
    }

    private static Sdp.IceCandidate candidate(Slices slices, Candidate candidate) {
        return Sdp.IceCandidate.newBuilder()
                .setTransportBytes(slices.of(candidate.transport()))
                .setAddressBytes(slices.of(candidate.address()))
                .setPort(candidate.port())
                .setTypeBytes(slices.of(candidate.type()))
                .build();
    }
}
