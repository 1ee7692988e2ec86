/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.time.Duration;
import java.time.Instant;

/** Which of a packet's two times it is filed under. Times are microseconds since 1970-01-01 UTC. */
public final class CaptureTime {

    /** SIP's first draft is of February 1996: an earlier capture time is a broken clock. */
    private static final long FIRST_SIP = Instant.parse("1996-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private static final long AHEAD = Duration.ofDays(1).toSeconds() * 1_000_000;

    private CaptureTime() {}

    /** True if the time is there, but before SIP began or more than a day after the packet was received. */
    public static boolean isAbsurd(long capturedAtMicros, long receivedAtMicros) {
        return capturedAtMicros != 0 && (capturedAtMicros < FIRST_SIP || capturedAtMicros > receivedAtMicros + AHEAD);
    }

    /** The capture time, or the receive time if the capture time is absent (0) or absurd. */
    public static long of(long capturedAtMicros, long receivedAtMicros) {
        return capturedAtMicros == 0 || isAbsurd(capturedAtMicros, receivedAtMicros)
                ? receivedAtMicros
                : capturedAtMicros;
    }
}
