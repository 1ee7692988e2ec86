/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes whole indices when their time is over: a day's index by its day, a year's index (old captures that were read
 * in late) by the day it was created ({@link DatedIndex}). The time that is, and what is to come, is never deleted. What
 * belongs to a call that is held is copied out before; an index that this does not succeed with stays.
 *
 * <p>Of a kind that takes more disk than it may the oldest are deleted before their time. What counts are the segments
 * that are searched, replicas included, so that a merge, which has everything twice while it lasts, costs no index its
 * life; what is held does not count.
 */
final class Retention implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final RestJson rest;
    private final DatedIndices indices;
    private final Holds holds;
    private final Map<Indices, IndexerConfig.Keep> limits;
    private final Clock clock;
    private final IndexerMetrics metrics;

    /**
     * @param limits how long the indices of each kind are kept, and how much
     * @param clock that says what time it is
     */
    Retention(RestClient elasticsearch, Map<Indices, IndexerConfig.Keep> limits, Clock clock, IndexerMetrics metrics) {
        this.rest = new RestJson(elasticsearch);
        this.indices = new DatedIndices(rest);
        this.holds = new Holds(elasticsearch);
        this.limits = limits;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            sweep();
        } catch (IOException | RuntimeException e) {
            // An exception would end the schedule. Nothing is deleted, which the next run makes good.
            LOG.warn("Retention did not get through, it tries again at its next time: {}", BulkClient.brief(e));
        }
    }

    /** Returns the names of the indices that were deleted. */
    List<String> sweep() throws IOException {
        var deleted = new ArrayList<String>();
        boolean allKept = true;
        for (var kind : Indices.values()) {
            allKept &= sweep(kind, deleted);
        }
        if (allKept) {
            release();
        }
        return deleted;
    }

    /** False if an index of this kind had to stay because of what is held. */
    private boolean sweep(Indices kind, List<String> deleted) throws IOException {
        var limit = limits.get(kind);
        boolean allKept = true;
        var left = new ArrayList<DatedIndex>();
        for (var index : limit.isNone() ? List.<DatedIndex>of() : indices.of(kind)) {
            if (!isOver(index, limit.days())) {
                left.add(index);
            } else if (keep(kind, index.name())) {
                delete(index, "age", deleted);
            } else {
                allKept = false;
            }
        }
        // While an older index has to stay, no younger one goes in its place.
        return allKept && (limit.bytes() == 0 || fit(left, limit.bytes(), deleted));
    }

    private boolean isOver(DatedIndex index, int days) {
        return days > 0 && !index.until().plus(Duration.ofDays(days)).isAfter(clock.instant());
    }

    /**
     * Deletes the oldest until the rest is not larger than that.
     *
     * @param left the indices of one kind, oldest first
     */
    private boolean fit(List<DatedIndex> left, long limit, List<String> deleted) throws IOException {
        Map<String, Long> bytes =
                left.isEmpty() ? Map.of() : indices.bytes(left.get(0).kind());
        long taken = left.stream()
                .mapToLong(index -> bytes.getOrDefault(index.name(), 0L))
                .sum();
        for (var index : left) {
            if (taken > limit && !index.until().isAfter(clock.instant())) {
                LOG.warn(
                        "{} take {} MB of disk, more than the {} MB they may: {} goes before its time",
                        index.kind().alias(),
                        taken >> 20,
                        limit >> 20,
                        index.name());
                if (!keep(index.kind(), index.name())) {
                    return false;
                }
                delete(index, "disk", deleted);
                taken -= bytes.getOrDefault(index.name(), 0L);
            }
        }
        return true;
    }

    /** Copies what is held; false if the index must stay because that may not be all of it. */
    private boolean keep(Indices kind, String index) {
        try {
            long copied = kind.isOfCalls() ? holds.keep(kind, index) : 0;
            if (copied > 0) {
                metrics.held(copied);
                LOG.info("{} documents of held calls copied from {} to {}", copied, index, kind.held());
            }
            return true;
        } catch (IOException | RuntimeException e) {
            metrics.holdFailed();
            LOG.warn(
                    "Index {} is over but stays, what is held of it could not be copied: {}",
                    index,
                    BulkClient.brief(e));
            return false;
        }
    }

    private void release() throws IOException {
        for (var kind : Indices.values()) {
            long released = kind.isOfCalls() ? holds.release(kind) : 0;
            if (released > 0) {
                LOG.info("{} documents of calls that are held no longer deleted from {}", released, kind.held());
            }
        }
    }

    /** @param reason why it goes: its age, or the disk it takes */
    private void delete(DatedIndex index, String reason, List<String> deleted) throws IOException {
        // Another indexer may have been quicker.
        if (rest.ask("DELETE", "/" + index.name(), "") != null) {
            deleted.add(index.name());
            metrics.indexDeleted(reason);
            LOG.info("Index {} deleted, by {}", index.name(), reason);
        }
    }
}
