/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.EnumMap;
import java.util.Map;

/** How often there was each kind of leftover. */
final class Tally {

    private final long[] counts = new long[Leftover.values().length];

    void count(Leftover leftover) {
        counts[leftover.ordinal()]++;
    }

    /** Those that there were. */
    Map<Leftover, Long> asMap() {
        var map = new EnumMap<Leftover, Long>(Leftover.class);
        for (var leftover : Leftover.values()) {
            if (counts[leftover.ordinal()] > 0) {
                map.put(leftover, counts[leftover.ordinal()]);
            }
        }
        return map;
    }
}
