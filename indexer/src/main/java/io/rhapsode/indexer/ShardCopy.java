/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A shard, or a replica of one, as Elasticsearch's index stats tell of it.
 *
 * @param node id of the node it is on
 * @param bytes of disk
 * @param segments that a search looks into
 * @param isMerged whether a merge was ever asked for
 * @param uncommitted operations that are not in a segment on the disk yet: Elasticsearch sees to it that there are none
 *     some minutes after the last
 * @param idle since its operations were last brought to the disk, or since it is on this node
 */
record ShardCopy(String node, long bytes, int segments, boolean isMerged, int uncommitted, Duration idle) {

    private static final String STATS = "/rhapsode-*/_stats/store,segments,translog?level=shards&filter_path="
            + String.join(
                    ",",
                    List.of(
                            "indices.*.shards.*.routing.node",
                            "indices.*.shards.*.store.size_in_bytes",
                            "indices.*.shards.*.segments.count",
                            "indices.*.shards.*.commit.user_data.force_merge_uuid",
                            "indices.*.shards.*.translog.uncommitted_operations",
                            "indices.*.shards.*.translog.earliest_last_modified_age"));

    /** Those of all open indices whose names begin as ours, by index. */
    static Map<String, List<ShardCopy>> all(RestJson rest) throws IOException {
        JsonObject indices = rest.get(STATS).getJsonObject("indices");
        var copies = new HashMap<String, List<ShardCopy>>();
        if (indices == null) {
            return copies;
        }
        try {
            for (String index : indices.keySet()) {
                copies.put(index, of(indices.getJsonObject(index).getJsonObject("shards")));
            }
        } catch (NullPointerException | ClassCastException e) {
            throw new IOException("unreadable stats of shards: " + e, e);
        }
        return copies;
    }

    private static List<ShardCopy> of(JsonObject shards) {
        return shards.values().stream()
                .flatMap(copies -> copies.asJsonArray().stream())
                .map(copy -> of(copy.asJsonObject(), copy.asJsonObject().getJsonObject("translog")))
                .toList();
    }

    private static ShardCopy of(JsonObject copy, JsonObject translog) {
        return new ShardCopy(
                copy.getJsonObject("routing").getString("node"),
                copy.getJsonObject("store").getJsonNumber("size_in_bytes").longValue(),
                copy.getJsonObject("segments").getInt("count"),
                copy.containsKey("commit"),
                translog.getInt("uncommitted_operations"),
                Duration.ofMillis(
                        translog.getJsonNumber("earliest_last_modified_age").longValue()));
    }

    /** Whether nothing was written for that long, as far as can be told. */
    boolean isQuietFor(Duration time) {
        return uncommitted == 0 && idle.compareTo(time) >= 0;
    }
}
