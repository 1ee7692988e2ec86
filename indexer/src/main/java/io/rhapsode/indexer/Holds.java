/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import io.rhapsode.schema.KeptIndex;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.http.entity.ContentType;
import org.apache.http.nio.entity.NStringEntity;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RestClient;

/**
 * The calls that retention must leave. What an index has of them and of their legs is copied, with ids and versions as
 * they are, into an index of its kind that no age deletes ({@link Indices#held}), just before the index is deleted.
 *
 * <p>That index is refreshed by nobody but us: copies are not found before all are there, so that a call is not found
 * twice but between the refresh and the deletion that follows it, and again not if copying fails halfway. A run that is
 * cut off is made good by the next: copying twice copies once.
 */
final class Holds {

    private static final int MOST = 10_000;
    private static final int MOST_CALL_IDS = 65_536;
    private static final int AT_ONCE = 100;
    private static final int ATTEMPTS = 3;
    private static final String CALL_ID = "sip.call_id";
    private static final String SESSION = "rhapsode.call.session";
    private static final ContentType LINES = ContentType.create("application/x-ndjson", "UTF-8");

    private final RestClient elasticsearch;
    private final RestJson rest;

    Holds(RestClient elasticsearch) {
        this.elasticsearch = elasticsearch;
        this.rest = new RestJson(elasticsearch);
    }

