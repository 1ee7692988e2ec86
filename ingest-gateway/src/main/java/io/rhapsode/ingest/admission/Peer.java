/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import io.rhapsode.wire.hep.ChunkType;
import io.rhapsode.wire.hep.HepView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/** Who is at the other end of a socket: what the network says of it, and who among the agents it can be. */
public final class Peer {

    /** Why a packet is refused before it is looked at. */
    public static final String NETWORK_NOT_ALLOWED = "network-not-allowed";

    public final String address;
    public final String addressAndPort;
    private final boolean allowed;
    private final boolean named;
    private final boolean certified;
    private final List<Decision> candidates;
    private final boolean keyWanted;
    private byte[] presented = new byte[0];

    /** @param certificate it has shown and the handshake has verified; null if it has shown none */
    public Peer(Agents agents, InetSocketAddress socket, X509Certificate certificate) {
        InetAddress from = socket.getAddress();
        address = from.getHostAddress();
        addressAndPort = (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + socket.getPort();
        allowed = agents.allows(from);
        named = agents.named;
        certified = certificate != null;
        List<Agent> here = agents.from(from);
        keyWanted = here.stream().anyMatch(Agent::needsKey);
        candidates = here.stream()
                .filter(agent -> agent.hasCertificate(certificate))
                .map(agent -> new Decision(agent, null))
                .toList();
    }

    /** Whether anybody may send from its address. */
    public boolean isAllowed() {
        return allowed;
    }

    /** Decides on one packet from an allowed address, by its key. */
    public Decision decide(HepView packet) {
        if (!named) {
            return Decision.ANYBODY;
        }
        int length = packet.length(ChunkType.AUTH_KEY);
        if (length >= 0) {
            present(packet, length);
        }
        for (Decision candidate : candidates) {
            Agent agent = candidate.agent();
            if (!agent.needsKey() || length >= 0 && agent.hasKey(presented)) {
                return candidate;
            }
        }
        return refusal(length >= 0);
    }

    private void present(HepView packet, int length) {
        if (presented.length != length) {
            presented = new byte[length];
        }
        System.arraycopy(packet.bytes(), packet.offset(ChunkType.AUTH_KEY), presented, 0, length);
    }

    private Decision refusal(boolean withKey) {
        if (keyWanted && withKey) {
            return Decision.AUTH_WRONG;
        }
        if (certified && candidates.isEmpty()) {
            return Decision.CERTIFICATE_UNKNOWN;
        }
        return keyWanted ? Decision.AUTH_MISSING : Decision.CERTIFICATE_MISSING;
    }

    /** Whether a packet of this peer can be let in at all, whatever key it has. */
    public boolean mayConnect() {
        return allowed && (!named || !candidates.isEmpty() || !certified);
    }
}
