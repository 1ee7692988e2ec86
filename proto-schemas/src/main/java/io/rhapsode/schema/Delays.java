/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.util.Map;
import java.util.TreeMap;

/**
 * Delays counted in buckets that are the same everywhere, so that counts of several minutes or sites can be added up and
 * percentiles be told of the sum. A bucket is named by its lowest delay in milliseconds. Below {@value #EXACT} ms there
 * is one for each; above, each power of two has 16, so that the middle of one is off by at most 1/32.
 */
public final class Delays {

    private static final int EXACT = 32;
    private static final int BITS = 4;

    /** What is longer (17 minutes) is no delay that anybody waited. */
    private static final int LONGEST = (1 << 20) - 1;

    private Delays() {}

    /** The bucket of a delay in milliseconds; of 0 for what is negative. */
    public static int bucket(long millis) {
        int delay = (int) Math.min(Math.max(millis, 0), LONGEST);
        return delay - delay % width(delay);
    }

    private static int width(int delay) {
        return delay < EXACT ? 1 : Integer.highestOneBit(delay) >> BITS;
    }

    /**
     * The percentile by nearest rank: the middle of the first bucket up to which there are so many of the delays.
     *
     * @param buckets how many delays each bucket has, not negative
     * @param percent above 0, at most 100
     * @return milliseconds, -1 if there are no delays
     */
    public static long percentile(Map<Integer, Long> buckets, int percent) {
        long all = buckets.values().stream().mapToLong(Long::longValue).sum();
        long rank = (all * percent + 99) / 100;
        long passed = 0;
        for (var bucket : new TreeMap<>(buckets).entrySet()) {
            passed += bucket.getValue();
            if (passed >= rank && passed > 0) {
                return bucket.getKey() + (width(bucket.getKey()) - 1) / 2;
            }
        }
        return -1;
    }
}
