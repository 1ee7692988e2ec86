/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far the dead letters of one partition were put back: those of all reasons up to one offset, and those of single
 * reasons further than that. Text: "4711 no-call-id=5000 not-sip=4800".
 *
 * @param all the first offset that is not done, whatever the reason
 * @param beyond the same by reason, where it is higher
 */
record ReplayPosition(long all, Map<String, Long> beyond) {

    static final ReplayPosition BEGIN = new ReplayPosition(0, Map.of());

    /** @throws IllegalArgumentException if the text is none of these */
    static ReplayPosition of(String text) {
        String[] words = text.split(" ");
        var beyond = new TreeMap<String, Long>();
        for (int i = 1; i < words.length; i++) {
            String[] reason = words[i].split("=", 2);
            if (reason.length != 2) {
                throw new IllegalArgumentException("no position of dead letters: " + text);
            }
            beyond.put(reason[0], Long.parseLong(reason[1]));
        }
        return new ReplayPosition(Long.parseLong(words[0]), beyond);
    }

    boolean isDone(String reason, long offset) {
        return offset < next(reason);
    }

    private long next(String reason) {
        return Math.max(all, beyond.getOrDefault(reason, 0L));
    }

    /** Where to begin to look for these reasons, all if there are none. */
    long begin(Set<String> reasons) {
        return reasons.stream().mapToLong(this::next).min().orElse(all);
    }

    /** Now that these reasons, all if there are none, are done up to an offset. */
    ReplayPosition reached(Set<String> reasons, long offset) {
        var further = new TreeMap<>(beyond);
        reasons.forEach(reason -> further.merge(reason, offset, Math::max));
        long every = reasons.isEmpty() ? Math.max(all, offset) : all;
        further.values().removeIf(next -> next <= every);
        return new ReplayPosition(every, further);
    }

    @Override
    public String toString() {
        return all
                + beyond.entrySet().stream()
                        .map(reason -> " " + reason.getKey() + "=" + reason.getValue())
                        .collect(Collectors.joining());
    }
}
