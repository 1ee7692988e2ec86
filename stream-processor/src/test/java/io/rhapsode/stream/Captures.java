/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Capture files as the gateway puts them on the raw topic: UDP payloads, received when they were captured. */
final class Captures {

    private static final int UDP = 17;

    private Captures() {}

    static List<RawPacket> packets(String resource) {
        try (var file = new CaptureFile(Captures.class.getResourceAsStream("/captures/" + resource))) {
            return packets(file);
        } catch (IOException e) {
            throw new AssertionError(resource, e);
        }
    }

    static List<RawPacket> packets(Path path) {
        try (var file = CaptureFile.open(path)) {
            return packets(file);
        } catch (IOException e) {
            throw new AssertionError(path.toString(), e);
        }
    }

    private static List<RawPacket> packets(CaptureFile file) {
        var packets = new ArrayList<RawPacket>();
        var decoder = new IpDecoder();
        for (var record : file) {
            long at = record.atNanos() / 1_000;
            try {
                decoder.decode(record.linkType(), record.bytes(), 0, record.bytes().length, at)
                        .filter(datagram -> datagram.protocol() == UDP && datagram.payloadLength() > 0)
                        .ifPresent(datagram -> packets.add(RawPacket.newBuilder()
                                .setPayload(ByteString.copyFrom(
                                        datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength()))
                                .setProtocolType(1)
                                .setCapturedAtUs(at)
                                .setReceivedAtUs(at)
                                .setSourceAddress(ByteString.copyFrom(datagram.sourceAddress()))
                                .setDestinationAddress(ByteString.copyFrom(datagram.destinationAddress()))
                                .setSourcePort(datagram.sourcePort())
                                .setDestinationPort(datagram.destinationPort())
                                .setIpProtocol(UDP)
                                .setCaptureNode("node-1")
                                .setSource("hep3")
                                .setSender("127.0.0.1:40000")
                                .build()));
            } catch (MalformedPacket e) {
                // ARP and the like is in most captures.
                if (!e.reason().equals("not-ip")) {
                    throw new AssertionError(e.reason(), e);
                }
            }
        }
        return packets;
    }

    static List<SipMessage> messages(List<RawPacket> packets) {
        return packets.stream()
                .filter(packet -> io.rhapsode.wire.sip.SipMessage.looksLikeSip(
                        packet.getPayload().toByteArray(),
                        0,
                        packet.getPayload().size()))
                .map(Captures::followed)
                .toList();
    }

    /** What the call is followed by of it. */
    static SipMessage followed(RawPacket packet) {
        byte[] payload = packet.getPayload().toByteArray();
        var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
        return CallMessages.of(packet, sip, payload, packet.getReceivedAtUs());
    }

    /** What the topic has of it. */
    static SipMessage message(RawPacket packet) {
        byte[] payload = packet.getPayload().toByteArray();
        var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
        try {
            return SipMessage.parseFrom(new SipMessages(List.of("X-CID", "X-Many"))
                    .write(packet.toByteArray(), packet, sip, payload, packet.getReceivedAtUs(), 0, 0));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
