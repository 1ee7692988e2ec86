/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

/**
 * What a pcapng file says of an interface.
 *
 * @param snapLength where packets were cut, unsigned
 * @param resolution of its clock: a second has 10 to this power of ticks, or 2 to the lower seven bits' power if the
 *     eighth is set
 * @param offsetSeconds to add to its times
 */
record PcapngInterface(int linkType, long snapLength, int resolution, long offsetSeconds) {

    /** Options (if_tsresol, if_tsoffset). */
    static final int RESOLUTION = 9;

    static final int OFFSET = 14;

    private static final int MICROSECONDS = 6;
    private static final int POWER_OF_TWO = 0x80;
    private static final long NANOS = 1_000_000_000;

    PcapngInterface(int linkType, long snapLength) {
        this(linkType, snapLength == 0 ? Long.MAX_VALUE : snapLength, MICROSECONDS, 0);
    }

    PcapngInterface withResolution(int resolution) {
        return new PcapngInterface(linkType, snapLength, resolution, offsetSeconds);
    }

    PcapngInterface withOffset(long seconds) {
        return new PcapngInterface(linkType, snapLength, resolution, seconds);
    }

    /** Nanoseconds since 1970, or -1 if they do not fit into 63 bits. */
    long nanos(long ticks) {
        boolean isBinary = (resolution & POWER_OF_TWO) != 0;
        int exponent = resolution & ~POWER_OF_TWO;
        return isBinary ? binary(ticks, exponent) : decimal(ticks, exponent);
    }

    private long decimal(long ticks, int exponent) {
        // A tick finer than a nanosecond is cut off, one finer than 10^-18 makes no time at all of 64 bits.
        if (exponent > 18) {
            return -1;
        }
        long perSecond = power(exponent);
        long rest = Long.remainderUnsigned(ticks, perSecond);
        return sum(
                Long.divideUnsigned(ticks, perSecond),
                exponent > 9 ? rest / power(exponent - 9) : rest * power(9 - exponent));
    }

    private long binary(long ticks, int exponent) {
        if (exponent > 63) {
            return -1;
        }
        long rest = ticks & (1L << exponent) - 1;
        // 30 bits of the fraction are as fine as a nanosecond; more would overflow.
        int fine = Math.min(exponent, 30);
        return sum(ticks >>> exponent, (rest >>> exponent - fine) * NANOS >>> fine);
    }

    private long sum(long seconds, long nanos) {
        boolean fits = seconds >= 0 && seconds <= Long.MAX_VALUE / NANOS - 1;
        long at = seconds + offsetSeconds;
        return fits && at >= 0 && at <= Long.MAX_VALUE / NANOS - 1 ? at * NANOS + nanos : -1;
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
