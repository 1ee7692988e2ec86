/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import java.util.List;

/**
 * What a capture agent saw. Numbers it did not tell are -1, texts and arrays it did not tell are null.
 *
 * @param version of HEP: 1, 2 or 3
 * @param ipProtocol that carried the payload: 17 UDP, 6 TCP, 132 SCTP; 22 stands for TLS with most senders
 * @param sourceAddress 4 or 16 bytes; an IPv4 address mapped into IPv6 has 4
 * @param destinationAddress 4 or 16 bytes; an IPv4 address mapped into IPv6 has 4
 * @param capturedAtMicros microseconds since 1970-01-01 UTC, as the agent says, right or wrong
 * @param protocolType of the payload: 1 SIP, 5 RTCP, 100 a log line
 * @param agentId number of the capture agent
 * @param nodeName name of the capture agent
 * @param correlationId the Call-ID, or what else ties the payload to a call
 * @param vlan id of the VLAN the packet was seen in
 * @param authKey what the agent presents to be let in
 * @param bytes holds the payload from {@code payloadOffset} on; {@code payloadLength} is 0 if there is none
 * @param otherChunks every chunk that none of the above speaks for, in the order of the packet; of version 3 only
 */
public record HepPacket(
        int version,
        int ipProtocol,
        byte[] sourceAddress,
        byte[] destinationAddress,
        int sourcePort,
        int destinationPort,
        long capturedAtMicros,
        int protocolType,
        long agentId,
        String nodeName,
        String correlationId,
        int vlan,
        byte[] authKey,
        byte[] bytes,
        int payloadOffset,
        int payloadLength,
        List<Chunk> otherChunks) {

    /** Protocol type of SIP; what a sender of versions 1 and 2, or without the chunk, means. */
    public static final int SIP = 1;
}
