/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The calls that belong to one session, and those that may.
 *
 * @param legs of the session, the asked one included, in order of begin; empty if it is joined to none
 * @param perhaps what may belong to it as well: offered, not asserted
 */
public record CallLegs(List<Leg> legs, List<Leg> perhaps) {

    static final CallLegs NONE = new CallLegs(List.of(), List.of());

    private static final String LINKS = "rhapsode.call.links";
    private static final String PERHAPS = "rhapsode.call.perhaps";

    private static final Map<String, String> RULES = Map.of(
            "replaces", "Replaces names the call",
            "session-id", "the same Session-ID",
            "refer", "Refer-To names the call",
            "header", "a header names the call, or is the same in both",
            "icid", "the same ICID of P-Charging-Vector",
            "transfer", "one refers to the number the other calls, and Referred-By says so",
            "media-and-host", "the same media address, and one ends where the other begins",
            "numbers-and-media", "the same numbers at the same time, and the same media address",
            "numbers-and-host", "the same numbers at the same time, and one ends where the other begins",
            "numbers", "the same numbers at the same time");

    /**
     * One call.
     *
     * @param record the call's; empty where the index has none
     * @param why by which rule it is joined to the call that was asked for, in words; how else
     * @param asked true for that call itself
     */
    public record Leg(String callId, JsonObject record, String why, boolean asked) {

        public String path() {
            return Pages.callPath(callId);
        }

        public String text(String field) {
            return Documents.text(record, field);
        }
    }

    /**
     * @param record of the call that was asked for
     * @param ofSession finds the calls of a session, in order of begin
     */
    static CallLegs of(String callId, JsonObject record, Function<String, List<Page.Hit>> ofSession) {
        String session = Documents.text(record, "rhapsode.call.session");
        var joined = new LinkedHashMap<String, JsonObject>();
        if (!session.isEmpty()) {
            for (Page.Hit hit : ofSession.apply(session)) {
                joined.put(Documents.text(hit.document(), "sip.call_id"), hit.document());
            }
            joined.put(callId, record);
        }
        var rules = rules(record, LINKS);
        // One that was closed before the link was found does not know its session.
        rules.keySet().forEach(other -> joined.putIfAbsent(other, JsonObject.EMPTY_JSON_OBJECT));
        var legs = new ArrayList<Leg>();
        joined.forEach((id, document) -> {
            String why = id.equals(callId) ? "this call" : rules.getOrDefault(id, "through another leg");
            legs.add(new Leg(id, document, why, id.equals(callId)));
        });
        var perhaps = rules(record, PERHAPS).entrySet().stream()
                .filter(link -> !joined.containsKey(link.getKey()))
                .map(link -> new Leg(link.getKey(), JsonObject.EMPTY_JSON_OBJECT, link.getValue(), false))
                .toList();
        return new CallLegs(List.copyOf(legs), perhaps);
    }

    /** The rule in words by Call-ID. */
    private static Map<String, String> rules(JsonObject record, String field) {
        var rules = new LinkedHashMap<String, String>();
        for (JsonObject link : Documents.objects(record, field)) {
            String rule = Documents.text(link, "rule");
            rules.put(Documents.text(link, "call_id"), RULES.getOrDefault(rule, rule));
        }
        return rules;
    }

    /** The Call-IDs of the session's legs. */
    List<String> callIds() {
        return legs.stream().map(Leg::callId).toList();
    }

    public boolean isEmpty() {
        return legs.isEmpty() && perhaps.isEmpty();
    }
}
