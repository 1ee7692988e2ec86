/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.elasticsearch.client.ResponseException;

/**
 * How an index is compressed. While documents come in that is Elasticsearch's default (LZ4): they are indexed with less
 * work, and a page of them is read with a quarter of it. What is merged for good takes three fifths of the disk with
 * DEFLATE.
 */
record IndexCodec(RestJson rest) {

    private static final String SETTING = "index.codec";

    /**
     * The first that Elasticsearch knows is taken: Lucene's DEFLATE, else its own dense codec, in newer versions zstd, which takes as
     * much disk and decompresses 240 KB for one document, not 48.
     */
    private static final List<String> DENSE = List.of("legacy_best_compression", "best_compression");

    private static final String SHARDS_ARE_BACK =
            "?wait_for_status=yellow&wait_for_no_initializing_shards=true&timeout=20s&filter_path=timed_out";

    /**
     * Has what is written from now on, by a merge above all, compressed densely. For that Elasticsearch closes the shards and
     * opens them again: for about a second they are missing in what is searched, and what is to be written waits. An
     * index whose codec somebody has chosen keeps it.
     *
     * @throws IOException if Elasticsearch refuses, or the shards are not back in time
     */
    void makeDense(String index) throws IOException {
        if (!isChosen(index)) {
            set(index, DENSE.iterator());
            JsonObject health = rest.get("/_cluster/health/" + index + SHARDS_ARE_BACK);
            if (health != null && health.getBoolean("timed_out", false)) {
                throw new IOException("the shards of " + index + " are not back after their codec was set");
            }
        }
    }

    private boolean isChosen(String index) throws IOException {
        JsonObject settings = rest.get("/" + index + "/_settings/" + SETTING + "?flat_settings");
        return settings == null || !settings.isEmpty();
    }

    private void set(String index, Iterator<String> codecs) throws IOException {
        String codec = codecs.next();
        try {
            rest.ask(
                    "PUT",
                    "/" + index + "/_settings?reopen=true",
                    Json.createObjectBuilder().add(SETTING, codec).build().toString());
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() != 400 || !codecs.hasNext()) {
                throw e;
            }
            set(index, codecs);
        }
    }
}
