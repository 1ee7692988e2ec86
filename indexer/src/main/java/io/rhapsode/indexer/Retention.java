/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes whole indices when their time is over: a day's index by its day, a year's index (old captures that were read
 * in late) by the day it was created ({@link DatedIndex}). The time that is, and what is to come, is never deleted. What
 * belongs to a call that is held is copied out before; an index that this does not succeed with stays.
 */
final class Retention implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final RestClient elasticsearch;
    private final DatedIndices indices;
    private final Holds holds;
    private final Map<Indices, Integer> days;
    private final Clock clock;
    private final IndexerMetrics metrics;

    /**
     * @param days how many whole days after its own an index is kept; 0 keeps it for ever
     * @param clock that says what time it is
     */
    Retention(RestClient elasticsearch, Map<Indices, Integer> days, Clock clock, IndexerMetrics metrics) {
        this.elasticsearch = elasticsearch;
        this.indices = new DatedIndices(elasticsearch);
        this.holds = new Holds(elasticsearch);
        this.days = days;
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
            for (var index : over(kind)) {
                boolean kept = keep(kind, index.name());
                allKept &= kept;
                if (kept && delete(index.name())) {
                    deleted.add(index.name());
                }
            }
        }
        if (allKept) {
            release();
        }
        return deleted;
    }

    private List<DatedIndex> over(Indices kind) throws IOException {
        int keep = days.get(kind);
        return keep == 0
                ? List.of()
                : indices.of(kind).stream().filter(index -> isOver(index, keep)).toList();
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

    private boolean isOver(DatedIndex index, int keep) {
        return !index.until().plus(Duration.ofDays(keep)).isAfter(clock.instant());
    }

    private boolean delete(String index) throws IOException {
        try {
            elasticsearch.performRequest(new Request("DELETE", "/" + index));
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == 404) {
                return false; // another indexer was quicker
            }
            throw e;
        }
        metrics.indexDeleted();
        LOG.info("Index {} deleted, its time was over", index);
        return true;
    }
}
