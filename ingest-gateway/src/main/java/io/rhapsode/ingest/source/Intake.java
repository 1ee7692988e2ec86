/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One datagram in, one record out, and a place in the account for either. One for each receiving thread. */
public final class Intake implements HepUdpServer.Datagrams {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** A name ends up in every count and document of its node: long enough for any host name's first label and more. */
    static final int LONGEST_NODE = 100;

    private static final int REMEMBERED_SENDERS = 1_024;

    private static final byte[] SAMPLE_MESSAGE = """
            INVITE sip:bob@example.org SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds
            Max-Forwards: 70
            From: "Alice" <sip:alice@example.org>;tag=1928301774
            To: <sip:bob@example.org>
            Call-ID: a84b4c76e66710@192.0.2.1
            CSeq: 314159 INVITE

            """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    private static final HepPacket SAMPLE = new HepPacket(
            3,
            17,
            new byte[] {(byte) 192, 0, 2, 1},
            new byte[] {(byte) 192, 0, 2, 2},
            5060,
            5060,
            0,
            RawRecord.SIP,
            1,
            null,
            null,
            -1,
            null,
            SAMPLE_MESSAGE,
            0,
            SAMPLE_MESSAGE.length,
            List.of());

    private record Sender(String address, String addressAndPort) {
        static Sender of(InetSocketAddress socket) {
            String address = socket.getAddress().getHostAddress();
            boolean six = address.indexOf(':') >= 0;
            return new Sender(address, (six ? "[" + address + "]" : address) + ":" + socket.getPort());
        }
    }

    private final Account account;
    private final PacketSink sink;
    private final LongSupplier clock;
    private final Map<InetSocketAddress, Sender> senders = new HashMap<>();
    private String lastNode;
    private NodeMinute lastMinute;
    private long lastAgentId = -1;
    private String lastAgentName;
    private boolean faultTold;

    /** @param clock microseconds since 1970-01-01 UTC */
    public Intake(Account account, PacketSink sink, LongSupplier clock) {
        this.account = account;
        this.sink = sink;
        this.clock = clock;
    }

    /**
     * Lets the JIT compile the way of a packet before there is one: a gateway that starts under full load would lose
     * packets in its first second, when the code is still interpreted.
     *
     * @return bytes made, so that the work is not for nothing
     */
    public static long warmUp(int packets) {
        byte[] datagram = HepEncoder.encode(SAMPLE);
        long made = 0;
        try {
            for (int i = 0; i < packets; i++) {
                HepPacket packet = HepDecoder.decode(datagram, 0, datagram.length);
                made += RawRecord.key(packet).length + RawRecord.encode(packet, i, "sample", "127.0.0.1:9060").length;
            }
        } catch (MalformedPacket e) {
            throw new IllegalStateException("cannot read its own sample: " + e.reason(), e);
        }
        return made;
    }

    @Override
    public void datagram(byte[] bytes, int length, InetSocketAddress from) {
        long now = clock.getAsLong();
        Sender sender = sender(from);
        try {
            HepPacket packet = HepDecoder.decode(bytes, 0, length);
            if (packet.payloadLength() == 0) {
                reject(bytes, length, "hep-no-payload", "version " + packet.version(), sender, now);
            } else {
                accept(packet, length, sender, now);
            }
        } catch (MalformedPacket e) {
            reject(bytes, length, e.reason(), length + " bytes", sender, now);
        } catch (RuntimeException e) {
            tellFault(e);
            reject(bytes, length, "internal-error", e.toString(), sender, now);
        }
    }

    @Override
    public void pause() {
        sink.flush();
    }

    private void accept(HepPacket packet, int length, Sender sender, long now) {
        String node = node(packet, sender);
        NodeMinute minute = minuteOf(node, now);
        minute.received(length);
        sink.packet(packet, length, node, sender.addressAndPort, now, minute);
    }

    private void reject(byte[] bytes, int length, String reason, String detail, Sender sender, long now) {
        NodeMinute minute = account.ofStranger(sender.address, now);
        minute.received(length);
        minute.rejected(reason);
        sink.deadLetter(bytes, length, reason, detail, now, sender.addressAndPort, minute);
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
            known = Sender.of(from);
            senders.put(from, known);
        }
        return known;
    }

    private NodeMinute minuteOf(String node, long now) {
        if (lastMinute == null || lastMinute.minute != account.minute(now) || !node.equals(lastNode)) {
            lastMinute = account.of(node, now);
            lastNode = node;
        }
        return lastMinute;
    }

    /** HEP node name, else the agent id, else who sent it. */
    private String node(HepPacket packet, Sender sender) {
        String name = packet.nodeName();
        if (name != null && !name.isBlank()) {
            return cut(name);
        }
        return packet.agentId() > 0 ? agentName(packet.agentId()) : sender.address;
    }

    private static String cut(String name) {
        if (name.length() <= LONGEST_NODE) {
            return name;
        }
        boolean splitsPair = Character.isHighSurrogate(name.charAt(LONGEST_NODE - 1));
        return name.substring(0, splitsPair ? LONGEST_NODE - 1 : LONGEST_NODE);
    }

    private String agentName(long agentId) {
        if (agentId != lastAgentId) {
            lastAgentId = agentId;
            lastAgentName = Long.toString(agentId);
        }
        return lastAgentName;
    }
}
