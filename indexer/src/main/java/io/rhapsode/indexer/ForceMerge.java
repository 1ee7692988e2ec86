/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.http.client.config.RequestConfig;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.ResponseListener;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges finished indices to one segment, densely compressed. Elasticsearch itself leaves dozens in them (of time-based
 * indices it merges 32 at once, and no fewer), and each search looks into every one.
 *
 * <p>An index is finished when its time is over and nothing was written to it for as long as is set. One index is merged
 * at a time in the whole cluster, the youngest first; nobody waits for it here. An index that was merged and got more
 * documents later is merged again only when they are a number of segments again.
 */
final class ForceMerge implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ForceMerge.class);

    /** So many segments more in an index that was merged once are left in it. */
    private static final int LEFT_AFTER_MERGE = 16;

    /** An index whose merge was asked for is left alone that long, whatever came of it. */
    private static final Duration PAUSE = Duration.ofHours(1);

    /** Longer than a merge takes. Where something in between gives up earlier, it goes on without us. */
    private static final RequestOptions PATIENT = RequestOptions.DEFAULT.toBuilder()
            .setRequestConfig(RequestConfig.custom()
                    .setConnectTimeout(2_000)
                    .setSocketTimeout((int) Duration.ofHours(24).toMillis())
                    .build())
            .build();

    private static final String UNDER_WAY =
            "/_tasks?actions=indices:admin/forcemerge&filter_path=nodes.*.tasks.*.action";
    private static final String DISKS = "/_nodes/stats/fs?filter_path=nodes.*.fs.total.available_in_bytes";

    private final RestClient elasticsearch;
    private final RestJson rest;
    private final DatedIndices indices;
    private final IndexCodec codec;
    private final Duration quiet;
    private final Clock clock;
    private final IndexerMetrics metrics;
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** When a merge was asked for, by the index's name; of indices that are there. */
    private final Map<String, Instant> asked = new HashMap<>();

    /** @param quiet how long nothing may have been written to an index whose time is over; zero merges none */
    ForceMerge(RestClient elasticsearch, Duration quiet, Clock clock, IndexerMetrics metrics) {
        this.elasticsearch = elasticsearch;
        this.rest = new RestJson(elasticsearch);
        this.indices = new DatedIndices(rest);
        this.codec = new IndexCodec(rest);
        this.quiet = quiet;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            next();
        } catch (IOException | RuntimeException e) {
            // An exception would end the schedule. Nothing is merged, which the next run makes good.
            LOG.warn("No index could be merged, the next attempt is at its time: {}", BulkClient.brief(e));
        }
    }

    /** Asks for the merge of one index, unless one is under way. Returns its name. */
    Optional<String> next() throws IOException {
        if (quiet.isZero() || waiting.get() || isUnderWay()) {
            return Optional.empty();
        }
        var unmerged = unmerged();
        var disks = unmerged.isEmpty() ? Map.<String, Long>of() : disks();
        var fitting = unmerged.stream().filter(index -> fits(index, disks)).toList();
        metrics.mergesWithoutRoom(unmerged.size() - fitting.size());
        var index = fitting.stream().filter(this::isDue).findFirst().map(Unmerged::name);
        if (index.isPresent()) {
            asked.put(index.get(), clock.instant());
            makeDense(index.get());
            merge(index.get());
        }
        return index;
    }

    /** Whether anybody has a merge done, be it another indexer or the operator. */
    private boolean isUnderWay() throws IOException {
        JsonObject nodes = rest.get(UNDER_WAY).getJsonObject("nodes");
        return nodes != null && !nodes.isEmpty();
    }

    /** An index to be merged, with the bytes it has on each node, by the node's id. */
    private record Unmerged(String name, Map<String, Long> bytes) {}

    private List<Unmerged> unmerged() throws IOException {
        var found = new ArrayList<DatedIndex>();
        for (var kind : Indices.values()) {
            found.addAll(indices.of(kind));
        }
        asked.keySet().retainAll(found.stream().map(DatedIndex::name).collect(Collectors.toSet()));
        found.sort(Comparator.comparing(DatedIndex::from).reversed());
        Map<String, List<ShardCopy>> shards = ShardCopy.all(rest);
        return found.stream()
                .filter(index -> !index.until().plus(quiet).isAfter(clock.instant()))
                .filter(index -> isUnmerged(shards.getOrDefault(index.name(), List.of())))
                .map(index -> new Unmerged(
                        index.name(),
                        shards.get(index.name()).stream()
                                .collect(Collectors.groupingBy(
                                        ShardCopy::node, Collectors.summingLong(ShardCopy::bytes)))))
                .toList();
    }

    private boolean isUnmerged(List<ShardCopy> shards) {
        return shards.stream().allMatch(shard -> shard.isQuietFor(quiet))
                && shards.stream().anyMatch(shard -> shard.segments() > (shard.isMerged() ? LEFT_AFTER_MERGE : 1));
    }

    private Map<String, Long> disks() throws IOException {
        JsonObject nodes = rest.get(DISKS).getJsonObject("nodes");
        var available = new HashMap<String, Long>();
        nodes.keySet()
                .forEach(node -> available.put(
                        node,
                        nodes.getJsonObject(node)
                                .getJsonObject("fs")
                                .getJsonObject("total")
                                .getJsonNumber("available_in_bytes")
                                .longValue()));
        return available;
    }

    /** What is merged is there twice until the end, and as much again is to be left meanwhile for what comes in. */
    private static boolean fits(Unmerged index, Map<String, Long> disks) {
        return index.bytes().entrySet().stream()
                .allMatch(node -> disks.getOrDefault(node.getKey(), 0L) >= 2 * node.getValue());
    }

    private boolean isDue(Unmerged index) {
        return !asked.getOrDefault(index.name(), Instant.MIN)
                .isAfter(clock.instant().minus(PAUSE));
    }

    private void makeDense(String index) throws IOException {
        try {
            codec.makeDense(index);
        } catch (IOException e) {
            metrics.mergeFailed();
            throw e;
        }
    }

    private void merge(String index) {
        waiting.set(true);
        LOG.info("Index {} is finished and being merged to one segment", index);
        var request = new Request("POST", "/" + index + "/_forcemerge");
        request.addParameter("max_num_segments", "1");
        request.setOptions(PATIENT);
        elasticsearch.performRequestAsync(request, new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                answered(index, response);
                waiting.set(false);
            }

            @Override
            public void onFailure(Exception e) {
                failed(index, e);
                waiting.set(false);
            }
        });
    }

    private void answered(String index, Response response) {
        try (var reader = Json.createReader(response.getEntity().getContent())) {
            JsonObject shards = reader.readObject().getJsonObject("_shards");
            if (shards.getInt("failed") == 0) {
                metrics.merged();
                LOG.info("Index {} is merged", index);
            } else {
                metrics.mergeFailed();
                LOG.warn("Index {} is not merged: {}", index, shards);
            }
        } catch (IOException | JsonException | NullPointerException | ClassCastException e) {
            metrics.mergeFailed();
            LOG.warn("The answer to the merge of {} cannot be read: {}", index, BulkClient.brief(e));
        }
    }

    private void failed(String index, Exception e) {
        if (e instanceof ResponseException) {
            metrics.mergeFailed();
            LOG.warn("Index {} cannot be merged: {}", index, BulkClient.brief(e));
        } else {
            // The connection is gone, the merge is not. Whether it gets through, the number of segments will tell.
            LOG.info("Nothing more will be heard of the merge of {}: {}", index, BulkClient.brief(e));
        }
    }
}
