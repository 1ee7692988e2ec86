/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * One capture node since the gateway's start: its counts by outcome, and how far its clock is off. Brought up to date
 * each time its minutes are told, so that a packet costs nothing here.
 */
public final class NodeTotals {

    /** A minute's share in the smoothed clock offset: most of a jump is in it after five minutes. */
    private static final int SMOOTHING = 4;

    private static final long NONE = Long.MIN_VALUE;

    public final String node;
    public final String site;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private long minute = NONE;
    private long leastDelay = NONE;
    private long smoothed = NONE;

    NodeTotals(String node, String site) {
        this.node = node;
        this.site = site;
    }

    void add(String outcome, long more) {
        counts.computeIfAbsent(outcome, absent -> new LongAdder()).add(more);
    }

    /** Packets of an outcome; bytes for "bytes". */
    public long count(String outcome) {
        LongAdder count = counts.get(outcome);
        return count == null ? 0 : count.sum();
    }

    /**
     * @param of the minute, in seconds
     * @param delay least difference of receive and capture time in it so far, microseconds
     */
    synchronized void observe(long of, long delay) {
        if (of > minute) {
            smoothed = smooth();
            minute = of;
        }
        if (of == minute) {
            leastDelay = delay;
        }
    }

    /** By how much the gateway's clock is ahead of the node's, microseconds; empty while nothing is known. */
    public synchronized OptionalLong clockOffset() {
        long now = smooth();
        return now == NONE ? OptionalLong.empty() : OptionalLong.of(now);
    }

    private long smooth() {
        if (smoothed == NONE || leastDelay == NONE) {
            return leastDelay;
        }
        return smoothed + (leastDelay - smoothed) / SMOOTHING;
    }
}
