/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KpiFiguresTest {

    /** 20 calls: 2 still ring, 3 redirected or challenged, 9 answered, 3 busy, 2 got 503, 1 was cancelled while it rang. */
    private static Kpi.Builder minute() {
        return Kpi.newBuilder()
                .setDimension("site")
                .setValue("dus")
                .setMinuteS(1_764_000_000)
                .setAttempts(20)
                .setPending(2)
                .setLeftOut(3)
                .setAnswered(9)
                .setEffective(12)
                .setIneffective(2)
                .setDelivered(13)
                .setDurations(4)
                .setDurationMs(10_000)
                .setRegistrations(5)
                .setRegistrationsPending(1)
                .setRegistrationsSucceeded(3)
                .setRegistrationDelays(3)
                .setRegistrationDelayMs(45)
                .setMessages(200)
                .setRetransmissions(5)
                .putFinalCodes(200, 9)
                .putFinalCodes(486, 3)
                .putPddHistogram(20, 9)
                .putPddHistogram(30, 1);
    }

    @Test
    void ratiosAsTheRfcDefinesThem() {
        var kpi = minute();
        KpiFigures.derive(kpi);
        assertThat(kpi.getSerPercent()).isEqualTo(100.0 * 9 / 15);
        assertThat(kpi.getSeerPercent()).isEqualTo(100.0 * 12 / 15);
        assertThat(kpi.getIsaPercent()).isEqualTo(100.0 * 2 / 18);
        assertThat(kpi.getAsrPercent()).isEqualTo(100.0 * 9 / 18);
        assertThat(kpi.getNerPercent()).isEqualTo(100.0 * 13 / 18);
        assertThat(kpi.getAcdMs()).isEqualTo(2_500);
        assertThat(kpi.getRegistrationPercent()).isEqualTo(75);
        assertThat(kpi.getRrdMs()).isEqualTo(15);
        assertThat(kpi.getRetransmissionPercent()).isEqualTo(2.5);
        assertThat(kpi.getPddP50Ms()).isEqualTo(20);
        assertThat(kpi.getPddP90Ms()).isEqualTo(20);
        assertThat(kpi.getPddP95Ms()).isEqualTo(30);
    }

    @Test
    void whatThereIsNothingToDivideByForIsAbsent() {
        var kpi = minute();
        KpiFigures.derive(kpi);
        var empty = kpi.clone().clear();
        KpiFigures.derive(empty);
        assertThat(empty.build()).isEqualTo(Kpi.getDefaultInstance());
        kpi.setAttempts(2).clearPddHistogram();
        KpiFigures.derive(kpi);
        assertThat(kpi.hasSerPercent()).isFalse();
        assertThat(kpi.hasAsrPercent()).isFalse();
        assertThat(kpi.hasPddP50Ms()).isFalse();
    }

    @Test
    void aLaterPartTakesBackWhatWasCountedBefore() {
        var sum = minute();
        KpiFigures.add(
                sum,
                Kpi.newBuilder()
                        .setPending(-2)
                        .setAnswered(1)
                        .setMessages(3)
                        .putFinalCodes(200, 1)
                        .putPddHistogram(30, 1)
                        .putRegistrationCodes(403, 1)
                        .build());
        assertThat(sum.getPending()).isZero();
        assertThat(sum.getAnswered()).isEqualTo(10);
        assertThat(sum.getMessages()).isEqualTo(203);
        assertThat(sum.getFinalCodesMap()).containsEntry(200, 10L).containsEntry(486, 3L);
        assertThat(sum.getPddHistogramMap()).containsEntry(20, 9L).containsEntry(30, 2L);
        assertThat(sum.getRegistrationCodesMap()).containsEntry(403, 1L);
        assertThat(sum.getMinuteS()).isEqualTo(1_764_000_000);
        assertThat(sum.getRevision()).isZero();
    }

    @Test
    void keyNamesAllThatTellsRecordsApart() {
        assertThat(KpiFigures.key(minute().setPart(1_764_086_400).build())).isEqualTo("site/dus/1764000000/1764086400");
    }
}
