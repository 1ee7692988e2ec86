/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes whole indices when their time is over: a day's index by its day, a year's index (old captures that were read
 * in late) by the day it was created. Only names this program gives are looked at, of any generation; the day that is,
 * and days to come, are never deleted. What belongs to a call that is held is copied out before; an index that this does
 * not succeed with stays.
 */
final class Retention implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Pattern DATE = Pattern.compile("-v\\d+-(\\d{4})(?:\\.(\\d{2})\\.(\\d{2}))?");

    private final RestClient elasticsearch;
    private final Holds holds;
    private final Map<Indices, Integer> days;
    private final Clock clock;
    private final IndexerMetrics metrics;

    /**
     * @param days how many whole days after its own an index is kept; 0 keeps it for ever
     * @param clock whose day, in UTC, is today
     */
    Retention(RestClient elasticsearch, Map<Indices, Integer> days, Clock clock, IndexerMetrics metrics) {
        this.elasticsearch = elasticsearch;
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
            for (String index : over(kind)) {
                boolean kept = keep(kind, index);
                allKept &= kept;
                if (kept && delete(index)) {
                    deleted.add(index);
                }
            }
        }
        if (allKept) {
            release();
        }
        return deleted;
    }

    private List<String> over(Indices kind) throws IOException {
        int keep = days.get(kind);
        return keep == 0
                ? List.of()
                : indices(kind).entrySet().stream()
                        .filter(index -> isOver(kind, index.getKey(), index.getValue(), keep))
                        .map(Map.Entry::getKey)
                        .toList();
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

    /** Names of the indices that are there, with the time each was created. */
    private Map<String, Instant> indices(Indices kind) throws IOException {
        var request = new Request("GET", "/" + kind.alias() + "-v*/_settings/index.creation_date");
        request.addParameter("expand_wildcards", "all");
        try (var body = elasticsearch.performRequest(request).getEntity().getContent();
                var reader = Json.createReader(body)) {
            var created = new TreeMap<String, Instant>();
            JsonObject indices = reader.readObject();
            for (String name : indices.keySet()) {
                created.put(
                        name,
                        Instant.ofEpochMilli(Long.parseLong(indices.getJsonObject(name)
                                .getJsonObject("settings")
                                .getJsonObject("index")
                                .getString("creation_date"))));
            }
            return created;
        } catch (JsonException | NullPointerException | ClassCastException | NumberFormatException e) {
            throw new IOException("unreadable answer for " + kind.alias() + ": " + e, e);
        }
    }

    private boolean isOver(Indices kind, String index, Instant created, int keep) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return day(kind, index, created)
                .map(day -> day.plusDays(keep).isBefore(today))
                .orElse(false);
    }

    /** The day from which the index's age counts; empty for a name that is none of ours. */
    static Optional<LocalDate> day(Indices kind, String index, Instant created) {
        if (!index.startsWith(kind.alias())) {
            return Optional.empty();
        }
        Matcher date = DATE.matcher(index.substring(kind.alias().length()));
        if (!date.matches()) {
            return Optional.empty();
        }
        if (date.group(2) == null) {
            return Optional.of(LocalDate.ofInstant(created, ZoneOffset.UTC));
        }
        try {
            return Optional.of(LocalDate.of(
                    Integer.parseInt(date.group(1)), Integer.parseInt(date.group(2)), Integer.parseInt(date.group(3))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
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
