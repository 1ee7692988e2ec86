/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.MediaQuality;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Quality;
import io.rhapsode.wire.rtcp.Codec;
import io.rhapsode.wire.rtcp.EModel;
import io.rhapsode.wire.rtcp.Metric;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What media reports say of one open call, whatever the order they come in. Pure. RTCP does not name its codec, the call's
 * answer does, and may be seen later: scores that depend on it are kept for each codec that the E-model knows, and the
 * record has those of the call's.
 */
final class CallQuality {

    /** Of ITU-T P.800; what is outside of it is no score. */
    private static final double BEST_SCORE = 5;

    private static final double WORST_SCORE = 1;

    /** A day in milliseconds: what senders tell above it is nonsense. */
    private static final double MOST = 86_400_000;

    /** One of each kind that the E-model has values for. What nobody names is taken for the first. */
    private static final List<Codec> RATED = Stream.of("PCMU", "G729", "G723", "GSM-EFR", "iLBC")
            .map(Codec::named)
            .toList();

    /** Formats that are in an answer beside the codec: tones, silence, redundancy (RFC 4733, RFC 3389, RFC 2198). */
    private static final Set<String> NO_CODECS = Set.of("telephone-event", "cn", "red", "rtx", "ulpfec", "flexfec");

    private CallQuality() {}

    static OpenCall add(OpenCall call, MediaReport report) {
        var quality = call.getQuality().toBuilder();
        quality.setReports(quality.getReports() + 1);
        report.getStreamsList().forEach(stream -> add(quality, stream));
        return call.toBuilder()
                .setQuality(quality)
                .setRevision(call.getRevision() + 1)
                .build();
    }

    private static void add(Quality.Builder quality, MediaStream stream) {
        if (stream.hasMos() && stream.getMos() >= WORST_SCORE && stream.getMos() <= BEST_SCORE) {
            addScore(quality, stream);
        }
        if (isUsable(stream.hasLossPercent(), stream.getLossPercent())) {
            quality.setLoss(Math.max(quality.getLoss(), thousandths(stream.getLossPercent())));
        }
        double jitter = Math.max(stream.getJitterMs(), stream.getJitterMaxMs());
        if (isUsable(stream.hasJitterMs() || stream.hasJitterMaxMs(), jitter)) {
            if (stream.getAssumedList().contains("clock_rate")) {
                quality.setAssumedJitter(Math.max(quality.getAssumedJitter(), thousandths(jitter)));
            } else {
                quality.setJitter(Math.max(quality.getJitter(), thousandths(jitter)));
            }
        }
        if (isUsable(stream.hasRoundTripMs(), stream.getRoundTripMs())) {
            quality.setRoundTrip(Math.max(quality.getRoundTrip(), thousandths(stream.getRoundTripMs())));
        }
    }

    private static void addScore(Quality.Builder quality, MediaStream stream) {
        if (!stream.getAssumedList().contains("codec")) {
            int score = thousandths(stream.getMos());
            addScores(quality, 1, score, score, stream.getComputedList().contains("mos"));
            return;
        }
        boolean first = quality.getAssumedScores() == 0;
        for (int i = 0; i < RATED.size(); i++) {
            double rating = EModel.rating(metric -> reported(stream, metric), RATED.get(i));
            int score = thousandths(EModel.mos(rating));
            if (first) {
                quality.addAssumedSums(score).addAssumedLowest(score);
            } else {
                quality.setAssumedSums(i, quality.getAssumedSums(i) + score);
                quality.setAssumedLowest(i, Math.min(quality.getAssumedLowest(i), score));
            }
        }
        quality.setAssumedScores(quality.getAssumedScores() + 1);
    }

    /** What the E-model asks for; NaN where it was not told, or cannot be. */
    private static double reported(MediaStream stream, Metric metric) {
        double value =
                switch (metric) {
                    case LOSS_PERCENT -> stream.getLossPercent();
                    case DISCARD_PERCENT -> stream.getDiscardPercent();
                    case JITTER_MS -> stream.getJitterMs();
                    case ROUND_TRIP_MS -> stream.getRoundTripMs();
                    case END_SYSTEM_DELAY_MS ->
                        stream.hasEndSystemDelayMs() ? stream.getEndSystemDelayMs() : Double.NaN;
                    default -> Double.NaN;
                };
        return isUsable(true, value) ? value : Double.NaN;
    }

    /** Of equal scores a reported one counts more than a computed one. */
    private static void addScores(Quality.Builder quality, int scores, long sum, int lowest, boolean computed) {
        boolean first = quality.getScores() == 0;
        if (first || lowest < quality.getLowestScore()) {
            quality.setLowestScore(lowest).setLowestIsComputed(computed);
        } else if (lowest == quality.getLowestScore()) {
            quality.setLowestIsComputed(quality.getLowestIsComputed() && computed);
        }
        quality.setScores(quality.getScores() + scores).setSumOfScores(quality.getSumOfScores() + sum);
    }

    /** The codec that was answered; unknown where the answer was not seen. What a late offer's reply has is the offer. */
    private static Codec codec(OpenCall call) {
        var answered = call.hasInviteCodecs() ? call.getReplyCodecs() : call.getLateCodecs();
        return Stream.of(answered.getText().split(" "))
                .filter(name -> !NO_CODECS.contains(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .map(Codec::named)
                .orElse(Codec.UNKNOWN);
    }

    /** Adds what was computed for want of a codec, now that it is asked for: nothing for a codec without published values. */
    private static void addAssumed(Quality.Builder quality, Codec codec) {
        for (int i = 0; i < RATED.size() && quality.getAssumedScores() > 0; i++) {
            Codec rated = RATED.get(i);
            boolean same = rated.impairment() == codec.impairment() && rated.robustness() == codec.robustness();
            if (same || codec.name().isEmpty() && i == 0) {
                long sum = quality.getAssumedSums(i);
                addScores(quality, quality.getAssumedScores(), sum, quality.getAssumedLowest(i), true);
            }
        }
        if (quality.hasAssumedJitter()) {
            int rate = codec.clockRate() == 0 ? Codec.DEFAULT_CLOCK_RATE : codec.clockRate();
            long jitter = (long) quality.getAssumedJitter() * Codec.DEFAULT_CLOCK_RATE / rate;
            quality.setJitter((int) Math.max(quality.getJitter(), jitter));
        }
    }

    private static boolean isUsable(boolean told, double value) {
        return told && value >= 0 && value <= MOST;
    }

    /** At most {@link Integer#MAX_VALUE}. */
    private static int thousandths(double value) {
        return (int) Math.round(Math.min(value * 1_000, Integer.MAX_VALUE));
    }

    /** As the topic has it. */
    static MediaQuality record(OpenCall call) {
        var quality = call.getQuality().toBuilder();
        addAssumed(quality, codec(call));
        var record = MediaQuality.newBuilder()
                .setReports(quality.getReports())
                .setMosComputed(quality.getLowestIsComputed());
        if (quality.getScores() > 0) {
            long mean = Math.round((double) quality.getSumOfScores() / quality.getScores());
            record.setMosLowest(quality.getLowestScore() / 1e3).setMosMean(mean / 1e3);
        }
        if (quality.hasLoss()) {
            record.setLossPercentHighest(quality.getLoss() / 1e3);
        }
        if (quality.hasJitter()) {
            record.setJitterMsHighest(quality.getJitter() / 1e3);
        }
        if (quality.hasRoundTrip()) {
            record.setRoundTripMsHighest(quality.getRoundTrip() / 1e3);
        }
        return record.build();
    }
}
