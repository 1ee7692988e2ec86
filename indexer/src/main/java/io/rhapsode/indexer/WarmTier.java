/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Elasticsearch move indices to its warm nodes some days after their time is over, by the preference of tiers that
 * every cluster understands. Where there is no warm node they stay where they are. An index that somebody has given
 * another preference keeps it.
 */
final class WarmTier implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WarmTier.class);

    private static final String SETTING = "index.routing.allocation.include._tier_preference";

    /** What an index has that nobody has moved yet; on the bare server it has none. */
    private static final List<String> NEW = List.of("", "data_content", "data_hot", "data_hot,data_content");

    /** The first of these of which there is a node. */
    static final String WARM = "data_warm,data_hot,data_content";

    private final RestJson rest;
    private final DatedIndices indices;
    private final Duration after;
    private final Clock clock;
    private final IndexerMetrics metrics;

    /** @param after how long after its time is over an index moves; zero for never */
    WarmTier(RestClient elasticsearch, Duration after, Clock clock, IndexerMetrics metrics) {
        this.rest = new RestJson(elasticsearch);
        this.indices = new DatedIndices(rest);
        this.after = after;
        this.clock = clock;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            sweep();
        } catch (IOException | RuntimeException e) {
            // An exception would end the schedule. The rest is moved at the next run.
            LOG.warn("Not all indices could be moved to the warm tier: {}", BulkClient.brief(e));
        }
    }

    /** Returns the names of the indices that are to move. */
    List<String> sweep() throws IOException {
        var moved = new ArrayList<String>();
        for (var kind : after.isZero() ? new Indices[0] : Indices.values()) {
            JsonObject preferences =
                    rest.get("/" + kind.alias() + "-v*/_settings/" + SETTING + "?flat_settings&expand_wildcards=all");
            for (var index : indices.of(kind)) {
                boolean over = !index.until().plus(after).isAfter(clock.instant());
                if (over && NEW.contains(preference(preferences, index.name())) && move(index.name())) {
                    moved.add(index.name());
                }
            }
        }
        return moved;
    }

    private static String preference(JsonObject preferences, String index) {
        return preferences.containsKey(index)
                ? preferences.getJsonObject(index).getJsonObject("settings").getString(SETTING, "")
                : "";
    }

    /** False if the index is gone. */
    private boolean move(String index) throws IOException {
        String preference =
                Json.createObjectBuilder().add(SETTING, WARM).build().toString();
        if (rest.ask("PUT", "/" + index + "/_settings", preference) == null) {
            return false;
        }
        metrics.indexWarm();
        LOG.info("Index {} goes to the warm tier", index);
        return true;
    }
}
