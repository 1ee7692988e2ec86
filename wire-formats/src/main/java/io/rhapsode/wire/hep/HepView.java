/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A HEP packet of any version, read where it lies: a view knows the places of the fields in the sender's bytes and makes
 * no object. One view reads packet after packet; it belongs to one thread, and what it says holds until the next packet
 * or until the bytes change. {@link #packet()} makes a value of it.
 *
 * <p>Fields go by the number of their {@link ChunkType}, in versions 1 and 2 too. Of a chunk that comes twice the last
 * counts. A chunk that has no field, or does not fit it, is among {@link #others()}, as it came.
 */
public final class HepView {

    private static final int ABSENT = -1;
    private static final int FIELDS = ChunkType.NODE_NAME + 1;
    private static final int OTHER = 4;

    private final int[] offsets = new int[FIELDS];
    private final int[] lengths = new int[FIELDS];
    private int[] others = new int[8 * OTHER];
    private int othersCount;
    private byte[] scratch = new byte[256];

    int version;
    byte[] bytes;
    long capturedAtMicros;
    long agentId;
    private byte[] payload;
    private int payloadOffset;
    private int payloadLength;

    /**
     * Reads one packet that fills the given bytes. A compressed payload is unpacked, and SIP that OpenSIPS wraps in JSON
     * ({"payload": ...}) is unwrapped, into an array of its own; otherwise nothing is copied.
     *
     * @throws MalformedPacket not-hep, hep-truncated, hep-bad-length, hep-bad-chunk, hep-unknown-family or
     *     hep-payload-too-long
     */
    public void read(byte[] from, int offset, int length) throws MalformedPacket {
        clear(from);
        if (length == 0) {
            throw new MalformedPacket("not-hep");
        }
        switch (from[offset]) {
            case 1, 2 -> FixedHeader.read(this, offset, length);
            case 'H', 'E' -> {
                ChunkReader.read(this, offset, length);
                capturedAtMicros = chunkTime();
                agentId = chunkAgentId();
            }
            default -> throw new MalformedPacket("not-hep");
        }
        findPayload();
    }

    private void clear(byte[] from) {
        bytes = from;
        Arrays.fill(lengths, ABSENT);
        othersCount = 0;
        capturedAtMicros = ABSENT;
        agentId = ABSENT;
    }

    private void findPayload() throws MalformedPacket {
        boolean plain = lengths[ChunkType.PAYLOAD] >= 0;
        payload = bytes;
        payloadOffset = plain ? offsets[ChunkType.PAYLOAD] : 0;
        payloadLength = plain ? lengths[ChunkType.PAYLOAD] : 0;
        if (!plain && lengths[ChunkType.COMPRESSED_PAYLOAD] >= 0) {
            replacePayload(Inflated.of(copy(ChunkType.COMPRESSED_PAYLOAD)));
        }
        if (payloadLength > 0 && payload[payloadOffset] == '{' && isSip()) {
            byte[] unwrapped = WrappedSip.unwrap(payload, payloadOffset, payloadLength);
            if (unwrapped != null) {
                replacePayload(unwrapped);
            }
        }
    }

    private void replacePayload(byte[] by) {
        payload = by;
        payloadOffset = 0;
        payloadLength = by.length;
    }

    private boolean isSip() {
        int type = protocolType();
        return type == HepPacket.SIP || type == ABSENT;
    }

    void place(int field, int offset, int length) {
        offsets[field] = offset;
        lengths[field] = length;
    }

    void placeOther(int vendor, int type, int offset, int length) {
        int at = othersCount++ * OTHER;
        if (at == others.length) {
            others = Arrays.copyOf(others, 2 * at);
        }
        others[at] = vendor;
        others[at + 1] = type;
        others[at + 2] = offset;
        others[at + 3] = length;
    }

    // Microseconds of a second and more have been seen: they carry over.
    private long chunkTime() {
        long seconds = number(ChunkType.SECONDS);
        return seconds < 0 ? ABSENT : seconds * 1_000_000 + Math.max(0, number(ChunkType.MICROSECONDS));
    }

    // sngrep and sipgrep put the 16 bits of their id in the upper half: 2002 arrives as 07 d2 00 00.
    private long chunkAgentId() {
        long id = number(ChunkType.AGENT_ID);
        return id > 0 && (id & 0xffff) == 0 ? id >> 16 : id;
    }

    /** Lays the view over a value, as if its bytes had come from the network. */
    public void take(HepPacket packet) {
        clear(scratch);
        version = packet.version();
        capturedAtMicros = packet.capturedAtMicros();
        agentId = packet.agentId();
        int at = keepNumber(ChunkType.IP_PROTOCOL, packet.ipProtocol(), 0);
        at = keepNumber(ChunkType.SOURCE_PORT, packet.sourcePort(), at);
        at = keepNumber(ChunkType.DESTINATION_PORT, packet.destinationPort(), at);
        at = keepNumber(ChunkType.PROTOCOL_TYPE, packet.protocolType(), at);
        at = keepNumber(ChunkType.VLAN, packet.vlan(), at);
        at = keep(ChunkType.IPV4_SOURCE, packet.sourceAddress(), at);
        at = keep(ChunkType.IPV4_DESTINATION, packet.destinationAddress(), at);
        at = keep(ChunkType.NODE_NAME, utf8(packet.nodeName()), at);
        at = keep(ChunkType.CORRELATION_ID, utf8(packet.correlationId()), at);
        at = keep(ChunkType.AUTH_KEY, packet.authKey(), at);
        for (Chunk other : packet.otherChunks()) {
            placeOther(other.vendor(), other.type(), at, other.bytes().length);
            at = append(other.bytes(), at);
        }
        payload = packet.bytes();
        payloadOffset = packet.payloadOffset();
        payloadLength = packet.payloadLength();
    }

    private int keepNumber(int field, long number, int at) {
        if (number < 0) {
            return at;
        }
        BigEndian.write(scratch, at, Integer.BYTES, number);
        place(field, at, Integer.BYTES);
        return at + Integer.BYTES;
    }

    private int keep(int field, byte[] value, int at) {
        if (value == null) {
            return at;
        }
        place(field, at, value.length);
        return append(value, at);
    }

    private int append(byte[] value, int at) {
        int end = at + value.length;
        if (end > scratch.length) {
            scratch = Arrays.copyOf(scratch, 2 * end);
            bytes = scratch;
        }
        System.arraycopy(value, 0, scratch, at, value.length);
        return end;
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    /** Of HEP: 1, 2 or 3. */
    public int version() {
        return version;
    }

    /** The array that all fields but the payload lie in. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where a field begins; source and destination go by the numbers of IPv4 in both families. */
    public int offset(int field) {
        return offsets[field];
    }

    /** Bytes of a field, -1 if it is absent. An address has 4 or 16: one of IPv4 mapped into IPv6 has 4. */
    public int length(int field) {
        return lengths[field];
    }

    /** A field that is a number, -1 if it is absent. */
    public long number(int field) {
        return lengths[field] < 0 ? ABSENT : BigEndian.read(bytes, offsets[field], lengths[field]);
    }

    /** As {@link HepPacket#protocolType()}. */
    public int protocolType() {
        return version < 3 ? HepPacket.SIP : (int) number(ChunkType.PROTOCOL_TYPE);
    }

    /** Microseconds since 1970-01-01 UTC, as the agent says; -1 if it does not. */
    public long capturedAtMicros() {
        return capturedAtMicros;
    }

    /** Number of the capture agent, -1 if it has none. */
    public long agentId() {
        return agentId;
    }

    /** The array the payload lies in. */
    public byte[] payload() {
        return payload;
    }

    public int payloadOffset() {
        return payloadOffset;
    }

    /** 0 if there is none. */
    public int payloadLength() {
        return payloadLength;
    }

    /** How many chunks there are besides the fields, in the order of the packet. */
    public int others() {
        return othersCount;
    }

    public int otherVendor(int index) {
        return others[index * OTHER];
    }

    public int otherType(int index) {
        return others[index * OTHER + 1];
    }

    /** Where the chunk's value begins in {@link #bytes()}. */
    public int otherOffset(int index) {
        return others[index * OTHER + 2];
    }

    public int otherLength(int index) {
        return others[index * OTHER + 3];
    }

    /** A value with everything the view shows; its payload stays in the array it lies in. */
    public HepPacket packet() {
        return new HepPacket(
                version,
                (int) number(ChunkType.IP_PROTOCOL),
                copy(ChunkType.IPV4_SOURCE),
                copy(ChunkType.IPV4_DESTINATION),
                (int) number(ChunkType.SOURCE_PORT),
                (int) number(ChunkType.DESTINATION_PORT),
                capturedAtMicros,
                protocolType(),
                agentId,
                text(ChunkType.NODE_NAME),
                text(ChunkType.CORRELATION_ID),
                (int) number(ChunkType.VLAN),
                copy(ChunkType.AUTH_KEY),
                payload,
                payloadOffset,
                payloadLength,
                otherChunks());
    }

    /** A copy of a field's bytes, null if it is absent. */
    public byte[] copy(int field) {
        int from = offsets[field];
        return lengths[field] < 0 ? null : Arrays.copyOfRange(bytes, from, from + lengths[field]);
    }

    /** A field as text, null if it is absent; what is not UTF-8 becomes U+FFFD. */
    public String text(int field) {
        return lengths[field] < 0 ? null : new String(bytes, offsets[field], lengths[field], UTF_8);
    }

    private List<Chunk> otherChunks() {
        if (othersCount == 0) {
            return List.of();
        }
        var chunks = new ArrayList<Chunk>(othersCount);
        for (int i = 0; i < othersCount; i++) {
            int from = otherOffset(i);
            byte[] value = Arrays.copyOfRange(bytes, from, from + otherLength(i));
            chunks.add(new Chunk(otherVendor(i), otherType(i), value));
        }
        return List.copyOf(chunks);
    }
}
