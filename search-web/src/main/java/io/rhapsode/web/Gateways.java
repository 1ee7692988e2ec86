/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * How far the gateways have told what they received. One that is idle says so each minute; one that cannot reach Kafka, or
 * has packets on its disk, does not: so quiet and silence are two things.
 *
 * @param toldUntil by gateway, the time before which all it received is counted, to the minute; without those that closed
 *     when they had told all
 * @param needed the time until which a gateway must have told, or it may have received more than is counted
 */
public record Gateways(Map<String, Instant> toldUntil, Instant needed) {

    /** Outcomes of stage_count.proto. */
    static final String TOLD = "told";

    static final String CLOSED = "closed";

    /**
     * The last words of one run of a gateway.
     *
     * @param until the minute of the newest of them
     * @param closed whether it ended with all told
     */
    record Run(Instant until, boolean closed) {}

    /** Of two runs the one whose word counts: a later run has the spool of the earlier one, and tells what that could not. */
    private static final BinaryOperator<Run> LATER =
            BinaryOperator.maxBy(Comparator.comparing(Run::until).thenComparing(run -> !run.closed()));

    /** @param runs by instance, "gateway@start" */
    static Gateways of(Map<String, Run> runs, Instant needed) {
        var last = new TreeMap<String, Run>();
        runs.forEach((instance, run) -> last.merge(name(instance), run, LATER));
        var toldUntil = new TreeMap<String, Instant>();
        last.forEach((gateway, run) -> {
            if (!run.closed()) {
                toldUntil.put(gateway, run.until());
            }
        });
        return new Gateways(toldUntil, needed);
    }

    private static String name(String instance) {
        int at = instance.lastIndexOf('@');
        return at < 0 ? instance : instance.substring(0, at);
    }

    /** Those that may have received more than is counted, and until when they told. */
    public Map<String, Instant> silent() {
        var silent = new TreeMap<>(toldUntil);
        silent.values().removeIf(until -> !until.isBefore(needed));
        return silent;
    }

    /** The same in words: "gw-1 since 2026-11-24T08:15:00Z". */
    public String silence() {
        return silent().entrySet().stream()
                .map(gateway -> gateway.getKey() + " since " + gateway.getValue())
                .collect(Collectors.joining(", "));
    }
}
