/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Set;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the index templates where they are absent or older than this program's. Nothing may be written before: the first
 * document of an index without a template would fix the wrong mapping.
 */
final class TemplateInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(TemplateInstaller.class);

    /** Shorter than for bulks: these are asked on the thread that also keeps the place in the consumer group. */
    private static final RequestOptions IMPATIENT = RequestOptions.DEFAULT.toBuilder()
            .setRequestConfig(RequestConfig.custom()
                    .setConnectTimeout(2_000)
                    .setSocketTimeout(10_000)
                    .build())
            .build();

    private final RestClient elasticsearch;
    private final DatedIndices indices;
    private final IndexNames names;
    private final Set<Indices> warned = EnumSet.noneOf(Indices.class);

    /** @param names that documents are going to be filed under */
    TemplateInstaller(RestClient elasticsearch, IndexNames names) {
        this.elasticsearch = elasticsearch;
        this.indices = new DatedIndices(new RestJson(elasticsearch, IMPATIENT));
        this.names = names;
    }

    /**
     * Sees to it that every template is there, and that what is there is filed as it is going to be.
     *
     * @throws IOException if Elasticsearch does not answer or refuses, or if documents could come to be there twice
     */
    void install() throws IOException {
        for (var kind : Indices.values()) {
            install(kind);
            if (kind.isOfCalls()) {
                names.check(kind, indices.of(kind));
            }
        }
    }

    private void install(Indices kind) throws IOException {
        byte[] ours = resource(kind);
        int version = object(new ByteArrayInputStream(ours)).getInt("version");
        int installed = installedVersion(kind);
        if (installed > version) {
            if (warned.add(kind)) {
                LOG.warn(
                        "Template {} in Elasticsearch has version {}, this program knows {}: left as it is, a newer"
                                + " Rhapsode wrote it",
                        kind.alias(),
                        installed,
                        version);
            }
        } else if (installed < version) {
            var request = request("PUT", kind);
            request.setEntity(new ByteArrayEntity(ours, ContentType.APPLICATION_JSON));
            elasticsearch.performRequest(request);
            LOG.info("Template {} installed, version {} (was {})", kind.alias(), version, installed);
        }
    }

    /** The version in Elasticsearch; 0 for a template without one, -1 if there is none. */
    private int installedVersion(Indices kind) throws IOException {
        try (var body =
                elasticsearch.performRequest(request("GET", kind)).getEntity().getContent()) {
            return object(body)
                    .getJsonArray("index_templates")
                    .getJsonObject(0)
                    .getJsonObject("index_template")
                    .getInt("version", 0);
        } catch (ResponseException e) {
            if (e.getResponse().getStatusLine().getStatusCode() == 404) {
                return -1;
            }
            throw e;
        } catch (JsonException | IndexOutOfBoundsException | NullPointerException e) {
            throw new IOException("unreadable answer for template " + kind.alias() + ": " + e, e);
        }
    }

    private static Request request(String method, Indices kind) {
        var request = new Request(method, "/_index_template/" + kind.alias());
        request.setOptions(IMPATIENT);
        return request;
    }

    private static byte[] resource(Indices kind) throws IOException {
        try (var template = Indices.class.getResourceAsStream(kind.template())) {
            return template.readAllBytes();
        }
    }

    private static JsonObject object(InputStream json) {
        try (var reader = Json.createReader(json)) {
            return reader.readObject();
        }
    }
}
