/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDatagram;
import io.rhapsode.wire.ip.IpDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Turns the captured frames of one source, in their order, into the messages they carry. UDP datagrams are given out
 * whatever is in them; of TCP, what is SIP, MSRP or WebSocket; of SCTP, what may be SIP. One thread; about 50 MB at the
 * very most, however hostile the frames.
 */
public final class Dissector {

    private final IpDecoder ip = new IpDecoder();
    private final Tally tally = new Tally();
    private final TcpStreams tcp = new TcpStreams(tally);
    private final SctpAssociations sctp = new SctpAssociations(tally);

    /**
     * Takes a frame, and gives out the messages that it holds, completes, or shows to be never completed.
     *
     * @param linkType see {@link IpDecoder#decode}
     * @param atMicros when the frame was captured; the only clock there is
     * @param out takes each message at once
     * @throws MalformedPacket what IpDecoder throws, tcp-bad-header or sctp-bad-chunk
     */
    public void frame(int linkType, byte[] bytes, int offset, int length, long atMicros, Consumer<TransportMessage> out)
            throws MalformedPacket {
        tcp.passTime(atMicros, out);
        sctp.passTime(atMicros);
        Optional<IpDatagram> datagram = ip.decode(linkType, bytes, offset, length, atMicros);
        var leftover = datagram.isPresent() ? datagram(datagram.get(), atMicros, out) : Leftover.FRAGMENT;
        if (leftover != null) {
            tally.count(leftover);
        }
    }

    /** What became of the frame that completed the datagram; null if it gave messages. */
    private Leftover datagram(IpDatagram datagram, long atMicros, Consumer<TransportMessage> out)
            throws MalformedPacket {
        return switch (datagram.protocol()) {
            case 6 -> tcp.take(datagram, atMicros, out);
            case 17 -> udp(datagram, atMicros, out);
            case 132 -> sctp.take(datagram, atMicros, out);
            default -> Leftover.OTHER_PROTOCOL;
        };
    }

    private static Leftover udp(IpDatagram datagram, long atMicros, Consumer<TransportMessage> out) {
        out.accept(new TransportMessage(
                Transport.UDP,
                datagram.sourceAddress(),
                datagram.destinationAddress(),
                datagram.sourcePort(),
                datagram.destinationPort(),
                datagram.vlan(),
                atMicros,
                datagram.bytes(),
                datagram.payloadOffset(),
                datagram.payloadLength()));
        return null;
    }

    /** Nothing more comes: gives out what waits for more, as far as it came. */
    public void end(Consumer<TransportMessage> out) {
        tcp.end(out);
        sctp.end();
        ip.end();
    }

    /** What did not become a message so far; kinds that there were none of are left out. */
    public Map<Leftover, Long> leftovers() {
        var map = tally.asMap();
        if (ip.incomplete() > 0) {
            map.put(Leftover.IP_INCOMPLETE, ip.incomplete());
        }
        return map;
    }

    /** About how much memory the state of TCP and SCTP takes. */
    long bytesHeld() {
        return tcp.bytesHeld() + sctp.bytesHeld();
    }
}
