/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fragments that wait for the rest of their datagram. Bounded in time and memory: who waits longest goes first. A
 * fragment that comes twice, as mirrors send them, does no harm; fragments that contradict each other end their datagram
 * (RFC 5722 asks for it in IPv6; in IPv4 it is an attack, or an identification used again too soon).
 */
final class FragmentTable {

    /** As long as Linux waits (ipfrag_time). */
    static final long PATIENCE_MICROS = 30_000_000;

    static final int MOST_BYTES = 16 << 20;

    private static final int LONGEST_DATAGRAM = 0xffff;

    private final Map<Key, PartialDatagram> waiting = new LinkedHashMap<>();
    private int bytesHeld;
    private long givenUp;

    /** What the fragments of one datagram have in common (RFC 791 3.2, RFC 8200 4.5), on one VLAN in one tunnel. */
    record Key(ByteBuffer source, ByteBuffer destination, int protocol, int id, int vlan, long tunnel) {}

    static Key key(byte[] source, byte[] destination, int protocol, int id, int vlan, long tunnel) {
        return new Key(ByteBuffer.wrap(source), ByteBuffer.wrap(destination), protocol, id, vlan, tunnel);
    }

    /**
     * Takes what remains of the packet as a fragment.
     *
     * @return the whole datagram if nothing is missing any more, else null
     * @throws MalformedPacket ip-bad-fragment or ip-fragments-overlap
     */
    byte[] add(Key key, long atMicros, int offset, boolean more, Cursor packet) throws MalformedPacket {
        int length = packet.remaining();
        boolean endsUneven = more && length % PartialDatagram.UNIT != 0;
        if (length == 0 || endsUneven || offset + length > LONGEST_DATAGRAM) {
            throw new MalformedPacket("ip-bad-fragment");
        }
        giveUpTheLate(atMicros);
        var partial = waiting.get(key);
        if (partial == null) {
            partial = new PartialDatagram(atMicros);
            waiting.put(key, partial);
        } else {
            bytesHeld -= partial.bytesHeld();
        }
        boolean fits = partial.add(offset, more, packet);
        bytesHeld += partial.bytesHeld();
        if (!fits) {
            remove(key);
            throw new MalformedPacket("ip-fragments-overlap");
        }
        if (partial.isWhole()) {
            remove(key);
            return partial.whole();
        }
        giveUpTheOldest();
        return null;
    }

    /** Datagrams that nobody will ever see whole. */
    long givenUp() {
        return givenUp;
    }

    int bytesHeld() {
        return bytesHeld;
    }

    void giveUpAll() {
        givenUp += waiting.size();
        waiting.clear();
        bytesHeld = 0;
    }

    // The clock of a capture may also jump back.
    private void giveUpTheLate(long atMicros) {
        var partials = waiting.values().iterator();
        while (partials.hasNext()) {
            var partial = partials.next();
            if (Math.abs(atMicros - partial.sinceMicros()) <= PATIENCE_MICROS) {
                return;
            }
            partials.remove();
            giveUp(partial);
        }
    }

    private void giveUpTheOldest() {
        var partials = waiting.values().iterator();
        while (bytesHeld > MOST_BYTES) {
            var oldest = partials.next();
            partials.remove();
            giveUp(oldest);
        }
    }

    private void giveUp(PartialDatagram partial) {
        bytesHeld -= partial.bytesHeld();
        givenUp++;
    }

    private void remove(Key key) {
        bytesHeld -= waiting.remove(key).bytesHeld();
    }
}
