/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;

/**
 * Tells messages that were seen again from new ones: by which message it is, the wire it went over, and who saw it.
 *
 * <p>What one capture node saw twice on one wire was sent twice. What two nodes saw on one wire was sent once, or as
 * often as the one saw it that saw the most. What was seen on two wires was forwarded. So the counts are the same in any order.
 *
 * @param retransmissions sent again on the same wire (RFC 3261 section 17)
 * @param further seen again on another wire
 * @param duplicates seen on the same wire by another node as well
 */
record Sightings(int retransmissions, int further, int duplicates) {

    /** Numbers each: hash of the message, hash of the wire, hash of the node in the upper half and count in the lower. */
    private static final int WIDTH = 3;

    private static final int WIRE = 1;
    private static final int NODE_AND_COUNT = 2;
    private static final int MOST_COUNTED = 0xFFFF;

    static void add(OpenCall.Builder call, SipMessage message) {
        RawPacket packet = message.getPacket();
        long wire = wire(packet, message);
        int messageHash = fold(message(message, wire));
        int wireHash = fold(wire);
        int node = fold(hash(0, packet.getCaptureNode())) & ~MOST_COUNTED;
        int length = call.getSightingsCount();
        int greatest = 0;
        for (int at = 0; at < length; at += WIDTH) {
            if (compare(call, at, messageHash, wireHash, node) == 0) {
                int counted = call.getSightings(at + NODE_AND_COUNT);
                if ((counted & MOST_COUNTED) < MOST_COUNTED) {
                    call.setSightings(at + NODE_AND_COUNT, counted + 1);
                }
                return;
            }
            if (isGreater(call, at, greatest)) {
                greatest = at;
            }
        }
        if (length < WIDTH * CallAggregator.MOST) {
            call.addSightings(messageHash).addSightings(wireHash).addSightings(node | 1);
        } else if (compare(call, greatest, messageHash, wireHash, node) > 0) {
            // The least ones are kept: what was left out once stays out, so that no count is a part of one.
            call.setSightings(greatest, messageHash)
                    .setSightings(greatest + WIRE, wireHash)
                    .setSightings(greatest + NODE_AND_COUNT, node | 1);
        }
    }

    static Sightings of(OpenCall call) {
        int sent = 0;
        int wires = 0;
        int seen = 0;
        int messages = 0;
        for (int at = 0; at < call.getSightingsCount(); at += WIDTH) {
            int most = 0;
            boolean firstOfMessage = true;
            boolean firstOfWire = true;
            for (int other = 0; other < call.getSightingsCount(); other += WIDTH) {
                if (call.getSightings(at) == call.getSightings(other)) {
                    boolean sameWire = call.getSightings(at + WIRE) == call.getSightings(other + WIRE);
                    firstOfMessage &= other >= at;
                    firstOfWire &= !sameWire || other >= at;
                    most = sameWire ? Math.max(most, count(call, other)) : most;
                }
            }
            seen += count(call, at);
            messages += firstOfMessage ? 1 : 0;
            wires += firstOfWire ? 1 : 0;
            sent += firstOfWire ? most : 0;
        }
        return new Sightings(sent - wires, wires - messages, seen - sent);
    }

    private static int count(OpenCall call, int at) {
        return call.getSightings(at + NODE_AND_COUNT) & MOST_COUNTED;
    }

    private static boolean isGreater(OpenCall.Builder call, int at, int than) {
        int node = call.getSightings(than + NODE_AND_COUNT) & ~MOST_COUNTED;
        return compare(call, at, call.getSightings(than), call.getSightings(than + WIRE), node) > 0;
    }

    private static int compare(OpenCall.Builder call, int at, int message, int wire, int node) {
        int byMessage = Integer.compare(call.getSightings(at), message);
        int byWire = byMessage != 0 ? byMessage : Integer.compare(call.getSightings(at + WIRE), wire);
        return byWire != 0 ? byWire : Integer.compare(call.getSightings(at + NODE_AND_COUNT) & ~MOST_COUNTED, node);
    }

    private static long wire(RawPacket packet, SipMessage message) {
        long wire = hash(0, packet.getSourceAddress(), packet.getSourcePort());
        wire = hash(wire, packet.getDestinationAddress(), packet.getDestinationPort());
        return hash(wire, message.getViaCount() == 0 ? "" : message.getVia(0).getBranch());
    }

    /** What stays the same when a proxy forwards the message (RFC 3261 section 16.6). */
    private static long message(SipMessage message, long wire) {
        long hash = hash(message.getStatusCode(), message.getMethod());
        hash = hash(hash ^ message.getCseqNumber(), message.getCseqMethod());
        hash = hash(hash, message.getFrom().getTag());
        hash = hash(hash, message.getTo().getTag());
        if (message.hasRseq()) {
            // Two provisional responses that must both arrive differ in nothing else (RFC 3262 section 3).
            hash = mix(hash ^ message.getRseq());
        }
        // A 100 and a CANCEL are never forwarded: each hop has its own (RFC 3261 sections 16.7 and 16.10).
        boolean ofThisHop =
                message.getStatusCode() == 100 || message.getMethod().equals("CANCEL");
        return ofThisHop ? mix(hash ^ wire) : hash;
    }

    static long hash(long hash, ByteString address, int port) {
        long all = hash;
        for (int i = 0; i < address.size(); i++) {
            all = step(all, address.byteAt(i));
        }
        return mix(step(all, port));
    }

    static long hash(long hash, String text) {
        long all = hash;
        for (int i = 0; i < text.length(); i++) {
            all = step(all, text.charAt(i));
        }
        return mix(step(all, text.length()));
    }

    private static long step(long hash, int value) {
        return (hash ^ value) * 0x0000_0100_0000_01B3L + 1;
    }

    private static long mix(long hash) {
        long mixed = (hash ^ hash >>> 32) * 0xBF58_476D_1CE4_E5B9L;
        return mixed ^ mixed >>> 29;
    }

    static int fold(long hash) {
        return (int) (hash >>> 32);
    }
}
