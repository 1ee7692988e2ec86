/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Kind;
import java.time.Instant;

/**
 * What is searched for.
 *
 * @param query in the query language, empty for everything
 * @param from inclusive, null for no limit
 * @param to exclusive, null for no limit
 * @param size hits a page
 * @param counts whether facets and histogram are asked for
 */
public record Search(Kind kind, String query, Instant from, Instant to, int size, boolean counts) {

    static final int DEFAULT_SIZE = 50;
    static final int MAX_SIZE = 1_000;

    /** @throws Refused 400 */
    static Search of(Kind kind, Parameters parameters) {
        var search = new Search(
                kind,
                parameters.text("q").strip(),
                parameters.time("from"),
                parameters.time("to"),
                parameters.number("size", DEFAULT_SIZE, 0, MAX_SIZE),
                parameters.flag("facets", true));
        search.checkOrder();
        return search;
    }

    void checkOrder() {
        Parameters.checkOrder(from, to);
    }
}
