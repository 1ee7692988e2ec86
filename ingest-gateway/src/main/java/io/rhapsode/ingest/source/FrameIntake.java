/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.RawRecord;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.ip.IpDatagram;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.sip.SipMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captured frames in, a record out for every SIP message they hold, and a place in the account for either. One for each
 * interface or file, and one thread at a time.
 */
public final class FrameIntake {

    /** Where frames come from, and what records call it. */
    public enum Origin {
        INTERFACE("capture", "ipip"),
        FILE("file", "file");

        private final String source;
        private final String tunnelled;

        Origin(String source, String tunnelled) {
            this.source = source;
            this.tunnelled = tunnelled;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FrameIntake.class);

    private static final int UDP = 17;

    private final IpDecoder decoder = new IpDecoder();
    private final Account account;
    private final PacketSink sink;
    private final LongSupplier clock;
    private final String node;
    private final Origin origin;
    private NodeMinute minute;
    private boolean faultTold;

    /**
     * @param clock microseconds since 1970-01-01 UTC
     * @param node the capture node that everything is filed under
     */
    public FrameIntake(Account account, PacketSink sink, LongSupplier clock, String node, Origin origin) {
        this.account = account;
        this.sink = sink;
        this.clock = clock;
        this.node = node;
        this.origin = origin;
    }

    /**
     * Takes a frame; its bytes are the caller's again afterwards.
     *
     * @param linkType what it begins with, a LINKTYPE_ number of tcpdump.org
     * @param atNanos when it was captured, nanoseconds since 1970-01-01 UTC; -1 if nobody knows
     */
    public void frame(int linkType, byte[] bytes, int offset, int length, long atNanos) {
        long now = clock.getAsLong();
        if (minute == null || minute.minute != account.minute(now)) {
            minute = account.of(node, now);
        }
        try {
            Optional<IpDatagram> datagram = decoder.decode(linkType, bytes, offset, length, atNanos / 1_000);
            if (datagram.isPresent()) {
                datagram(datagram.get(), atNanos, now);
            }
        } catch (MalformedPacket e) {
            minute.ignored(e.reason());
        } catch (RuntimeException e) {
            tellFault(e);
            minute.ignored("internal-error");
        }
    }

    private void datagram(IpDatagram datagram, long atNanos, long now) {
        if (datagram.protocol() != UDP) {
            minute.ignored("not-udp");
        } else if (!SipMessage.looksLikeSip(datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength())) {
            minute.ignored("not-sip");
        } else {
            minute.received(datagram.payloadLength());
            String source = datagram.tunnel() == 0 ? origin.source : origin.tunnelled;
            sink.packet(packet(datagram, atNanos), source, node, "", now, minute);
        }
    }

    private static HepPacket packet(IpDatagram datagram, long atNanos) {
        return new HepPacket(
                3,
                datagram.protocol(),
                datagram.sourceAddress(),
                datagram.destinationAddress(),
                datagram.sourcePort(),
                datagram.destinationPort(),
                atNanos < 0 ? -1 : atNanos / 1_000,
                RawRecord.SIP,
                -1,
                null,
                null,
                datagram.vlan(),
                null,
                datagram.bytes(),
                datagram.payloadOffset(),
                datagram.payloadLength(),
                List.of());
    }

    private void tellFault(RuntimeException e) {
        if (!faultTold) {
            faultTold = true;
            LOG.error("A captured frame met a fault of this program; it and the like count as internal-error", e);
        }
    }
}
