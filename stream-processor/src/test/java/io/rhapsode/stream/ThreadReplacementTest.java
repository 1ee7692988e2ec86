/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThreadReplacementTest {

    private long now;
    private final ThreadReplacement replacement = new ThreadReplacement(() -> now);

    private void dieOften() {
        for (int i = 0; i < ThreadReplacement.MOST; i++) {
            assertThat(replacement.handle(new IllegalStateException("broken"))).isEqualTo(REPLACE_THREAD);
        }
    }

    @Test
    void whatComesBackAgainAndAgainStopsTheInstance() {
        dieOften();
        assertThat(replacement.handle(new IllegalStateException("broken"))).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(replacement.last()).contains("broken");
    }

    @Test
    void whatHappensNowAndThenOverMonthsDoesNot() {
        dieOften();
        now += ThreadReplacement.WITHIN.plus(Duration.ofNanos(1)).toNanos();
        dieOften();
    }
}
