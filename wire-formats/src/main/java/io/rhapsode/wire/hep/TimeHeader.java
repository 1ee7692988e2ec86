/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.Cursor;
import io.rhapsode.wire.MalformedPacket;

/**
 * What HEP 2 adds to HEP 1, in the byte order of the sender's processor: little-endian, but for few.
 *
 * @param capturedAtMicros microseconds since 1970
 * @param agentId 16 bits
 */
record TimeHeader(long capturedAtMicros, long agentId) {

    private static final long MICROS = 1_000_000;

    /** 1996-01-01 (before it there was no SIP) and 2100-01-01, in seconds since 1970. */
    private static final long EARLIEST = 820_454_400;

    private static final long LATEST = 4_102_444_800L;

    static TimeHeader read(Cursor packet) throws MalformedPacket {
        byte[] header = packet.bytes(10);
        var bigEndian =
                new Fields(BigEndian.read(header, 0, 4), BigEndian.read(header, 4, 4), BigEndian.read(header, 8, 2));
        var littleEndian = bigEndian.swapped();
        var fields = bigEndian.isPlausible() && !littleEndian.isPlausible() ? bigEndian : littleEndian;
        return new TimeHeader(fields.seconds * MICROS + fields.micros, fields.agentId);
    }

    void into(HepView view) {
        view.capturedAtMicros = capturedAtMicros;
        view.agentId = agentId;
    }

    private record Fields(long seconds, long micros, long agentId) {

        // Of the two, the microseconds tell more: in the wrong order they hardly ever stay below a second.
        boolean isPlausible() {
            return micros < MICROS && seconds >= EARLIEST && seconds < LATEST;
        }

        Fields swapped() {
            return new Fields(
                    Integer.toUnsignedLong(Integer.reverseBytes((int) seconds)),
                    Integer.toUnsignedLong(Integer.reverseBytes((int) micros)),
                    Short.toUnsignedLong(Short.reverseBytes((short) agentId)));
        }
    }
}
