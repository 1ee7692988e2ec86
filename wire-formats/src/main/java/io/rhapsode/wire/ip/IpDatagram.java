/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

/**
 * A whole IP datagram, fragments joined, tunnels taken off.
 *
 * @param sourceAddress 4 or 16 bytes
 * @param destinationAddress 4 or 16 bytes
 * @param protocol of IP: 17 UDP, 6 TCP, 132 SCTP, 1 ICMP
 * @param sourcePort -1 if the protocol has no ports
 * @param destinationPort -1 if the protocol has no ports
 * @param bytes holds the payload: of UDP what it carries, of all other protocols what IP carries, their own header
 *     included; shorter than it was on the wire if the capture cut it
 * @param cutOff octets of the payload that were on the wire and not in the capture
 * @param vlan id of the innermost VLAN tag, -1 if there is none
 * @param tunnel what packets of the same tunnels have in common, made of the addresses and ids of all of them; 0 outside
 */
public record IpDatagram(
        byte[] sourceAddress,
        byte[] destinationAddress,
        int protocol,
        int sourcePort,
        int destinationPort,
        byte[] bytes,
        int payloadOffset,
        int payloadLength,
        int cutOff,
        int vlan,
        long tunnel) {}
