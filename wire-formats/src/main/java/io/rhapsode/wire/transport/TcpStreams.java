/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDatagram;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The TCP streams there are, those longest silent first. Bounded in number, memory and time. */
final class TcpStreams {

    /** A lost segment is sent again within this, or the capture has lost it (RFC 6298: a second, doubled each time). */
    static final long GAP_PATIENCE_MICROS = 3_000_000;

    /** A stream forgotten too soon is joined in its middle again. */
    static final long IDLE_MICROS = 300_000_000;

    static final int MOST_STREAMS = 65_536;
    static final int MOST_BYTES = 24 << 20;

    private static final long CLOCK_TICK_MICROS = 250_000;

    private final Map<Direction, TcpStream> streams = new LinkedHashMap<>(64, 0.75f, true);
    private final Set<TcpStream> withGap = new LinkedHashSet<>();
    private final Tally tally;
    private long bytesHeld;
    private long tickedMicros = Long.MIN_VALUE;

    TcpStreams(Tally tally) {
        this.tally = tally;
    }

    /** What became of the segment; null if it gave messages. */
    Leftover take(IpDatagram datagram, long atMicros, Consumer<TransportMessage> out) throws MalformedPacket {
        var segment = TcpSegment.of(datagram);
        if (!segment.hasData() && !segment.isSyn() && !segment.isFin() && !segment.isRst()) {
            return Leftover.NO_DATA;
        }
        var direction = Direction.of(datagram);
        var stream = streams.get(direction);
        if (stream == null) {
            if (!segment.hasData() && !segment.isSyn()) {
                return Leftover.NO_DATA;
            }
            stream = new TcpStream(direction, tally);
            streams.put(direction, stream);
        } else {
            bytesHeld -= stream.bytesHeld();
            withGap.remove(stream);
        }
        if (segment.isRst()) {
            streams.remove(direction);
            stream.end(out);
            return Leftover.NO_DATA;
        }
        if (hasWaitedTooLong(stream, atMicros)) {
            stream.passGap(atMicros, out);
        }
        var leftover = stream.take(segment, atMicros, out);
        note(stream);
        forgetTheEldest(out);
        return leftover;
    }

    private void note(TcpStream stream) {
        bytesHeld += stream.bytesHeld();
        if (stream.hasGap()) {
            withGap.add(stream);
        }
    }

    private static boolean hasWaitedTooLong(TcpStream stream, long atMicros) {
        return stream.hasGap() && Math.abs(atMicros - stream.gapSinceMicros()) > GAP_PATIENCE_MICROS;
    }

    private void forgetTheEldest(Consumer<TransportMessage> out) {
        while (streams.size() > MOST_STREAMS || bytesHeld > MOST_BYTES) {
            var eldest = streams.values().iterator().next();
            if (eldest.isWaiting()) {
                tally.count(Leftover.EVICTED);
            }
            forget(eldest, out);
        }
    }

    private void forget(TcpStream stream, Consumer<TransportMessage> out) {
        streams.remove(stream.direction());
        withGap.remove(stream);
        bytesHeld -= stream.bytesHeld();
        stream.end(out);
    }

    /** Ends what has waited too long. The clock of a capture may also jump back. */
    void passTime(long atMicros, Consumer<TransportMessage> out) {
        if (tickedMicros != Long.MIN_VALUE && Math.abs(atMicros - tickedMicros) < CLOCK_TICK_MICROS) {
            return;
        }
        tickedMicros = atMicros;
        while (!withGap.isEmpty()) {
            var stream = withGap.iterator().next();
            if (!hasWaitedTooLong(stream, atMicros)) {
                break;
            }
            withGap.remove(stream);
            bytesHeld -= stream.bytesHeld();
            stream.passGap(atMicros, out);
            note(stream);
        }
        while (!streams.isEmpty()) {
            var eldest = streams.values().iterator().next();
            if (Math.abs(atMicros - eldest.lastMicros()) <= IDLE_MICROS) {
                return;
            }
            forget(eldest, out);
        }
    }

    void end(Consumer<TransportMessage> out) {
        while (!streams.isEmpty()) {
            forget(streams.values().iterator().next(), out);
        }
    }

    long bytesHeld() {
        return bytesHeld;
    }
}
