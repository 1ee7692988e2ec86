/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.time.Instant;

/**
 * A call that retention leaves, with its legs.
 *
 * @param reason in the words of who holds it
 * @param by who holds it
 * @param heldAt ISO-8601
 * @param version of the document
 */
public record Hold(String callId, String reason, String by, String heldAt, String version) {

    static Hold of(Kept.Entry entry) {
        JsonObject document = entry.document();
        return new Hold(
                document.getString("call_id"),
                document.getString("reason", ""),
                document.getString("by", ""),
                document.getString("held_at", ""),
                entry.version());
    }

    static JsonObject document(String callId, String reason, String by, Instant now) {
        return Json.createObjectBuilder()
                .add("call_id", callId)
                .add("reason", reason)
                .add("by", by)
                .add("held_at", now.toString())
                .build();
    }

    JsonObject json() {
        return Json.createObjectBuilder(document(callId, reason, by, Instant.parse(heldAt)))
                .add("version", version)
                .add("page", page())
                .build();
    }

    /** The address of the call's page. */
    public String page() {
        return Pages.callPath(callId);
    }
}
