/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.xmpp.XmppStanza;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What can be fuzzed: a decoder that takes any octets, and octets to begin with. */
enum FuzzTarget {
    HEP(input -> HepDecoder.decode(input, 0, input.length), Seeds::hep),
    IP(Frames::ofAnyLinkType, Seeds::ip),
    TCP(Frames::tcp, Seeds::tcp),
    WEBSOCKET(Frames::webSocket, Seeds::webSocket),
    SCTP(Frames::sctp, Seeds::sctp),
    PCAP(FuzzTarget::pcap, Seeds::pcap),
    SIP(Messages::sip, Seeds::sip),
    SDP(Messages::sdp, Seeds::sdp),
    RTCP(Messages::rtcp, Seeds::rtcp),
    RTCP_JSON(Messages::rtcpJson, Seeds::rtcpJson),
    MSRP(Messages::msrp, Seeds::msrp),
    XMPP(input -> XmppStanza.of(input, 0, input.length), Seeds::xmpp);

    private final Decoder decoder;
    private final Supplier<List<byte[]>> seeds;

    /** Throws what it says it throws for bad input, and nothing else. */
    interface Decoder {
        void decode(byte[] input) throws MalformedPacket, IOException;
    }

    FuzzTarget(Decoder decoder, Supplier<List<byte[]>> seeds) {
        this.decoder = decoder;
        this.seeds = seeds;
    }

    static FuzzTarget named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    void decode(byte[] input) throws MalformedPacket, IOException {
        decoder.decode(input);
    }

    List<byte[]> seeds() {
        return seeds.get();
    }

    private static void pcap(byte[] input) throws IOException {
        try (var file = new CaptureFile(new ByteArrayInputStream(input))) {
            file.forEach(packet -> {});
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
