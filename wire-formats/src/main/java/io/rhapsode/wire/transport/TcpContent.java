/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** The octets of one TCP direction, in their order, on their way to being messages. */
final class TcpContent {

    private final ByteQueue waiting = new ByteQueue();
    private Framing framing;

    /** @param fromStart true if the stream is seen from its first octet on */
    TcpContent(Tally tally, boolean fromStart) {
        framing = new TextFraming(tally, fromStart);
    }

    void take(byte[] bytes, int from, int to, Framing.Sink sink) {
        if (waiting.isEmpty()) {
            waiting.add(bytes, cut(bytes, from, to, sink), to);
        } else {
            waiting.add(bytes, from, to);
            waiting.drop(cut(waiting.array(), waiting.from(), waiting.to(), sink));
        }
    }

    private int cut(byte[] bytes, int from, int to, Framing.Sink sink) {
        int at = framing.take(bytes, from, to, sink);
        while (framing.next() != framing) {
            follow();
            at = framing.take(bytes, at, to, sink);
        }
        return at;
    }

    private void follow() {
        var before = framing;
        framing = before.next();
        before.close();
    }

    /** Octets are missing for good. */
    void gap(int missing, Framing.Sink sink) {
        framing.gap(waiting.array(), waiting.from(), waiting.to(), missing, sink);
        waiting.clear();
        if (framing.next() != framing) {
            follow();
        }
    }

    void end(Framing.Sink sink) {
        gap(Integer.MAX_VALUE, sink);
        framing.close();
    }

    /** True if a part of a message is here. */
    boolean isWaiting() {
        return !waiting.isEmpty() || framing.leftover() == Leftover.SEGMENT;
    }

    /** True if octets out of their order are of no use. */
    boolean isOrdered() {
        return isWaiting() || framing.isInStep();
    }

    /** What the last octets were if they gave nothing. */
    Leftover leftover() {
        return waiting.isEmpty() ? framing.leftover() : Leftover.SEGMENT;
    }

    int bytesHeld() {
        return waiting.capacity() + framing.bytesHeld();
    }
}
