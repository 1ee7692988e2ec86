/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.IOException;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;

/** Requests to Elasticsearch whose answers are read as JSON. */
record RestJson(RestClient elasticsearch, RequestOptions options) {

    RestJson(RestClient elasticsearch) {
        this(elasticsearch, RequestOptions.DEFAULT);
    }

    /** The answer; null if there is no such index. */
    JsonObject get(String path) throws IOException {
        return ask("GET", path, "");
    }

    /**
     * @param body JSON; empty for a request without one
     * @return the answer; null if there is no such index
     * @throws IOException if there is no answer, one that refuses, or none that can be read
     */
    JsonObject ask(String method, String path, String body) throws IOException {
        var request = new Request(method, path);
        request.setOptions(options);
        if (!body.isEmpty()) {
            request.setJsonEntity(body);
        }
        try (var content = elasticsearch.performRequest(request).getEntity().getContent();
                var reader = Json.createReader(content)) {
            return reader.readObject();
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == 404) {
                return null;
            }
            throw e;
        } catch (JsonException | ClassCastException e) {
            throw new IOException("unreadable answer to " + path + ": " + e, e);
        }
    }
}
