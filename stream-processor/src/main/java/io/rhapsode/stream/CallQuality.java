/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.MediaQuality;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Quality;

/** What media reports say of one open call, whatever the order they come in. Pure. */
final class CallQuality {

    /** Of ITU-T P.800; what is outside of it is no score. */
    private static final double BEST_SCORE = 5;

    private static final double WORST_SCORE = 1;

    /** A day in milliseconds: what senders tell above it is nonsense. */
    private static final double MOST = 86_400_000;

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
            addScore(
                    quality,
                    thousandths(stream.getMos()),
                    stream.getComputedList().contains("mos"));
        }
        if (isUsable(stream.hasLossPercent(), stream.getLossPercent())) {
            quality.setLoss(Math.max(quality.getLoss(), thousandths(stream.getLossPercent())));
        }
        double jitter = Math.max(stream.getJitterMs(), stream.getJitterMaxMs());
        if (isUsable(stream.hasJitterMs() || stream.hasJitterMaxMs(), jitter)) {
            quality.setJitter(Math.max(quality.getJitter(), thousandths(jitter)));
        }
        if (isUsable(stream.hasRoundTripMs(), stream.getRoundTripMs())) {
            quality.setRoundTrip(Math.max(quality.getRoundTrip(), thousandths(stream.getRoundTripMs())));
        }
    }

    /** Of equal scores a reported one counts more than a computed one. */
    private static void addScore(Quality.Builder quality, int score, boolean computed) {
        boolean first = quality.getScores() == 0;
        if (first || score < quality.getLowestScore()) {
            quality.setLowestScore(score).setLowestIsComputed(computed);
        } else if (score == quality.getLowestScore()) {
            quality.setLowestIsComputed(quality.getLowestIsComputed() && computed);
        }
        quality.setScores(quality.getScores() + 1).setSumOfScores(quality.getSumOfScores() + score);
    }

    private static boolean isUsable(boolean told, double value) {
        return told && value >= 0 && value <= MOST;
    }

    /** At most {@link Integer#MAX_VALUE}. */
    private static int thousandths(double value) {
        return (int) Math.round(Math.min(value * 1_000, Integer.MAX_VALUE));
    }

    /** As the topic has it. */
    static MediaQuality record(Quality quality) {
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
