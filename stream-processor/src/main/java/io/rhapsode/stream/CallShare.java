/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.stream.KpiCounts.Count;
import io.rhapsode.stream.state.Share;

/**
 * What a call counts for in the key figures of its minute: a pure function of its record, so that a newer record of it
 * takes the place of an older one. What each count is stands in kpi.proto.
 */
final class CallShare {

    private static final int MINUTE_S = 60;

    private final Call call;
    private final KpiCounts counts = new KpiCounts();

    private CallShare(Call call) {
        this.call = call;
    }

    static Share of(Call call, KpiDimensions dimensions) {
        var share = new CallShare(call);
        share.count();
        long seconds = Math.floorDiv(call.getBeginAtUs(), 1_000_000L);
        return Share.newBuilder()
                .setMinuteS(seconds - Math.floorMod(seconds, MINUTE_S))
                .addAllPlace(dimensions.places(call))
                .setAmounts(share.counts.amounts())
                .build();
    }

    private void count() {
        switch (call.getState()) {
            case REGISTRATION -> countRegistration();
            case CALLING, RINGING, FAILED, CANCELLED -> countAttempt();
            case ANSWERED, ENDED -> {
                if (isAnswered()) {
                    countAttempt();
                } else {
                    // A BYE or a re-INVITE alone: whether it was answered, and when, was not seen.
                    counts.add(Count.PARTLY_SEEN, 1);
                }
            }
            default -> counts.add(Count.OTHERS, 1);
        }
        counts.add(Count.MESSAGES, call.getMessages());
        counts.add(Count.RETRANSMISSIONS, call.getRetransmissions());
        counts.add(Count.FURTHER_SIGHTINGS, call.getFurtherSightings());
        counts.add(Count.DUPLICATES, call.getDuplicates());
    }

    private void countAttempt() {
        int code = call.getFinalCode();
        counts.add(Count.ATTEMPTS, 1);
        counts.add(Count.PENDING, isPending());
        counts.add(Count.ANSWERED, isAnswered());
        counts.add(Count.LEFT_OUT, code / 100 == 3 || code == 401 || code == 402 || code == 407);
        counts.add(Count.EFFECTIVE, isAnswered() || isOfUser(code));
        counts.add(Count.INEFFECTIVE, code == 408 || code == 500 || code == 503 || code == 504);
        counts.add(Count.DELIVERED, isDelivered());
        counts.add(Count.CANCELLED, call.getState() == CallState.CANCELLED);
        counts.add(Count.UNANSWERED, call.getState() == CallState.FAILED && code == 0);
        counts.addCode(code);
        if (isAnswered() && call.hasDurationMs()) {
            counts.add(Count.DURATIONS, 1);
            counts.add(Count.DURATION_MS, call.getDurationMs());
        }
        if (call.hasSrdSuccessfulMs()) {
            counts.addPostDialDelay(call.getSrdSuccessfulMs());
        }
    }

    private boolean isAnswered() {
        return call.getAnswerAtUs() != 0;
    }

    private boolean isPending() {
        return call.getState() == CallState.CALLING || call.getState() == CallState.RINGING;
    }

    private static boolean isOfUser(int code) {
        return code == 480 || code == 486 || code == 600 || code == 603;
    }

    private boolean isDelivered() {
        int code = call.getFinalCode();
        boolean byCause = call.getEndQ850() >= 17 && call.getEndQ850() <= 21;
        boolean givenUp = call.getState() == CallState.CANCELLED || code == 408 || code == 487 || code == 0;
        return !isPending() && (isAnswered() || isOfUser(code) || byCause || givenUp && call.getRingingAtUs() != 0);
    }

    private void countRegistration() {
        int code = call.getFinalCode();
        counts.add(Count.REGISTRATIONS, 1);
        counts.add(Count.REGISTRATIONS_PENDING, code == 0 && call.getEndClass().isEmpty());
        counts.add(Count.REGISTRATIONS_SUCCEEDED, code / 100 == 2);
        counts.addRegistrationCode(code);
        if (call.hasRrdMs()) {
            counts.add(Count.REGISTRATION_DELAYS, 1);
            counts.add(Count.REGISTRATION_DELAY_MS, call.getRrdMs());
        }
    }
}
