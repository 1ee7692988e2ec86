/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.admission.Agents;
import io.rhapsode.ingest.admission.Decision;
import io.rhapsode.ingest.admission.Peer;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.hep.HepView;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One datagram in, one record out, and a place in the account for either. One for each receiving thread. */
public final class Intake implements HepUdpServer.Datagrams {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    static final int LONGEST_NODE = Sender.LONGEST_NODE;

    private static final int REMEMBERED_SENDERS = 1_024;

    private final Account account;
    private final PacketSink sink;
    private final Supplier<Agents> agents;
    private final String site;
    private final LongSupplier clock;
    private final HepView view = new HepView();
    private final Map<InetSocketAddress, Sender> senders = new HashMap<>();
    private boolean faultTold;

    /**
     * Takes packets from anybody.
     *
     * @param clock microseconds since 1970-01-01 UTC
     */
    public Intake(Account account, PacketSink sink, LongSupplier clock) {
        this(account, sink, () -> Agents.ANYBODY, "", clock);
    }

    /**
     * @param agents who may send; asked for each packet, and the same object until something changes
     * @param site of the packets of agents that have none of their own
     */
    public Intake(Account account, PacketSink sink, Supplier<Agents> agents, String site, LongSupplier clock) {
        this.account = account;
        this.sink = sink;
        this.agents = agents;
        this.site = site;
        this.clock = clock;
    }

    @Override
    public void datagram(byte[] bytes, int length, InetSocketAddress from) {
        packet(bytes, 0, length, sender(from));
    }

    /** Who a connection is with; certificate null if it has shown none. */
    Sender sender(InetSocketAddress socket, X509Certificate certificate) {
        return new Sender(socket, certificate, agents.get(), site);
    }

    /** Takes one packet; its bytes are the caller's again afterwards, save for the keys in them. */
    void packet(byte[] bytes, int offset, int length, Sender sender) {
        long now = clock.getAsLong();
        try {
            Peer peer = sender.peer(agents.get());
            if (!peer.isAllowed()) {
                reject(bytes, offset, length, Peer.NETWORK_NOT_ALLOWED, length + " bytes", sender, now);
                return;
            }
            view.read(bytes, offset, length);
            Decision decision = peer.decide(view);
            if (decision.refusal() != null) {
                reject(bytes, offset, length, decision.refusal(), "version " + view.version(), sender, now);
            } else if (view.payloadLength() == 0) {
                reject(bytes, offset, length, "hep-no-payload", "version " + view.version(), sender, now);
            } else {
                accept(sender.node(view, decision.agent()), length, now);
            }
        } catch (MalformedPacket e) {
            reject(bytes, offset, length, e.reason(), length + " bytes", sender, now);
        } catch (RuntimeException e) {
            tellFault(e);
            reject(bytes, offset, length, "internal-error", e.toString(), sender, now);
        }
    }

    @Override
    public void pause() {
        sink.flush();
    }

    private void accept(Sender.Node node, int length, long now) {
        if (node.minute == null || node.minute.minute != account.minute(now)) {
            node.minute = account.of(node.origin.node, node.origin.site, now);
        }
        node.minute.captured(view.capturedAtMicros(), now);
        sink.packet(view, node.origin, length, now, node.minute);
    }

    /** Takes what is no packet. */
    void refuse(byte[] bytes, int offset, int length, String reason, Sender sender) {
        reject(bytes, offset, length, reason, length + " bytes", sender, clock.getAsLong());
    }

    private void reject(byte[] bytes, int offset, int length, String reason, String detail, Sender sender, long now) {
        NodeMinute minute = account.ofStranger(sender.peer().address, now);
        minute.received(length);
        minute.rejected(reason);
        HepDecoder.hideKeys(bytes, offset, length);
        byte[] atStart = offset == 0 ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
        sink.deadLetter(atStart, length, reason, detail, now, sender.peer().addressAndPort, minute);
    }

    private void tellFault(RuntimeException e) {
        if (!faultTold) {
            faultTold = true;
            LOG.error("A datagram met a fault of this program; it and the like are dead-lettered as internal-error", e);
        }
    }

    private Sender sender(InetSocketAddress from) {
        Sender known = senders.get(from);
        if (known == null) {
            if (senders.size() >= REMEMBERED_SENDERS) {
                senders.clear();
            }
            known = sender(from, null);
            senders.put(from, known);
        }
        return known;
    }
}
