/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.schema.IngestStats;

/** The record of one capture node and minute. */
final class Stats {

    private Stats() {}

    static IngestStats of(NodeMinute minute, String instance) {
        var stats = IngestStats.newBuilder()
                .setSite(minute.site())
                .setAgent(minute.node)
                .setMinuteS(minute.minute)
                .setInstance(instance);
        for (Tally.Count count : minute.counts()) {
            set(stats, count.outcome, count.reason, count.value());
        }
        long refused = stats.getRefusedMap().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        stats.setDecoded(Math.max(0, stats.getReceived() - refused));
        minute.leastDelay().ifPresent(stats::setClockOffsetUs);
        minute.clockOffset().ifPresent(stats::setSmoothedClockOffsetUs);
        return stats.build();
    }

    private static void set(IngestStats.Builder stats, String outcome, String reason, long value) {
        switch (outcome) {
            case "received" -> stats.setReceived(value);
            case "bytes" -> stats.setBytes(value);
            case "sent" -> stats.setSent(value);
            case "spooled" -> stats.setSpooled(value);
            case "dropped" -> stats.setKernelDrops(stats.getKernelDrops() + value);
            case "rejected" -> stats.putRefused(reason, value);
            case "failed" -> stats.putFailed(reason, value);
            default -> {
                // Counted in rhapsode.counts only: what became of the dead letters.
            }
        }
    }
}
