/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DelaysTest {

    @Test
    void bucketsAreOneMillisecondBelow32AndASixteenthOfThePowerOfTwoAbove() {
        assertThat(Delays.bucket(-1)).isZero();
        assertThat(Delays.bucket(0)).isZero();
        assertThat(Delays.bucket(31)).isEqualTo(31);
        assertThat(Delays.bucket(33)).isEqualTo(32);
        assertThat(Delays.bucket(63)).isEqualTo(62);
        assertThat(Delays.bucket(64)).isEqualTo(64);
        assertThat(Delays.bucket(67)).isEqualTo(64);
        assertThat(Delays.bucket(1_000)).isEqualTo(992);
        assertThat(Delays.bucket(1_023)).isEqualTo(992);
        assertThat(Delays.bucket(1_024)).isEqualTo(1_024);
        assertThat(Delays.bucket(Long.MAX_VALUE)).isEqualTo(1_015_808);
    }

    @Test
    void percentileIsTheNearestRank() {
        var buckets = Map.of(1, 1L, 2, 1L, 3, 1L, 10, 1L);
        assertThat(Delays.percentile(buckets, 25)).isEqualTo(1);
        assertThat(Delays.percentile(buckets, 26)).isEqualTo(2);
        assertThat(Delays.percentile(buckets, 50)).isEqualTo(2);
        assertThat(Delays.percentile(buckets, 75)).isEqualTo(3);
        assertThat(Delays.percentile(buckets, 100)).isEqualTo(10);
        assertThat(Delays.percentile(Map.of(), 50)).isEqualTo(-1);
        assertThat(Delays.percentile(Map.of(992, 1L), 50)).isEqualTo(1_007);
    }

    /** The error that kpi.proto promises, for any delays; also of those of two minutes together. */
    @Test
    void percentilesAreOffByLessThanPromised() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            long[] delays = random.longs(1 + random.nextInt(200), 0, 1L << (1 + random.nextInt(19)))
                    .sorted()
                    .toArray();
            var buckets = new HashMap<Integer, Long>();
            for (long delay : delays) {
                buckets.merge(Delays.bucket(delay), 1L, Long::sum);
            }
            for (int percent : new int[] {1, 50, 90, 95, 99, 100}) {
                long exact = delays[(int) Math.ceil(delays.length * percent / 100.0) - 1];
                assertThat((double) Math.abs(Delays.percentile(buckets, percent) - exact))
                        .as("seed %d, %d %% of %d", seed, percent, delays.length)
                        .isLessThanOrEqualTo(exact < 32 ? 0 : exact * 0.032);
            }
        }
    }
}
