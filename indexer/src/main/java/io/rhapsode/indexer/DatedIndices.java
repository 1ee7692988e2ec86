/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The indices that are there, as far as they have a name of ours. */
final class DatedIndices {

    private static final Comparator<DatedIndex> OLDEST_FIRST =
            Comparator.comparing(DatedIndex::from).thenComparing(DatedIndex::name);

    private static final String SIZES = "/_stats/docs?level=indices&expand_wildcards=all&forbid_closed_indices=false"
            + "&filter_path=indices.*.total.docs.total_size_in_bytes";

    private final RestJson rest;

    DatedIndices(RestJson rest) {
        this.rest = rest;
    }

    /** Those of a kind, closed ones as well, oldest first. */
    List<DatedIndex> of(Indices kind) throws IOException {
        var found = new ArrayList<DatedIndex>();
        JsonObject indices = rest.get("/" + kind.alias() + "-v*/_settings/index.creation_date?expand_wildcards=all");
        try {
            for (String name : indices.keySet()) {
                String created = indices.getJsonObject(name)
                        .getJsonObject("settings")
                        .getJsonObject("index")
                        .getString("creation_date");
                DatedIndex.of(kind, name, Instant.ofEpochMilli(Long.parseLong(created)))
                        .ifPresent(found::add);
            }
        } catch (NullPointerException | ClassCastException | NumberFormatException e) {
            throw new IOException("unreadable answer for " + kind.alias() + ": " + e, e);
        }
        found.sort(OLDEST_FIRST);
        return found;
    }

    /** Bytes of the segments of those of a kind, replicas included, by index. */
    Map<String, Long> bytes(Indices kind) throws IOException {
        JsonObject indices = rest.get("/" + kind.alias() + "-v*" + SIZES).getJsonObject("indices");
        var bytes = new HashMap<String, Long>();
        try {
            for (String name : indices == null ? Set.<String>of() : indices.keySet()) {
                bytes.put(
                        name,
                        indices.getJsonObject(name)
                                .getJsonObject("total")
                                .getJsonObject("docs")
                                .getJsonNumber("total_size_in_bytes")
                                .longValue());
            }
        } catch (NullPointerException | ClassCastException e) {
            throw new IOException("unreadable sizes of " + kind.alias() + ": " + e, e);
        }
        return bytes;
    }
}