    /**
     * Copies what an index has of the calls that are held. A hold that is put meanwhile is seen to as well.
     *
     * @return how many documents were copied
     * @throws IOException if they may not all be there; then the index must stay
     */
    long keep(Indices kind, String index) throws IOException {
        Set<String> kept = Set.of();
        long copied = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Set<String> held = callIds();
            if (kept.containsAll(held)) {
                return copied;
            }
            copied = copy(index, kind.held(), held);
            kept = held;
        }
        throw new IOException("calls are held faster than " + index + " can be copied from");
    }

    /**
     * Deletes the copies of calls that nobody holds any more.
     *
     * @return how many there were
     */
    long release(Indices kind) throws IOException {
        var held = callIds();
        long released = each(
                kind.held(),
                query("bool", "must_not", terms(CALL_ID, held)),
                hit -> Json.createObjectBuilder()
                                .add("delete", action(hit, kind.held()))
                                .build()
                        + "\n");
        if (released > 0) {
            refresh(kind.held());
        }
        return released;
    }

    /** The Call-IDs of all calls that are held, and of those that belong to the same sessions. */
    Set<String> callIds() throws IOException {
        var held = new TreeSet<String>();
        var holds = find(KeptIndex.HOLDS.alias(), query("match_all"), "call_id");
        if (holds == null) {
            checkNoneIsHeld();
            return held;
        }
        holds.forEach(hit -> held.add(source(hit).getString("call_id")));
        held.addAll(legs(held));
        if (held.size() > MOST_CALL_IDS) {
            throw new IOException("more than " + MOST_CALL_IDS + " calls are held, their legs included");
        }
        return held;
    }

    /** There is no list before the first hold; afterwards there is one, be it empty. */
    private void checkNoneIsHeld() throws IOException {
        for (var kind : Indices.values()) {
            if (rest.ask("GET", "/" + kind.held(), "") != null) {
                throw new IOException("the list of held calls, " + KeptIndex.HOLDS.alias() + ", is gone, while "
                        + kind.held() + " is there");
            }
        }
    }

    private Set<String> legs(Set<String> callIds) throws IOException {
        var sessions = new TreeSet<String>();
        for (JsonObject call : calls(CALL_ID, callIds)) {
            String session = call.getJsonObject("rhapsode") == null
                    ? ""
                    : call.getJsonObject("rhapsode").getJsonObject("call").getString("session", "");
            if (!session.isEmpty()) {
                sessions.add(session);
            }
        }
        var legs = new TreeSet<String>();
        for (JsonObject call : calls(SESSION, sessions)) {
            legs.add(call.getJsonObject("sip").getString("call_id"));
        }
        return legs;
    }

    /** The records of calls with any of these values. */
    private List<JsonObject> calls(String field, Set<String> values) throws IOException {
        var calls = new ArrayList<JsonObject>();
        var rest = List.copyOf(values);
        for (int i = 0; i < rest.size(); i += AT_ONCE) {
            var some = rest.subList(i, Math.min(rest.size(), i + AT_ONCE));
            var hits = find(Indices.CALLS.alias(), terms(field, some), CALL_ID, SESSION);
            if (hits == null) {
                throw new IOException("there is no index of calls, which would say what legs the held ones have");
            }
            hits.forEach(hit -> calls.add(source(hit)));
        }
        return calls;
    }

    /** All hits, with these fields; null if there is no such index. */
    private List<JsonObject> find(String index, JsonObject query, String... fields) throws IOException {
        var body = Json.createObjectBuilder()
                .add("query", query)
                .add("size", MOST)
                .add("track_total_hits", true)
                .add("_source", Json.createArrayBuilder(List.of(fields)))
                .build();
        JsonObject answer =
                rest.ask("POST", "/" + index + "/_search?allow_partial_search_results=false", body.toString());
        if (answer == null) {
            return null;
        }
        JsonObject hits = answer.getJsonObject("hits");
        int total = hits.getJsonObject("total").getInt("value");
        if (total > MOST) {
            throw new IOException(total + " documents of " + index + " where at most " + MOST + " can be read");
        }
        return hits.getJsonArray("hits").getValuesAs(JsonObject.class);
    }

    private long copy(String from, String to, Set<String> callIds) throws IOException {
        if (callIds.isEmpty()) {
            return 0;
        }
        create(to);
        refresh(from);
        long copied = each(
                from,
                terms(CALL_ID, callIds),
                hit -> Json.createObjectBuilder()
                                .add(
                                        "index",
                                        action(hit, to)
                                                .add("version", hit.getJsonNumber("_version"))
                                                .add("version_type", "external_gte"))
                                .build()
                        + "\n" + source(hit) + "\n");
        refresh(to);
        return copied;
    }

    private static JsonObjectBuilder action(JsonObject hit, String index) {
        return Json.createObjectBuilder().add("_index", index).add("_id", hit.getString("_id"));
    }

    /** Makes the index of held documents, behind the alias that its template names, unless it is there. */
    private void create(String index) throws IOException {
        if (rest.ask("GET", "/" + index, "") == null) {
            rest.ask("PUT", "/" + index, "{\"settings\":{\"index.refresh_interval\":\"-1\"}}");
        }
    }

    private void refresh(String index) throws IOException {
        rest.ask("POST", "/" + index + "/_refresh", "");
    }

    /**
     * Writes what becomes of each document that is found.
     *
     * @param lines of a bulk, for one hit
     * @return how many documents there were; 0 if there is no such index
     */
    private long each(String index, JsonObject query, Function<JsonObject, String> lines) throws IOException {
        JsonObject point = rest.ask("POST", "/" + index + "/_pit?keep_alive=5m", "");
        if (point == null) {
            return 0;
        }
        String pit = point.getString("id");
        long written = 0;
        try {
            JsonArray after = null;
            for (var hits = page(pit, query, after); !hits.isEmpty(); hits = page(pit, query, after)) {
                write(hits, lines);
                written += hits.size();
                after = hits.get(hits.size() - 1).getJsonArray("sort");
            }
        } finally {
            rest.ask(
                    "DELETE",
                    "/_pit",
                    Json.createObjectBuilder().add("id", pit).build().toString());
        }
        return written;
    }

    private List<JsonObject> page(String pit, JsonObject query, JsonArray after) throws IOException {
        var body = Json.createObjectBuilder()
                .add("pit", Json.createObjectBuilder().add("id", pit).add("keep_alive", "5m"))
                .add("query", query)
                .add("size", AT_ONCE)
                .add("version", true)
                .add("sort", Json.createArrayBuilder().add("_shard_doc"));
        if (after != null) {
            body.add("search_after", after);
        }
        JsonObject answer = rest.ask(
                "POST",
                "/_search?allow_partial_search_results=false",
                body.build().toString());
        if (answer == null) {
            throw new IOException("the point in time that is read is gone");
        }
        return answer.getJsonObject("hits").getJsonArray("hits").getValuesAs(JsonObject.class);
    }

    /** Of a copy 409 is good as well: a newer one is there; of a deletion 404. */
    private void write(List<JsonObject> hits, Function<JsonObject, String> lines) throws IOException {
        var body = new StringBuilder();
        hits.forEach(hit -> body.append(lines.apply(hit)));
        var request = new Request("POST", "/_bulk");
        request.addParameter("filter_path", BulkAnswer.FILTER);
        request.setEntity(new NStringEntity(body.toString(), LINES));
        try (var content = elasticsearch.performRequest(request).getEntity().getContent()) {
            var answer = BulkAnswer.parse(content);
            for (int i = 0; i < hits.size() && !answer.allStored(); i++) {
                int status = answer.item(i).status();
                if (status / 100 != 2 && status != 409 && status != 404) {
                    throw new IOException("document " + hits.get(i).getString("_id") + ": " + status + " "
                            + answer.item(i).reason());
                }
            }
        } catch (JsonException e) {
            throw new IOException("unreadable answer to a bulk: " + e, e);
        }
    }

    private static JsonObject source(JsonObject hit) {
        return hit.getJsonObject("_source");
    }

    private static JsonObject query(String type, String name, JsonObject inner) {
        return Json.createObjectBuilder()
                .add(type, Json.createObjectBuilder().add(name, inner))
                .build();
    }

    private static JsonObject query(String type) {
        return Json.createObjectBuilder()
                .add(type, JsonObject.EMPTY_JSON_OBJECT)
                .build();
    }

    private static JsonObject terms(String field, Collection<String> values) {
        return Json.createObjectBuilder()
                .add("terms", Json.createObjectBuilder().add(field, Json.createArrayBuilder(values)))
                .build();
    }
}
