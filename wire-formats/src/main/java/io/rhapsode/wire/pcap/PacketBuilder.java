/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import io.rhapsode.wire.BigEndian;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Makes IP packets around payloads, and remembers where each TCP stream and SCTP association stands. */
final class PacketBuilder {

    /** What fits into an IPv4 packet of 65535 bytes behind the longest of the headers, with room for SCTP's padding. */
    static final int LONGEST_PAYLOAD = 65_480;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TLS = 22; // IPPROTO_IDP, of which Kamailio, OpenSIPS and FreeSWITCH make TLS
    private static final int WEBSOCKET = 50; // IPPROTO_ESP, of which OpenSIPS makes WebSocket
    private static final int SCTP = 132;

    private static final int FLOWS_REMEMBERED = 65_536;
    private static final int PUSH_AND_ACK = 0x18;
    private static final int HOP_LIMIT = 64;

    private final Map<Flow, Integer> next = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Flow, Integer> eldest) {
            return size() > FLOWS_REMEMBERED;
        }
    };

    byte[] build(int ipProtocol, Flow flow, byte[] payload) {
        return switch (ipProtocol) {
            case TCP, TLS, WEBSOCKET -> tcp(flow, payload);
            case SCTP -> sctp(flow, payload);
            default -> udp(flow, payload);
        };
    }

    private byte[] udp(Flow flow, byte[] payload) {
        byte[] packet = ip(UDP, flow, 8, payload, 0);
        int at = transport(flow);
        ports(packet, at, flow);
        BigEndian.write(packet, at + 4, 2, packet.length - at);
        int checksum = checksum(packet, at, UDP, flow);
        // 0 would say that there is none (RFC 768).
        BigEndian.write(packet, at + 6, 2, checksum == 0 ? 0xffff : checksum);
        return packet;
    }

    private byte[] tcp(Flow flow, byte[] payload) {
        byte[] packet = ip(TCP, flow, 20, payload, 0);
        int at = transport(flow);
        ports(packet, at, flow);
        BigEndian.write(packet, at + 4, 4, advance(flow, payload.length));
        BigEndian.write(packet, at + 8, 4, next.getOrDefault(flow.back(), 1));
        packet[at + 12] = 5 << 4;
        packet[at + 13] = PUSH_AND_ACK;
        BigEndian.write(packet, at + 14, 2, 0xffff);
        BigEndian.write(packet, at + 16, 2, checksum(packet, at, TCP, flow));
        return packet;
    }

    // One unfragmented DATA chunk (RFC 9260 3.3.1).
    private byte[] sctp(Flow flow, byte[] payload) {
        byte[] packet = ip(SCTP, flow, 12 + 16, payload, -payload.length & 3);
        int at = transport(flow);
        int number = advance(flow, 1);
        ports(packet, at, flow);
        packet[at + 13] = 3;
        BigEndian.write(packet, at + 14, 2, 16 + payload.length);
        BigEndian.write(packet, at + 16, 4, number);
        BigEndian.write(packet, at + 22, 2, number - 1);
        var crc = new CRC32C();
        crc.update(packet, at, packet.length - at);
        BigEndian.write(packet, at + 8, 4, Integer.reverseBytes((int) crc.getValue()));
        return packet;
    }

    /** Where this flow stands; the next time it is further on. */
    private int advance(Flow flow, int by) {
        int now = next.getOrDefault(flow, 1);
        next.put(flow, now + by);
        return now;
    }

    private static int transport(Flow flow) {
        return flow.isV4() ? 20 : 40;
    }

    private static void ports(byte[] packet, int at, Flow flow) {
        BigEndian.write(packet, at, 2, flow.sourcePort());
        BigEndian.write(packet, at + 2, 2, flow.destinationPort());
    }

    private static byte[] ip(int protocol, Flow flow, int headerLength, byte[] payload, int padding) {
        int at = transport(flow);
        byte[] packet = new byte[at + headerLength + payload.length + padding];
        if (flow.isV4()) {
            packet[0] = 0x45;
            BigEndian.write(packet, 2, 2, packet.length);
            packet[8] = HOP_LIMIT;
            packet[9] = (byte) protocol;
        } else {
            packet[0] = 0x60;
            BigEndian.write(packet, 4, 2, packet.length - at);
            packet[6] = (byte) protocol;
            packet[7] = HOP_LIMIT;
        }
        int addressLength = flow.source().remaining();
        flow.source().get(0, packet, at - 2 * addressLength, addressLength);
        flow.destination().get(0, packet, at - addressLength, addressLength);
        if (flow.isV4()) {
            BigEndian.write(packet, 10, 2, folded(sum(packet, 0, at)));
        }
        System.arraycopy(payload, 0, packet, at + headerLength, payload.length);
        return packet;
    }

    /** Of the transport header, the payload, and the pseudo header that stands for the addresses (RFC 9293 3.1). */
    private static int checksum(byte[] packet, int at, int protocol, Flow flow) {
        int addresses = 2 * flow.source().remaining();
        return folded(sum(packet, at - addresses, packet.length) + protocol + packet.length - at);
    }

    private static long sum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to - 1; i += 2) {
            sum += BigEndian.read(bytes, i, 2);
        }
        return (to - from) % 2 == 0 ? sum : sum + ((bytes[to - 1] & 0xff) << 8);
    }

    private static int folded(long sum) {
        long folded = (sum & 0xffff) + (sum >>> 16);
        return (int) ~(folded + (folded >>> 16)) & 0xffff;
    }
}
