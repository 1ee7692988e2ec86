/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.admission.Agent;
import io.rhapsode.ingest.admission.Agents;
import io.rhapsode.ingest.admission.Peer;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.wire.hep.ChunkType;
import io.rhapsode.wire.hep.HepView;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/** The other end of a socket, with the capture nodes it has sent packets of: mostly one, several if it is a relay. */
final class Sender {

    /** A name ends up in every count and document of its node: long enough for any host name's first label and more. */
    static final int LONGEST_NODE = 100;

    private static final int REMEMBERED_NODES = 8;

    /** A capture node, found again by what the packet says, without making a String of it. */
    static final class Node {
        private final Agent agent;
        private final byte[] name;
        private final long agentId;
        final Origin origin;
        NodeMinute minute;

        private Node(Agent agent, byte[] name, long agentId, Origin origin) {
            this.agent = agent;
            this.name = name;
            this.agentId = agentId;
            this.origin = origin;
        }

        private boolean is(HepView packet, Agent of) {
            return of == null ? agent == null && agentId == packet.agentId() && hasName(packet) : agent == of;
        }

        private boolean hasName(HepView packet) {
            int length = packet.length(ChunkType.NODE_NAME);
            int from = packet.offset(ChunkType.NODE_NAME);
            return name == null
                    ? length < 0
                    : length == name.length && Arrays.equals(packet.bytes(), from, from + length, name, 0, name.length);
        }
    }

    private final InetSocketAddress socket;
    private final X509Certificate certificate;
    private final String site;
    private final Node[] nodes = new Node[REMEMBERED_NODES];
    private int next;
    private Agents agents;
    private Peer peer;

    /**
     * @param certificate it has shown, null if none
     * @param site of its packets where the agent has none of its own
     */
    Sender(InetSocketAddress socket, X509Certificate certificate, Agents agents, String site) {
        this.socket = socket;
        this.certificate = certificate;
        this.site = site;
        this.agents = agents;
        this.peer = new Peer(agents, socket, certificate);
    }

    /** What is to be thought of it now: agents come and go. */
    Peer peer(Agents now) {
        if (now != agents) {
            agents = now;
            peer = new Peer(now, socket, certificate);
            Arrays.fill(nodes, null);
        }
        return peer;
    }

    Peer peer() {
        return peer;
    }

    /** @param agent whose packet it is; null if it says so itself */
    Node node(HepView packet, Agent agent) {
        for (Node node : nodes) {
            if (node == null) {
                break;
            }
            if (node.is(packet, agent)) {
                return node;
            }
        }
        var node = new Node(agent, packet.copy(ChunkType.NODE_NAME), packet.agentId(), origin(packet, agent));
        nodes[next] = node;
        next = (next + 1) % REMEMBERED_NODES;
        return node;
    }

    private Origin origin(HepView packet, Agent agent) {
        if (agent != null) {
            return new Origin(agent.name, agent.site.isEmpty() ? site : agent.site, peer.addressAndPort);
        }
        return new Origin(name(packet), site, peer.addressAndPort);
    }

    /** HEP node name, else the agent id, else who sent it. */
    private String name(HepView packet) {
        String name = packet.text(ChunkType.NODE_NAME);
        if (name != null && !name.isBlank()) {
            return cut(name);
        }
        return packet.agentId() > 0 ? Long.toString(packet.agentId()) : peer.address;
    }

    private static String cut(String name) {
        if (name.length() <= LONGEST_NODE) {
            return name;
        }
        boolean splitsPair = Character.isHighSurrogate(name.charAt(LONGEST_NODE - 1));
        return name.substring(0, splitsPair ? LONGEST_NODE - 1 : LONGEST_NODE);
    }
}
