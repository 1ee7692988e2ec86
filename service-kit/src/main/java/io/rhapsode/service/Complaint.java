/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.time.Duration;
import java.util.Optional;

/**
 * A warning that would come over and over for as long as its cause lasts: it is said when it first comes, then once a minute
 * at most, with how often it came. Any thread may complain.
 */
public final class Complaint {

    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private long saidAtNanos;
    private boolean isSaid;
    private long times;

    /**
     * Counts it once more.
     *
     * @param what a sentence
     * @param nowNanos as of {@link System#nanoTime}
     * @return what to log; empty if it is not time for it
     */
    public synchronized Optional<String> again(String what, long nowNanos) {
        times++;
        if (isSaid && nowNanos - saidAtNanos < BETWEEN.toNanos()) {
            return Optional.empty();
        }
        long seconds = (nowNanos - saidAtNanos) / 1_000_000_000;
        String said = times == 1 ? what : "%s (%d times in %d s)".formatted(what, times, seconds);
        saidAtNanos = nowNanos;
        isSaid = true;
        times = 0;
        return Optional.of(said);
    }
}
