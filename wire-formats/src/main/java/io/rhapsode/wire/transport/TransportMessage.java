/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.Arrays;

/**
 * What one transport delivers at a time: a UDP datagram, a SIP or MSRP message of a TCP stream, a WebSocket message, an
 * SCTP user message. The octets are only good until whoever takes the message returns: they may stand in the frame, or in
 * a buffer that is used again.
 *
 * @param sourceAddress 4 or 16 bytes, of the innermost IP header
 * @param destinationAddress 4 or 16 bytes
 * @param vlan id of the innermost VLAN tag, -1 if there is none
 * @param atMicros when the frame was captured that completes the message; of one that was never completed, the last of it
 * @param bytes holds the message at payloadOffset, payloadLength octets long
 */
public record TransportMessage(
        Transport transport,
        byte[] sourceAddress,
        byte[] destinationAddress,
        int sourcePort,
        int destinationPort,
        int vlan,
        long atMicros,
        byte[] bytes,
        int payloadOffset,
        int payloadLength) {

    /** A copy of the message's octets. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, payloadOffset, payloadOffset + payloadLength);
    }

    /** The same message, good for longer: its octets are the whole of an array of their own. */
    public TransportMessage copy() {
        byte[] payload = payload();
        return new TransportMessage(
                transport,
                sourceAddress,
                destinationAddress,
                sourcePort,
                destinationPort,
                vlan,
                atMicros,
                payload,
                0,
                payload.length);
    }
}
