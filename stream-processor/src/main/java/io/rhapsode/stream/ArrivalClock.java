/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

/**
 * The time of one partition: that of the latest record, and from there on the wall clock's pace. So a backlog that is
 * read fast passes as fast as it once came in, and a partition that has fallen silent still sees time go by; but only
 * what could have been read is silence: see {@link #MOST_LATE} and {@link #stoodStill}. Times are microseconds since
 * 1970-01-01 UTC.
 */
final class ArrivalClock {

    /**
     * A record that was read late has others behind it, which wait while this thread is busy with other partitions: time
     * goes on after as long again. This is the longest that is waited; a partition may have fallen silent meanwhile.
     */
    static final long MOST_LATE = 60_000_000;

    private long latestRecord;
    private long readAtWall;

    /** @param latestRecord where to go on from */
    ArrivalClock(long latestRecord, long wallMicros) {
        this.latestRecord = latestRecord;
        this.readAtWall = wallMicros;
    }

    /**
     * A record was read.
     *
     * @param receivedMicros when the gateway received it; a gateway whose clock is ahead does not set this one
     */
    void record(long receivedMicros, long wallMicros) {
        latestRecord = Math.max(latestRecord, Math.min(receivedMicros, wallMicros));
        readAtWall = wallMicros;
    }

    /**
     * For so long nothing was done: what came meanwhile could not be read.
     *
     * @param micros up to now
     */
    void stoodStill(long micros, long wallMicros) {
        readAtWall = Math.min(readAtWall + micros, wallMicros);
    }

    long now(long wallMicros) {
        long late = Math.min(readAtWall - latestRecord, MOST_LATE);
        return latestRecord + Math.max(0, wallMicros - readAtWall - late);
    }
}
