/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import java.io.IOException;

/** The classic format: a header of 24 bytes, and 16 bytes before each packet. */
final class PcapFormat implements CaptureFile.Format {

    static final int MICROS = 0xa1b2c3d4;
    static final int NANOS = 0xa1b23c4d;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final FileBytes in;
    private final int nanosPerTick;
    private final int linkType;

    /** @param in stands behind the magic number, in the byte order that the magic number showed */
    PcapFormat(FileBytes in, int nanosPerTick) throws IOException {
        this.in = in;
        this.nanosPerTick = nanosPerTick;
        in.skip(16); // version, time zone, accuracy, snap length: nobody fills the middle two, and the last binds
        // nobody
        this.linkType = (int) in.u32() & 0xffff; // above it stands the length of the frame check sequence
    }

    @Override
    public CaptureRecord next() throws IOException {
        if (in.atEnd()) {
            return null;
        }
        long seconds = in.u32();
        long ticks = in.u32();
        int captured = CaptureFile.packetLength(in.u32());
        int original = (int) Math.min(Integer.MAX_VALUE, in.u32());
        return new CaptureRecord(
                seconds * NANOS_PER_SECOND + ticks * nanosPerTick, linkType, in.bytes(captured), original);
    }
}
