/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.List;

/** How calls go, and how many of a hundred go so; 8.3 messages a call on average. */
enum CallScript {
    ANSWERED(22, 1, "INVITE 100 180 200 ACK BYE 200"),
    /** Seen before and behind a proxy. */
    PROXIED(20, 2, "INVITE 100 180 200 ACK BYE 200"),
    CHALLENGED(12, 1, "INVITE 407 ACK INVITE 100 180 200 ACK BYE 200"),
    HELD(6, 1, "INVITE 100 180 200 ACK INVITE 200 ACK INVITE 200 ACK BYE 200"),
    BUSY(10, 1, "INVITE 100 180 486 ACK"),
    NOT_FOUND(4, 1, "INVITE 100 404 ACK"),
    AWAY(4, 1, "INVITE 100 180 480 ACK"),
    OVERLOADED(3, 1, "INVITE 100 503 ACK"),
    CANCELLED(10, 1, "INVITE 100 180 CANCEL 200 487 ACK"),
    REGISTERED(6, 1, "REGISTER 401 REGISTER 200"),
    ALIVE(3, 1, "OPTIONS 200");

    static final double MESSAGES_PER_CALL = 8.3;

    /** Sightings of each message. */
    final int hops;

    /** Methods of requests and status codes of replies, in order. */
    final List<String> steps;

    private final int percent;

    CallScript(int percent, int hops, String steps) {
        this.percent = percent;
        this.hops = hops;
        this.steps = List.of(steps.split(" "));
    }

    /** @param percentile from 0 to 99 */
    static CallScript of(int percentile) {
        int rest = percentile;
        for (CallScript script : values()) {
            rest -= script.percent;
            if (rest < 0) {
                return script;
            }
        }
        throw new IllegalArgumentException(percentile + " is not from 0 to 99");
    }

    boolean isInvite() {
        return steps.get(0).equals("INVITE");
    }

    boolean isAnswered() {
        return steps.contains("BYE");
    }
}
