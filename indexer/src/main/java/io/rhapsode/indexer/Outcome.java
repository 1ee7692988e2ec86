/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import java.util.Set;

/** What became of one document of a bulk. */
enum Outcome {
    /** It is in the index, or a newer copy of it is. */
    STORED,
    /** It is not, but can be: the trouble is Elasticsearch's. */
    RETRY,
    /** It never will be: the trouble is the document's. */
    POISON;

    /** Answers with status 400 that speak of the cluster or the index and not of the document. */
    private static final Set<String> NOT_THE_DOCUMENT = Set.of(
            // the limit of shards per node is reached, so that a new day's index cannot be made
            "validation_exception", "index_closed_exception", "invalid_index_name_exception");

    /**
     * @param status of the item in the bulk's answer; 0 if it has none
     * @param type of the item's error, "" without one
     */
    static Outcome of(int status, String type) {
        // 409: with external versions a newer copy is already there, without them a copy being written at this moment.
        if (status / 100 == 2 || status == 409) {
            return STORED;
        }
        boolean refused = status == 400 && !NOT_THE_DOCUMENT.contains(type) || status == 413;
        return refused ? POISON : RETRY;
    }
}
