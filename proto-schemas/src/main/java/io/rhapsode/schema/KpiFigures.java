/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.util.function.Consumer;

/** What follows from the counts of a {@link Kpi}, and the sum of several: as kpi.proto defines them. */
public final class KpiFigures {

    private KpiFigures() {}

    /** Sets all figures that follow from the counts, and clears those there is nothing to divide by. */
    public static void derive(Kpi.Builder kpi) {
        long decided = kpi.getAttempts() - kpi.getPending();
        ratio(100.0 * kpi.getAnswered(), decided - kpi.getLeftOut(), kpi::setSerPercent, kpi::clearSerPercent);
        ratio(100.0 * kpi.getEffective(), decided - kpi.getLeftOut(), kpi::setSeerPercent, kpi::clearSeerPercent);
        ratio(100.0 * kpi.getIneffective(), decided, kpi::setIsaPercent, kpi::clearIsaPercent);
        ratio(100.0 * kpi.getAnswered(), decided, kpi::setAsrPercent, kpi::clearAsrPercent);
        ratio(100.0 * kpi.getDelivered(), decided, kpi::setNerPercent, kpi::clearNerPercent);
        ratio(kpi.getDurationMs(), kpi.getDurations(), kpi::setAcdMs, kpi::clearAcdMs);
        ratio(
                100.0 * kpi.getRegistrationsSucceeded(),
                kpi.getRegistrations() - kpi.getRegistrationsPending(),
                kpi::setRegistrationPercent,
                kpi::clearRegistrationPercent);
        ratio(kpi.getRegistrationDelayMs(), kpi.getRegistrationDelays(), kpi::setRrdMs, kpi::clearRrdMs);
        ratio(
                100.0 * kpi.getRetransmissions(),
                kpi.getMessages(),
                kpi::setRetransmissionPercent,
                kpi::clearRetransmissionPercent);
        percentile(kpi, 50, kpi::setPddP50Ms, kpi::clearPddP50Ms);
        percentile(kpi, 90, kpi::setPddP90Ms, kpi::clearPddP90Ms);
        percentile(kpi, 95, kpi::setPddP95Ms, kpi::clearPddP95Ms);
        percentile(kpi, 99, kpi::setPddP99Ms, kpi::clearPddP99Ms);
    }

    private static void ratio(double part, long whole, Consumer<Double> set, Runnable clear) {
        if (whole > 0) {
            set.accept(part / whole);
        } else {
            clear.run();
        }
    }

    private static void percentile(Kpi.Builder kpi, int percent, Consumer<Long> set, Runnable clear) {
        long millis = Delays.percentile(kpi.getPddHistogramMap(), percent);
        if (millis >= 0) {
            set.accept(millis);
        } else {
            clear.run();
        }
    }

    /** Adds the counts of another record, those in maps too; names and derived figures stay as they are. */
    public static void add(Kpi.Builder sum, Kpi other) {
        for (var field : Kpi.getDescriptor().getFields()) {
            boolean count = field.getNumber() >= Kpi.ATTEMPTS_FIELD_NUMBER
                    && field.getNumber() <= Kpi.DUPLICATES_FIELD_NUMBER
                    && !field.isMapField();
            if (count) {
                sum.setField(field, (long) sum.getField(field) + (long) other.getField(field));
            }
        }
        other.getFinalCodesMap()
                .forEach((code, count) -> sum.putFinalCodes(code, sum.getFinalCodesOrDefault(code, 0) + count));
        other.getRegistrationCodesMap()
                .forEach((code, count) ->
                        sum.putRegistrationCodes(code, sum.getRegistrationCodesOrDefault(code, 0) + count));
        other.getPddHistogramMap()
                .forEach((bucket, count) ->
                        sum.putPddHistogram(bucket, sum.getPddHistogramOrDefault(bucket, 0) + count));
    }

    /** The key of a record on the topic. */
    public static String key(Kpi kpi) {
        return String.join(
                "/", kpi.getDimension(), kpi.getValue(), Long.toString(kpi.getMinuteS()), Long.toString(kpi.getPart()));
    }
}
