/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.util.function.ToDoubleFunction;

/**
 * The E-model (ITU-T G.107) with its default values for all but delay, codec and packet loss: how good a connection
 * sounds, as a rating R of 0 to 100 and a mean opinion score of 1 to 4.5.
 */
public final class EModel {

    /** Basic signal-to-noise ratio less simultaneous impairments, Ro - Is, of the default values. */
    private static final double UNIMPAIRED = 94.7688 - 1.4136;

    private static final double LISTENER_ECHO = 94.7688;

    /** Milliseconds of voice in a packet, which wait for it to be full. */
    private static final double PACKET_MS = 20;

    private EModel() {}

    /**
     * The rating.
     *
     * @param delayMs one way, mouth to ear
     * @param lossPercent of packets, lost at random
     */
    public static double rating(double delayMs, double lossPercent, Codec codec) {
        double impairment =
                codec.impairment() + (95 - codec.impairment()) * lossPercent / (lossPercent + codec.robustness());
        return Math.max(0, UNIMPAIRED - delayImpairment(Math.max(0, delayMs)) - impairment);
    }

    /** The opinion score of a rating (G.107 annex B). */
    public static double mos(double rating) {
        if (rating >= 100) {
            return 4.5;
        }
        double mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
        // The formula falls below 1 for ratings under 6.5.
        return Math.max(1, mos);
    }

    /** Id (G.107 section 7.4) for a default echo path: talker echo, listener echo, and the delay as such. */
    private static double delayImpairment(double ms) {
        double echoLoss = 65 - 40 * Math.log10((1 + ms / 10) / (1 + ms / 150)) + 6 * Math.exp(-0.3 * ms * ms);
        double talker = root(LISTENER_ECHO - (80 + 2.5 * (echoLoss - 14)), 100) - 1;
        double listener = root(LISTENER_ECHO - 10.5 * 117 * Math.pow(2 * ms + 1, -0.25), 169);
        double absolute = 0;
        if (ms > 100) {
            double x = Math.log(ms / 100) / Math.log(2);
            absolute = 25 * (Math.pow(1 + Math.pow(x, 6), 1 / 6.0) - 3 * Math.pow(1 + Math.pow(x / 3, 6), 1 / 6.0) + 2);
        }
        return talker * (1 - Math.exp(-ms)) + listener + absolute;
    }

    private static double root(double difference, double add) {
        return difference / 2 + Math.sqrt(difference * difference / 4 + add);
    }

    /**
     * Adds what follows from what was reported: loss in percent, the opinion score of a reported rating, and both of
     * them where neither was reported and loss or jitter of a received stream is known. Delay is half the round trip
     * where it is known, a packet's time, and the jitter buffer: as reported, or two times the jitter. A codec that is
     * known, but has no published values, gets no rating.
     */
    public static void complete(StreamQuality stream) {
        double packets = stream.get(Metric.PACKETS);
        double lost = stream.get(Metric.PACKETS_LOST);
        if (stream.direction() != Direction.SENT && packets + lost > 0 && lost >= 0) {
            stream.putComputed(Metric.LOSS_PERCENT, 100 * lost / (packets + lost));
        }
        if (stream.has(Metric.R_FACTOR)) {
            stream.putComputed(Metric.MOS, mos(stream.get(Metric.R_FACTOR)));
        } else if (!stream.has(Metric.MOS) && stream.direction() != Direction.SENT) {
            rate(stream);
        }
    }

    /**
     * The rating as {@link #complete} computes it, for a codec that is rated.
     *
     * @param reported the value of a metric, NaN if it is not known
     */
    public static double rating(ToDoubleFunction<Metric> reported, Codec codec) {
        double jitter = orElse(reported.applyAsDouble(Metric.JITTER_MS), 0);
        double buffer = orElse(reported.applyAsDouble(Metric.END_SYSTEM_DELAY_MS), 2 * jitter);
        double delay = orElse(reported.applyAsDouble(Metric.ROUND_TRIP_MS), 0) / 2 + PACKET_MS + buffer;
        double loss = orElse(reported.applyAsDouble(Metric.LOSS_PERCENT), 0)
                + orElse(reported.applyAsDouble(Metric.DISCARD_PERCENT), 0);
        return rating(delay, Math.min(100, loss), codec);
    }

    private static void rate(StreamQuality stream) {
        boolean assumed = stream.codec().name().isEmpty();
        boolean known = stream.has(Metric.LOSS_PERCENT) || stream.has(Metric.JITTER_MS);
        if (!known
                || stream.get(Metric.PACKETS) == 0
                || !assumed && !stream.codec().isRated()) {
            return;
        }
        double rating = rating(stream::get, assumed ? Codec.G711 : stream.codec());
        stream.putComputed(Metric.R_FACTOR, rating).putComputed(Metric.MOS, mos(rating));
        if (assumed) {
            stream.assumeCodec();
        }
    }

    private static double orElse(double value, double other) {
        return Double.isNaN(value) ? other : value;
    }
}
