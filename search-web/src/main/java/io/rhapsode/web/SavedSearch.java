/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Kind;
import jakarta.json.JsonObject;
import java.time.Instant;

/**
 * A search that somebody gave a name.
 *
 * @param asked what it asks for, as the page has it
 * @param savedAt ISO-8601
 * @param version changes with each saving; empty while it is not saved
 */
public record SavedSearch(String name, SearchPage.Asked asked, String savedAt, String version) {

    /** The address of the page with what it finds. */
    public String link() {
        return asked.link(asked.query());
    }

    /** The time in words, "last 24h". */
    public String time() {
        return switch (asked.range()) {
            case "all" -> "any time";
            case "custom" ->
                (asked.from().isEmpty() ? "" : "from " + asked.from())
                        + (asked.to().isEmpty() ? "" : " to " + asked.to());
            default -> "last " + asked.range();
        };
    }

    static SavedSearch of(Kept.Entry entry) {
        JsonObject document = entry.document();
        return new SavedSearch(
                document.getString("name", entry.id()),
                new SearchPage.Asked(
                        document.getString("q", ""),
                        Kind.of(document.getString("kind", "")).orElse(Kind.CALLS),
                        document.getString("range", "custom"),
                        document.getString("from", ""),
                        document.getString("to", ""),
                        ""),
                document.getString("saved_at", ""),
                entry.version());
    }

    /** As it is kept; with a range of its own it has no "from" and "to", and the other way round. */
    JsonObject document(Instant now) {
        var json = Json.createObjectBuilder()
                .add("name", name)
                .add("kind", asked.kind().path())
                .add("q", asked.query());
        if (!asked.range().equals("custom")) {
            json.add("range", asked.range());
        }
        if (!asked.from().isEmpty()) {
            json.add("from", asked.from());
        }
        if (!asked.to().isEmpty()) {
            json.add("to", asked.to());
        }
        return json.add("saved_at", now.toString()).build();
    }
}
