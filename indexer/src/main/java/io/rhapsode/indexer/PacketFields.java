/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.RawPacket;

/** The fields that messages, media reports and log events have of their packets, as ECS names them. */
final class PacketFields {

    private PacketFields() {}

    /**
     * Writes event, source, destination, network and observer.
     *
     * @param binary true for a payload that is no text at all, and so has no original
     * @return false if the payload is not all text, so that event.original does not say all of it
     */
    static boolean write(JsonBytes json, RawPacket packet, boolean binary) {
        boolean text = openNetwork(json, packet, binary);
        closeNetwork(json, packet);
        return text;
    }

    /** The same up to network, which stays open for fields that only some documents have. */
    static boolean openNetwork(JsonBytes json, RawPacket packet, boolean binary) {
        json.object("event");
        boolean text = !binary && json.utf8("original", packet.getPayload());
        json.time("created", packet.getReceivedAtUs()).end();
        json.object("source")
                .address("ip", packet.getSourceAddress())
                .numberUnlessZero("port", packet.getSourcePort())
                .end();
        json.object("destination")
                .address("ip", packet.getDestinationAddress())
                .numberUnlessZero("port", packet.getDestinationPort())
                .end();
        json.object("network")
                .text("transport", transport(packet.getIpProtocol()))
                .text("type", ipVersion(packet.getSourceAddress().size()));
        return text;
    }

    /** Ends network and writes what follows it. */
    static void closeNetwork(JsonBytes json, RawPacket packet) {
        json.end();
        json.object("observer").text("name", packet.getCaptureNode()).end();
    }

    /** As ECS writes it: the name in lower case, or the number where there is none. */
    private static String transport(int ipProtocol) {
        return switch (ipProtocol) {
            case 0 -> "";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 22 -> "tls";
            case 132 -> "sctp";
            default -> Integer.toUnsignedString(ipProtocol);
        };
    }

    private static String ipVersion(int addressLength) {
        return switch (addressLength) {
            case 4 -> "ipv4";
            case 16 -> "ipv6";
            default -> "";
        };
    }

    /** Writes agent, source and sender into an open object, and the payload if it is not all text. */
    static void writeOrigin(JsonBytes json, RawPacket packet, boolean text) {
        if (packet.getAgentId() != 0) {
            json.number("agent_id", Integer.toUnsignedLong(packet.getAgentId()));
        }
        json.text("source", packet.getSource()).text("sender", packet.getSender());
        if (!text && !packet.getPayload().isEmpty()) {
            json.base64("payload", packet.getPayload());
        }
    }
}
