/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.stream.state.OpenCall;
import java.time.Duration;

/**
 * How long messages are waited for. Counted from the latest arrival, by {@link ArrivalClock}: capture times of an
 * imported file may be years old, and must neither close a call while it is being read in nor keep it open.
 *
 * @param idleMicros how long an answered call may be silent
 */
record CallLimits(long idleMicros) {

    /** 64 times T1: so long both sides may go on with what has ended (RFC 3261 section 17). */
    static final long LINGER = Duration.ofSeconds(32).toMillis() * 1_000;

    /** More than timer C (RFC 3261 section 16.6), after which a proxy gives up on a call that rings. */
    static final long UNANSWERED = Duration.ofMinutes(5).toMillis() * 1_000;

    /** When to close the call if nothing more arrives, by the arrival clock, microseconds since 1970-01-01 UTC. */
    long closesAt(OpenCall call, CallOutcome outcome) {
        long silentSince = call.getLastArrivalUs();
        return switch (outcome.state()) {
            case CALLING, RINGING -> silentSince + UNANSWERED;
            // One that was captured long ago, and is now read in, has been silent for long already.
            case ANSWERED ->
                Math.max(
                        Math.min(call.getLastAtUs(), silentSince) + idleMicros,
                        silentSince + Math.min(UNANSWERED, idleMicros));
            case ENDED, FAILED, CANCELLED -> silentSince + LINGER;
            // Who sends keep-alives of one Call-ID for ever must not have one record for ever.
            default -> Math.min(silentSince + LINGER, call.getFirstArrivalUs() + UNANSWERED);
        };
    }
}
