/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.ip.IpInIp;
import io.rhapsode.wire.rtcp.Rtcp;
import io.rhapsode.wire.sip.SipMessage;
import io.rhapsode.wire.transport.Dissector;
import io.rhapsode.wire.transport.Leftover;
import io.rhapsode.wire.transport.Transport;
import io.rhapsode.wire.transport.TransportMessage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captured frames in, a record out for every SIP message they hold, and for all RTCP of calls whose SIP was captured; and a
 * place in the account for either. One for each interface or file, and one thread at a time.
 */
public final class FrameIntake {

    /** Where frames come from, and what records call it. */
    public enum From {
        INTERFACE("capture", "ipip"),
        FILE("file", "file");

        private final String source;
        private final String tunnelled;

        From(String source, String tunnelled) {
            this.source = source;
            this.tunnelled = tunnelled;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FrameIntake.class);

    private static final long SETTLE_MICROS = 1_000_000;

    /** HEP's protocol type of RTCP (chunk 0x000b). */
    private static final int RTCP = 5;

    private final Dissector dissector = new Dissector();
    private final Map<Leftover, Long> settled = new EnumMap<>(Leftover.class);
    private final Account account;
    private final PacketSink sink;
    private final LongSupplier clock;
    private final String node;
    private final From from;
    private final RtcpCalls calls;
    private final Origin plain;
    private final Origin tunnelled;
    private NodeMinute minute;
    private long now;
    private long settledAt;
    private boolean isTunnelled;
    private boolean faultTold;
    private long rtcp;

    /**
     * @param clock microseconds since 1970-01-01 UTC
     * @param node the capture node that everything is filed under
     * @param calls what is known of where RTCP belongs; of several interfaces the same
     */
    public FrameIntake(Account account, PacketSink sink, LongSupplier clock, String node, From from, RtcpCalls calls) {
        this.account = account;
        this.sink = sink;
        this.clock = clock;
        this.node = node;
        this.from = from;
        this.calls = calls;
        this.plain = new Origin(from.source, node, "", "");
        this.tunnelled = new Origin(from.tunnelled, node, "", "");
    }

    /**
     * Takes a frame; its bytes are the caller's again afterwards.
     *
     * @param linkType what it begins with, a LINKTYPE_ number of tcpdump.org
     * @param atNanos when it was captured, nanoseconds since 1970-01-01 UTC; -1 if nobody knows
     */
    public void frame(int linkType, byte[] bytes, int offset, int length, long atNanos) {
        lookAtTheClock();
        try {
            isTunnelled = from == From.INTERFACE && IpInIp.carries(linkType, bytes, offset, length);
            dissector.frame(linkType, bytes, offset, length, Math.floorDiv(atNanos, 1_000L), this::message);
        } catch (MalformedPacket e) {
            minute.ignored(e.reason());
        } catch (RuntimeException e) {
            tellFault(e);
            minute.ignored("internal-error");
        }
    }

    /** Nothing more comes: what waits for more is given out as far as it came. */
    public void end() {
        lookAtTheClock();
        dissector.end(this::message);
        settle();
    }

    private void lookAtTheClock() {
        now = clock.getAsLong();
        if (minute == null || minute.minute != account.minute(now)) {
            minute = account.of(node, now);
        }
        if (Math.abs(now - settledAt) >= SETTLE_MICROS) {
            settle();
        }
    }

    /** Takes what the dissector has counted since the last time into the account. */
    private void settle() {
        settledAt = now;
        dissector.leftovers().forEach((leftover, count) -> {
            long more = count - settled.getOrDefault(leftover, 0L);
            if (more > 0 && leftover.countsFrames()) {
                minute.ignored(more, leftover.reason());
            } else if (more > 0) {
                minute.incomplete(more, leftover.reason());
            }
            settled.put(leftover, count);
        });
    }

    private void message(TransportMessage message) {
        if (SipMessage.looksLikeSip(message.bytes(), message.payloadOffset(), message.payloadLength())) {
            forward(message, RawRecord.SIP, null);
            calls.learn(message);
        } else if (message.transport() == Transport.UDP
                && Rtcp.isWhole(message.bytes(), message.payloadOffset(), message.payloadLength())) {
            rtcp(message);
        } else {
            minute.ignored("not-sip");
        }
    }

    private void rtcp(TransportMessage message) {
        Optional<String> callId = calls.callOf(message);
        if (callId.isPresent()) {
            forward(message, RTCP, callId.get());
            rtcp++;
        } else {
            minute.ignored("rtcp-unknown");
        }
    }

    /** How many packets of RTCP went on; they are among those received. */
    public long rtcp() {
        return rtcp;
    }

    private void forward(TransportMessage message, int protocolType, String correlationId) {
        var packet = packet(message, protocolType, correlationId);
        sink.packet(packet, isTunnelled ? tunnelled : plain, message.payloadLength(), now, minute);
    }

    private static HepPacket packet(TransportMessage message, int protocolType, String correlationId) {
        return new HepPacket(
                3,
                message.transport().ipProtocol(),
                message.sourceAddress(),
                message.destinationAddress(),
                message.sourcePort(),
                message.destinationPort(),
                message.atMicros(),
                protocolType,
                -1,
                null,
                correlationId,
                message.vlan(),
                null,
                message.bytes(),
                message.payloadOffset(),
                message.payloadLength(),
                List.of());
    }

    private void tellFault(RuntimeException e) {
        if (!faultTold) {
            faultTold = true;
            LOG.error("A captured frame met a fault of this program; it and the like count as internal-error", e);
        }
    }
}
