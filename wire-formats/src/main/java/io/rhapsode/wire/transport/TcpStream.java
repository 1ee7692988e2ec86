/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One direction of a TCP connection (RFC 9293): its segments put into order. What was seen first stays. A missing segment
 * is waited for, bounded in octets here and in time by {@link TcpStreams}; then the stream goes on behind it.
 */
final class TcpStream {

    /** Further from where the stream stands no segment belongs to it: the ports were used again. */
    private static final int HORIZON = 1 << 24;

    /** How much a SYN may come too late, in octets of what came before it. */
    private static final int LATE = 1 << 16;

    private static final int MOST_HELD = 1 << 18;
    private static final int MOST_SEGMENTS = 512;

    /** About what one takes with its places in the tables, and a segment that is held. */
    private static final int OVERHEAD = 512;

    private static final int SEGMENT_OVERHEAD = 80;

    private final Direction direction;
    private final Tally tally;
    private final List<TcpSegment> held = new ArrayList<>(0);
    private TcpContent content;
    private boolean isPlaced;
    private boolean beganWithSyn;
    private int begin;
    private boolean hasEnded;
    private int next;
    private int octetsHeld;
    private long gapSinceMicros;
    private long lastMicros;
    private int given;

    TcpStream(Direction direction, Tally tally) {
        this.direction = direction;
        this.tally = tally;
        this.content = new TcpContent(tally, false);
    }

    /** What became of the segment's data; null if messages. */
    Leftover take(TcpSegment segment, long atMicros, Consumer<TransportMessage> out) {
        Framing.Sink sink = sink(atMicros, out);
        int givenBefore = given;
        place(segment, sink);
        lastMicros = atMicros;
        int ahead = segment.sequence() - next;
        Leftover leftover;
        if (ahead > 0 && content.isOrdered()) {
            hold(segment, atMicros, sink);
            leftover = Leftover.SEGMENT;
        } else {
            leftover = deliver(ahead > 0 ? skipTo(segment) : segment, sink);
            drain(atMicros, sink);
        }
        return given > givenBefore ? null : segment.hasData() ? leftover : Leftover.NO_DATA;
    }

    private Framing.Sink sink(long atMicros, Consumer<TransportMessage> out) {
        return (transport, bytes, offset, length) -> {
            given++;
            out.accept(direction.message(transport, atMicros, bytes, offset, length));
        };
    }

    /** Finds out where the stream stands: at its first segment, and where the ports were used again. */
    private void place(TcpSegment segment, Framing.Sink sink) {
        int ahead = segment.sequence() - next;
        boolean isNear = Math.abs((long) ahead) <= HORIZON && !(hasEnded && ahead > 0);
        if (isPlaced && isNear && (!segment.isSyn() || ahead == 0)) {
            return;
        }
        if (isPlaced && segment.isSyn() && isLate(segment, ahead)) {
            return;
        }
        if (isPlaced) {
            end(sink);
        }
        content = new TcpContent(tally, segment.isSyn());
        isPlaced = true;
        hasEnded = false;
        beganWithSyn = segment.isSyn();
        begin = segment.sequence();
        next = begin;
    }

    /** True for a SYN that comes again, or after data that it should come before. */
    private boolean isLate(TcpSegment syn, int ahead) {
        boolean isAgain = beganWithSyn ? syn.sequence() == begin : ahead > -LATE;
        return isAgain && ahead < 0 && !hasEnded;
    }

    private TcpSegment skipTo(TcpSegment segment) {
        next = segment.sequence();
        return segment;
    }

    private Leftover deliver(TcpSegment segment, Framing.Sink sink) {
        int behind = segment.end() - next;
        Leftover leftover = Leftover.REPEATED;
        if (behind > 0 && !hasEnded) {
            leftover = newData(segment.sequence() == next ? segment : segment.from(next), sink);
        }
        if (segment.isFin() && behind >= 0 && !hasEnded) {
            content.end(sink);
            hasEnded = true;
        }
        return leftover;
    }

    private Leftover newData(TcpSegment segment, Framing.Sink sink) {
        content.take(segment.bytes(), segment.offset(), segment.offset() + segment.length(), sink);
        var leftover = content.leftover();
        if (segment.cutOff() > 0) {
            pass(segment.cutOff(), sink);
        }
        next = segment.end();
        return leftover;
    }

    private void pass(int missing, Framing.Sink sink) {
        if (content.isOrdered()) {
            tally.count(Leftover.TCP_GAP);
        }
        content.gap(missing, sink);
    }

    private void hold(TcpSegment segment, long atMicros, Framing.Sink sink) {
        int place = held.size();
        while (place > 0 && held.get(place - 1).sequence() - segment.sequence() >= 0) {
            place--;
        }
        boolean isHere = place < held.size() && held.get(place).sequence() == segment.sequence();
        if (isHere && held.get(place).end() - segment.end() >= 0) {
            return;
        }
        if (held.isEmpty()) {
            gapSinceMicros = atMicros;
        }
        held.add(place, segment.copy());
        octetsHeld += segment.length() + SEGMENT_OVERHEAD;
        while (hasGap()
                && (octetsHeld > MOST_HELD
                        || held.size() > MOST_SEGMENTS
                        || held.get(0).sequence() - next > MOST_HELD)) {
            passGap(atMicros, sink);
        }
    }

    /** Delivers what was held and is not ahead any more; and all of it if order is of no use. */
    private void drain(long atMicros, Framing.Sink sink) {
        int count = 0;
        while (count < held.size() && (held.get(count).sequence() - next <= 0 || !content.isOrdered())) {
            var segment = held.get(count++);
            if (segment.sequence() - next > 0) {
                next = segment.sequence();
            }
            octetsHeld -= segment.length() + SEGMENT_OVERHEAD;
            deliver(segment, sink);
        }
        if (count > 0) {
            held.subList(0, count).clear();
            gapSinceMicros = atMicros;
        }
    }

    /** True while data is held that waits for data before it. */
    boolean hasGap() {
        return !held.isEmpty();
    }

    long gapSinceMicros() {
        return gapSinceMicros;
    }

    private void passGap(long atMicros, Framing.Sink sink) {
        int missing = held.get(0).sequence() - next;
        pass(missing, sink);
        next += missing;
        drain(atMicros, sink);
    }

    /** Waits no longer for what is missing now. */
    void passGap(long atMicros, Consumer<TransportMessage> out) {
        passGap(atMicros, sink(lastMicros, out));
    }

    /** Nothing more comes. */
    void end(Consumer<TransportMessage> out) {
        end(sink(lastMicros, out));
    }

    private void end(Framing.Sink sink) {
        while (hasGap()) {
            passGap(lastMicros, sink);
        }
        if (!hasEnded) {
            content.end(sink);
            hasEnded = true;
        }
    }

    Direction direction() {
        return direction;
    }

    long lastMicros() {
        return lastMicros;
    }

    /** True if something would be lost with it. */
    boolean isWaiting() {
        return hasGap() || content.isWaiting();
    }

    int bytesHeld() {
        return OVERHEAD + octetsHeld + content.bytesHeld();
    }
}
