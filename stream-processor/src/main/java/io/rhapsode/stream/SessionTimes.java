/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Transaction;
import java.util.ArrayList;
import java.util.List;

/**
 * The times of RFC 6076 section 4, which are defined at the originating user agent. An observer takes the nearest to it:
 * the first hop on which the request was seen, as far as its replies were seen there.
 */
record SessionTimes(OpenCall call, CallOutcome outcome, List<Transaction> attempts) {

    void addTo(Call.Builder record) {
        if (outcome.state() == CallState.REGISTRATION) {
            addRegistrationDelay(record);
        } else if (outcome.state() != CallState.OTHER) {
            addRequestDelay(record);
            addDisconnectDelay(record);
        }
    }

    private void addRegistrationDelay(Call.Builder record) {
        attempts.stream()
                .filter(hop -> hop.hasSuccess() && hop.getInitialAtUs() != 0)
                .findFirst()
                .ifPresent(hop -> record.setRrdMs(
                        millis(hop.getInitialAtUs(), hop.getSuccess().getAtUs())));
    }

    private void addRequestDelay(Call.Builder record) {
        var attempt = CallOutcome.lastAttempt(attempts);
        if (attempt.isEmpty() || attempt.get(0).getInitialAtUs() == 0) {
            return;
        }
        long begin = attempt.get(0).getInitialAtUs();
        long heard = 0;
        for (int i = 0; i < attempt.size() && heard == 0; i++) {
            heard = heard(attempt.get(i));
        }
        if (heard != 0) {
            record.setSrdSuccessfulMs(millis(begin, heard));
        }
        var failure = outcome.failure();
        if (outcome.state() == CallState.FAILED && failure != null && isFailure(failure.getCode())) {
            record.setSrdFailedMs(millis(begin, failure.getAtUs()));
        }
    }

    /** The first status the hop was told but 100, which says nothing of the callee (RFC 6076 section 4.3.1). */
    private static long heard(Transaction hop) {
        long answered = hop.hasSuccess() ? hop.getSuccess().getAtUs() : 0;
        long progress = CallAggregator.earliest(hop.getProgressAtUs(), hop.getSessionProgressAtUs());
        return CallAggregator.earliest(progress, CallAggregator.earliest(hop.getRingingAtUs(), answered));
    }

    private static boolean isFailure(int code) {
        return code >= 400 && code != 401 && code != 402 && code != 407;
    }

    private void addDisconnectDelay(Call.Builder record) {
        if (outcome.state() != CallState.ENDED || outcome.farewell() == null) {
            return;
        }
        // Before it may be those of dialogs that the caller had no use for (RFC 3261 section 13.2.2.4).
        long bye = outcome.farewell().getAtUs();
        var hops = new ArrayList<Transaction>();
        for (var hop : call.getTransactionsList()) {
            if (hop.getMethod().equals("BYE") && hop.hasSuccess() && HopOrder.begin(hop) >= bye) {
                hops.add(hop);
            }
        }
        if (!hops.isEmpty()) {
            HopOrder.sort(hops);
            var first = hops.get(0);
            record.setSddMs(millis(HopOrder.begin(first), first.getSuccess().getAtUs()));
        }
    }

    /** Never less than 0: capture agents' clocks differ. */
    static long millis(long fromMicros, long toMicros) {
        return Math.max(0, (toMicros - fromMicros) / 1_000);
    }
}
