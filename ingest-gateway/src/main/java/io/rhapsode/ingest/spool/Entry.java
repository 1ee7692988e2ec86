/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A packet on its way to Kafka, and what the account needs to know of it. On disk, all big-endian: length of the body
 * and its CRC-32C (4 bytes each), then the body: time of receipt (8), length of the datagram (4), capture node (length
 * of 2, UTF-8), key (length of 4, -1 for none), value (the rest).
 *
 * @param key null for none
 * @param value a RawPacket
 * @param receivedAtMicros microseconds since 1970-01-01 UTC
 * @param length bytes of the datagram, as the account counts them
 */
record Entry(byte[] key, byte[] value, String node, long receivedAtMicros, int length) {

    static final int HEADER = 8;

    /** Larger than any record Kafka takes by default (1 MB). */
    static final int LARGEST = 2 << 20;

    private static final int FIXED = 8 + 4 + 2 + 4;

    /** What it takes in memory, about. */
    int weight() {
        return value.length + (key == null ? 0 : key.length) + 150;
    }

    /** Bytes on disk at most: a UTF-16 unit makes three bytes of UTF-8. */
    int room() {
        return HEADER + FIXED + 3 * node.length() + (key == null ? 0 : key.length) + value.length;
    }

    /** Needs {@link #room()}. */
    void write(ByteBuffer out) {
        int start = out.position();
        byte[] name = node.getBytes(StandardCharsets.UTF_8);
        out.position(start + HEADER);
        out.putLong(receivedAtMicros).putInt(length).putShort((short) name.length);
        out.put(name).putInt(key == null ? -1 : key.length);
        if (key != null) {
            out.put(key);
        }
        out.put(value);
        int body = out.position() - start - HEADER;
        out.putInt(start, body);
        out.putInt(start + 4, crc(out, start + HEADER, body));
    }

    /**
     * Bytes the entry at the buffer's position takes, as its first four bytes have it.
     *
     * @return -1 if no entry is that long
     */
    static int size(ByteBuffer in) {
        int body = in.getInt(in.position());
        return body < FIXED || body > LARGEST ? -1 : HEADER + body;
    }

    /**
     * Reads the entry at the buffer's position, which is there as a whole, and moves behind it.
     *
     * @param size as {@link #size} gave it
     * @return null if it is damaged; then the position stays
     */
    static Entry read(ByteBuffer in, int size) {
        int start = in.position();
        if (in.getInt(start + 4) != crc(in, start + HEADER, size - HEADER)) {
            return null;
        }
        ByteBuffer body = in.slice(start + HEADER, size - HEADER);
        long receivedAt = body.getLong();
        int length = body.getInt();
        byte[] name = bytes(body, Short.toUnsignedInt(body.getShort()));
        int keyLength = body.getInt();
        byte[] key = keyLength < 0 ? null : bytes(body, keyLength);
        byte[] value = bytes(body, body.remaining());
        in.position(start + size);
        return new Entry(key, value, new String(name, StandardCharsets.UTF_8), receivedAt, length);
    }

    // The checksum holds, so the lengths are those that were written.
    private static byte[] bytes(ByteBuffer in, int length) {
        var bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int crc(ByteBuffer bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes.slice(offset, length));
        return (int) crc.getValue();
    }
}
