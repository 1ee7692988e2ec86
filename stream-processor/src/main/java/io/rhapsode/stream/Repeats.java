/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage.Repeat;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.SipMessage;

/**
 * Tells the first sighting of a message from those that repeat it, so that a search can leave these out. Unlike the
 * counts of {@link Sightings}, which know the whole call, this is what can be said when the message goes by: by the
 * messages seen lately. One thread at a time.
 */
final class Repeats {

    /** Some seconds of them even at thousands a second, longer than proxies take; a power of two. */
    private static final int REMEMBERED = 1 << 15;

    // Each message has its place by its hash, and gives way to the next that falls on it: beside it where it was seen
    // first, the wire's hash in the upper half and the capture node's in the lower.
    private final long[] messages = new long[REMEMBERED];
    private final long[] places = new long[REMEMBERED];

    /** What this packet is; is to be asked once for each, in their order. */
    Repeat see(RawPacket packet, SipMessage sip) {
        long wire = wire(packet, sip);
        long message = message(sip, wire);
        long place = wire & 0xFFFF_FFFF_0000_0000L | Sightings.hash(0, packet.getCaptureNode()) >>> 32;
        int at = (int) (message >>> 40) & REMEMBERED - 1;
        if (messages[at] != message) {
            messages[at] = message;
            places[at] = place;
            return Repeat.FIRST;
        }
        if (places[at] == place) {
            return Repeat.RETRANSMISSION;
        }
        return places[at] >>> 32 == place >>> 32 ? Repeat.DUPLICATE : Repeat.FURTHER_SIGHTING;
    }

    private static long wire(RawPacket packet, SipMessage sip) {
        long wire = Sightings.hash(0, packet.getSourceAddress(), packet.getSourcePort());
        wire = Sightings.hash(wire, packet.getDestinationAddress(), packet.getDestinationPort());
        return sip.vias().isEmpty() ? wire : hash(wire, sip.vias().get(0).branch());
    }

    /** What stays the same when a proxy forwards the message; never 0, which is an empty place. */
    private static long message(SipMessage sip, long wire) {
        long hash = hash(sip.statusCode(), sip.callId());
        hash = hash(hash, sip.method());
        hash = hash(hash ^ sip.cseqNumber(), sip.cseqMethod());
        hash = hash(hash, sip.from().tag());
        hash = hash(hash, sip.to().tag());
        if (sip.extensions().any()) {
            // Two provisional responses that must both arrive differ in nothing else (RFC 3262 section 3).
            hash = hash(hash ^ sip.extensions().rseq(), Text.EMPTY);
        }
        boolean ofThisHop = sip.statusCode() == 100 || sip.method().is("CANCEL");
        return (ofThisHop ? hash(hash ^ wire, Text.EMPTY) : hash) | 1;
    }

    private static long hash(long seed, Text text) {
        long hash = seed + 0x9E37_79B9_7F4A_7C15L;
        for (int at = text.start(); at < text.end(); at++) {
            hash = (hash ^ text.array()[at]) * 0x0000_0100_0000_01B3L;
        }
        hash = (hash ^ hash >>> 32) * 0xBF58_476D_1CE4_E5B9L;
        return hash ^ hash >>> 29;
    }
}
