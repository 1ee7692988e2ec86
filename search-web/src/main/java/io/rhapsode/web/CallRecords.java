/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records of one Call-ID. It has several if it was used again, or if a NOTIFY, a BYE that was sent once more or the like
 * came so long after the end of a call that it stands for itself: that is not the call, however new it is.
 *
 * @param all those that begin with an INVITE first, of each sort the newest first; empty while the index has none
 */
record CallRecords(List<Page.Hit> all) {

    /** The one that is meant by the Call-ID; an empty document while there is none. */
    JsonObject call() {
        return all.isEmpty() ? JsonObject.EMPTY_JSON_OBJECT : all.get(0).document();
    }

    /** The others that began before it. */
    List<Page.Hit> earlier() {
        return others().filter(hit -> !isLater(hit)).toList();
    }

    /** The others that began after it: of what came when it was over. */
    List<Page.Hit> later() {
        return others().filter(this::isLater).toList();
    }

    private Stream<Page.Hit> others() {
        return all.stream().skip(1);
    }

    private boolean isLater(Page.Hit other) {
        return begin(other.document()).isAfter(begin(call()));
    }

    private static Instant begin(JsonObject record) {
        return Instant.parse(Documents.text(record, "@timestamp"));
    }
}
