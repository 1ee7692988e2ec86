/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One page of what a search found.
 *
 * @param total documents found, on all pages
 * @param tookMillis from request to answer
 * @param hits newest first
 * @param facets by full field name: the values found most often
 * @param histogram documents by time, without gaps
 * @param intervalMillis width of a bar of the histogram, 0 if there is none
 * @param next cursor of the next page, null on the last
 * @param notes what the reader must know to trust the numbers, in sentences
 */
public record Page(
        Search search,
        long total,
        long tookMillis,
        List<Hit> hits,
        Map<String, List<Value>> facets,
        List<Bar> histogram,
        long intervalMillis,
        String next,
        List<String> notes) {

    /** A document with its id in Elasticsearch. */
    public record Hit(String id, JsonObject document) {}

    public record Value(String value, long count) {}

    public record Bar(Instant from, long count) {}

    static Page empty(Search search, long tookMillis) {
        return new Page(search, 0, tookMillis, List.of(), Map.of(), List.of(), 0, null, List.of());
    }
}
