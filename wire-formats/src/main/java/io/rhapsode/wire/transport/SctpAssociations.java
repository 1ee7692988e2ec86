/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDatagram;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** SIP over SCTP (RFC 4168): the DATA chunks (RFC 9260 3.3.1) of each packet, and the associations they belong to. */
final class SctpAssociations {

    static final long IDLE_MICROS = 30_000_000;
    static final int MOST_ASSOCIATIONS = 16_384;
    static final int MOST_BYTES = 4 << 20;

    private static final int COMMON_HEADER = 12;
    private static final int CHUNK_HEADER = 4;
    private static final int DATA_HEADER = 16;
    private static final int DATA = 0;
    private static final int I_DATA = 64;

    private final Map<Key, SctpAssociation> associations = new LinkedHashMap<>(16, 0.75f, true);
    private final Tally tally;
    private long bytesHeld;

    /** One direction of an association. Its addresses may change (RFC 9260 6.4), its verification tag does not. */
    private record Key(int sourcePort, int destinationPort, int tag, int vlan, long tunnel) {}

    SctpAssociations(Tally tally) {
        this.tally = tally;
    }

    /**
     * What became of the packet; null if it gave messages.
     *
     * @throws MalformedPacket sctp-bad-chunk; the chunks before it have been taken
     */
    Leftover take(IpDatagram datagram, long atMicros, Consumer<TransportMessage> out) throws MalformedPacket {
        byte[] bytes = datagram.bytes();
        int at = datagram.payloadOffset() + COMMON_HEADER;
        int end = datagram.payloadOffset() + datagram.payloadLength();
        boolean gave = false;
        var leftover = Leftover.NO_DATA;
        while (at + CHUNK_HEADER <= end) {
            int type = bytes[at] & 0xff;
            int length = (int) BigEndian.read(bytes, at + 2, 2);
            boolean isCut = length > end - at;
            if (length < CHUNK_HEADER || type == DATA && length < DATA_HEADER || isCut && datagram.cutOff() == 0) {
                throw new MalformedPacket("sctp-bad-chunk");
            }
            if (type == DATA && end - at >= DATA_HEADER) {
                var became = data(datagram, at, Math.min(end, at + length), isCut, atMicros, out);
                gave |= became == null;
                leftover = became;
            } else if (type == I_DATA) {
                leftover = Leftover.SCTP_OTHER;
            }
            at = isCut ? end : at + (length + 3 & ~3);
        }
        return gave ? null : leftover;
    }

    private Leftover data(
            IpDatagram datagram, int at, int end, boolean isCut, long atMicros, Consumer<TransportMessage> out) {
        var chunk = SctpData.of(datagram.bytes(), at, end, isCut);
        if (!chunk.mayBeSip()) {
            return Leftover.SCTP_OTHER;
        }
        var association = association(datagram, atMicros);
        if (!association.isNew(chunk.tsn())) {
            return Leftover.REPEATED;
        }
        byte[] message = datagram.bytes();
        int offset = chunk.offset();
        int length = chunk.length();
        if (!chunk.isWhole()) {
            message = joined(association, chunk);
            if (message == null) {
                return Leftover.SEGMENT;
            }
            offset = 0;
            length = message.length;
        }
        out.accept(Direction.of(datagram).message(Transport.SCTP, atMicros, message, offset, length));
        return null;
    }

    private SctpAssociation association(IpDatagram datagram, long atMicros) {
        var key = new Key(
                datagram.sourcePort(),
                datagram.destinationPort(),
                (int) BigEndian.read(datagram.bytes(), datagram.payloadOffset() + 4, 4),
                datagram.vlan(),
                datagram.tunnel());
        var association = associations.get(key);
        if (association == null) {
            association = new SctpAssociation(tally);
            bytesHeld += association.bytesHeld();
            associations.put(key, association);
            forgetTheEldest();
        }
        association.lastMicros(atMicros);
        return association;
    }

    private byte[] joined(SctpAssociation association, SctpData chunk) {
        bytesHeld -= association.bytesHeld();
        byte[] message = association.join(chunk);
        bytesHeld += association.bytesHeld();
        forgetTheEldest();
        return message;
    }

    private void forgetTheEldest() {
        while (associations.size() > MOST_ASSOCIATIONS || bytesHeld > MOST_BYTES) {
            forget(associations.values().iterator().next());
        }
    }

    private void forget(SctpAssociation eldest) {
        var all = associations.values().iterator();
        all.next();
        all.remove();
        bytesHeld -= eldest.bytesHeld();
        eldest.end();
    }

    void passTime(long atMicros) {
        while (!associations.isEmpty()) {
            var eldest = associations.values().iterator().next();
            if (Math.abs(atMicros - eldest.lastMicros()) <= IDLE_MICROS) {
                return;
            }
            forget(eldest);
        }
    }

    void end() {
        while (!associations.isEmpty()) {
            forget(associations.values().iterator().next());
        }
    }

    long bytesHeld() {
        return bytesHeld;
    }
}
