/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

/**
 * The time of one partition: that of the latest record, and from there on the wall clock's pace. So a backlog that is
 * read fast passes as fast as it once came in, and a partition that has fallen silent still sees time go by. Times are
 * microseconds since 1970-01-01 UTC.
 */
final class ArrivalClock {

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

    long now(long wallMicros) {
        return latestRecord + Math.max(0, wallMicros - readAtWall);
    }
}
