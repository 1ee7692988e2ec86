/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.rtcp.StreamQuality.Direction;

/** What HEP3 tells of quality by itself, beside the payload: chunks 0x0020 (MOS), 0x0021 (R factor) and 0x0023 (jitter). */
public final class HepQuality {

    /** Of ITU-T P.800. */
    private static final double WORST_SCORE = 1;

    private static final double BEST_SCORE = 5;

    /** Narrowband ends at 100 (ITU-T G.107), wideband not far above this (G.107.1). */
    private static final double BEST_RATING = 120;

    /** No buffer evens out more than a few seconds; above a minute the number is none, or of another unit. */
    private static final double MOST_JITTER_MS = 60_000;

    private HepQuality() {}

    /**
     * The stream they speak of, with no values where none of them can be believed. 0 is never believed: it is what agents
     * send that have the chunk and no measurement. Where a rating and no score is told, the score is computed.
     *
     * @param mosTimes100 mean opinion score times 100, as the chunk has it
     * @param jitterMs milliseconds
     */
    public static StreamQuality of(long mosTimes100, long rFactor, long jitterMs) {
        var stream = new StreamQuality(Direction.UNKNOWN)
                .put(Metric.MOS, between(WORST_SCORE, mosTimes100 / 100.0, BEST_SCORE))
                .put(Metric.R_FACTOR, between(1, rFactor, BEST_RATING))
                .put(Metric.JITTER_MS, between(1, jitterMs, MOST_JITTER_MS));
        return stream.has(Metric.R_FACTOR)
                ? stream.putComputed(Metric.MOS, EModel.mos(stream.get(Metric.R_FACTOR)))
                : stream;
    }

    private static double between(double least, double value, double most) {
        return value >= least && value <= most ? value : Double.NaN;
    }
}
