/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/** The messages' indices of an Elasticsearch: what is in them by its own statistics, and a way in. */
final class IndexedSoFar {

    private static final long GIVE_UP_NANOS = 120_000_000_000L;

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
        long bytes = primaries("store")
                .orElseThrow()
                .getJsonObject("store")
                .getJsonNumber("size_in_bytes")
                .longValue();
        return (double) bytes / documents();
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
        JsonObject answer = ask("/_bulk?filter_path=errors", BodyPublishers.ofByteArray(bulk));
        if (answer.getBoolean("errors")) {
            throw new IOException("Elasticsearch did not take all of a bulk");
        }
    }

    private Optional<JsonObject> primaries(String kind) throws IOException, InterruptedException {
        JsonObject answer = ask("/" + Indices.SIP.alias() + "*/_stats/" + kind, null);
        return Optional.ofNullable(answer.getJsonObject("_all").getJsonObject("primaries"))
                .filter(primaries -> !primaries.isEmpty());
    }

    private JsonObject ask(String path, BodyPublisher body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/x-ndjson");
        var answer = http.send((body == null ? request : request.POST(body)).build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": " + new String(answer.body()));
        }
        try (var reader = Json.createReader(new ByteArrayInputStream(answer.body()))) {
            return reader.readObject();
        }
    }
}
