/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The indices of an Elasticsearch: what is in them by its own statistics, and a way in. */
final class IndexedSoFar {

    private static final long GIVE_UP_NANOS = 120_000_000_000L;
    private static final long SETTLED_WITHIN_NANOS = 600_000_000_000L;

    /** A newer document, or this one, is there already. */
    private static final String CONFLICT = "version_conflict_engine_exception";

    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    IndexedSoFar(String url) {
        this.url = url;
    }

    /** Messages indexed, searchable or not yet; 0 as long as there is no index. */
    long documents() throws IOException, InterruptedException {
        return primaries("indexing")
                .map(primaries -> primaries.getJsonObject("indexing").getInt("index_total"))
                .orElse(0);
    }

    /** Bytes on disk, with all that is indexed written there. */
    double bytesPerDocument() throws IOException, InterruptedException {
        ask("/" + Indices.SIP.alias() + "/_flush", BodyPublishers.noBody());
        return (double) statistic(Indices.SIP, "store", "size_in_bytes") / documents();
    }

    /** Puts the index templates there, as the indexer does before it writes. */
    void putTemplates() throws IOException, InterruptedException {
        for (Indices kind : Indices.values()) {
            try (var template = Indices.class.getResourceAsStream(kind.template())) {
                var body = BodyPublishers.ofByteArray(template.readAllBytes());
                ask(HttpRequest.newBuilder(URI.create(url + "/_index_template/" + kind.alias()))
                        .header("Content-Type", "application/json")
                        .PUT(body));
            }
        }
    }

    /** A number of one kind's indices together, as {@code _stats} has it: 0 as long as there is none. */
    long statistic(Indices kind, String group, String name) throws IOException, InterruptedException {
        JsonObject answer = ask("/" + kind.alias() + "*/_stats?filter_path=_all.primaries." + group + "." + name, null);
        return answer.isEmpty()
                ? 0
                : answer.getJsonObject("_all")
                        .getJsonObject("primaries")
                        .getJsonObject(group)
                        .getJsonNumber(name)
                        .longValue();
    }

    /** Makes all searchable, writes it to disk and waits until the merges that follow are over. */
    void settle() throws IOException, InterruptedException {
        ask("/_refresh", BodyPublishers.noBody());
        ask("/_flush", BodyPublishers.noBody());
        long until = System.nanoTime() + SETTLED_WITHIN_NANOS;
        while (statistic(Indices.SIP, "merges", "current") + statistic(Indices.CALLS, "merges", "current") > 0) {
            if (System.nanoTime() > until) {
                throw new IOException("the merges do not come to an end");
            }
            Thread.sleep(500);
        }
    }

    /** Merges each index of messages and calls to one segment, densely, as the indexer does when a day is over. */
    void merge() throws IOException, InterruptedException {
        for (Indices kind : List.of(Indices.SIP, Indices.CALLS)) {
            put("/" + kind.alias() + "*/_settings?reopen=true", "{\"index.codec\":\"legacy_best_compression\"}");
            ask("/_cluster/health?wait_for_status=yellow&wait_for_no_initializing_shards=true", null);
            ask("/" + kind.alias() + "*/_forcemerge?max_num_segments=1", BodyPublishers.noBody());
        }
    }

    void await(long documents) throws IOException, InterruptedException {
        long last = documents();
        long grewAt = System.nanoTime();
        while (last < documents) {
            if (System.nanoTime() - grewAt > GIVE_UP_NANOS) {
                throw new IOException("only " + last + " of " + documents + " documents came");
            }
            Thread.sleep(50);
            long now = documents();
            grewAt = now > last ? System.nanoTime() : grewAt;
            last = now;
        }
    }

    /** Sends one bulk. @throws IOException if a document of it was refused */
    void send(byte[] bulk) throws IOException, InterruptedException {
        JsonObject answer = ask("/_bulk?filter_path=items.*.error.type", BodyPublishers.ofByteArray(bulk));
        for (JsonValue item :
                answer.getOrDefault("items", JsonValue.EMPTY_JSON_ARRAY).asJsonArray()) {
            if (!item.toString().contains(CONFLICT)) {
                throw new IOException("Elasticsearch did not take all of a bulk: " + item);
            }
        }
    }

    private Optional<JsonObject> primaries(String kind) throws IOException, InterruptedException {
        JsonObject answer = ask("/" + Indices.SIP.alias() + "*/_stats/" + kind, null);
        return Optional.ofNullable(answer.getJsonObject("_all").getJsonObject("primaries"))
                .filter(primaries -> !primaries.isEmpty());
    }

    private JsonObject ask(String path, BodyPublisher body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/x-ndjson");
        return ask(body == null ? request : request.POST(body));
    }

    private void put(String path, String json) throws IOException, InterruptedException {
        ask(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json)));
    }

    private JsonObject ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = http.send(request.build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.uri() + " answered " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        try (var reader = Json.createReader(new ByteArrayInputStream(answer.body()))) {
            return reader.readObject();
        }
    }
}
