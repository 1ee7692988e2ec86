/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.service.ElasticsearchAccess;
import jakarta.json.JsonException;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.entity.ContentType;
import org.apache.http.message.BasicHeader;
import org.apache.http.nio.entity.NByteArrayEntity;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.ResponseListener;
import org.elasticsearch.client.RestClient;

/**
 * Sends bulks as they stand. It is elasticsearch-java's own low-level client: the body is ready-made, so there is
 * nothing to build operations from and nothing to copy.
 */
final class BulkClient {

    private static final ContentType LINES = ContentType.create("application/x-ndjson");

    /**
     * How long a document waits for its index to have a place. Elasticsearch's own minute goes by without a word where the
     * disks are too full for a new index; what is refused is sent again anyway.
     */
    private static final String SHARD_TIMEOUT = "5s";

    private final RestClient elasticsearch;

    BulkClient(RestClient elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    /** @param timeoutMillis how long to wait for an answer */
    static RestClient connect(ElasticsearchAccess access, int timeoutMillis) {
        var hosts = access.hosts().stream()
                .map(uri -> new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme()))
                .toArray(HttpHost[]::new);
        var client = RestClient.builder(hosts)
                .setRequestConfigCallback(
                        config -> config.setConnectTimeout(2_000).setSocketTimeout(timeoutMillis))
                .setHttpClientConfigCallback(
                        http -> access.tls().map(http::setSSLContext).orElse(http));
        access.authorization()
                .ifPresent(authorization -> client.setDefaultHeaders(
                        new Header[] {new BasicHeader("Authorization", authorization.value())}));
        return client.build();
    }

    /** The answer comes on a thread of the client. */
    void send(Bulk bulk, Consumer<BulkAnswer> answered) {
        var request = new Request("POST", "/_bulk");
        request.addParameter("filter_path", BulkAnswer.FILTER);
        request.addParameter("timeout", SHARD_TIMEOUT);
        request.setEntity(new NByteArrayEntity(bulk.bytes(), 0, bulk.sendingLength(), LINES));
        elasticsearch.performRequestAsync(request, new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                answered.accept(parse(response));
            }

            @Override
            public void onFailure(Exception e) {
                answered.accept(failed(e));
            }
        });
    }

    private static BulkAnswer parse(Response response) {
        try (var body = response.getEntity().getContent()) {
            return BulkAnswer.parse(body);
        } catch (IOException | JsonException | IllegalStateException | ClassCastException e) {
            return BulkAnswer.failed(0, "unreadable answer: " + e);
        }
    }

    private static BulkAnswer failed(Exception e) {
        return BulkAnswer.failed(status(e), brief(e));
    }

    private static int status(Exception e) {
        return e instanceof ResponseException refused
                ? refused.getResponse().getStatusLine().getStatusCode()
                : 0;
    }

    /**
     * The first line of an error, cut short: Elasticsearch's can be as long as the document. Where it is about access,
     * what to look at, and what Elasticsearch says of that.
     */
    static String brief(Exception e) {
        String text = e.toString().lines().findFirst().orElse("");
        if (e instanceof ResponseException) {
            String advice = ElasticsearchAccess.advice(status(e), e.getMessage());
            // The first line is the request, the answer follows.
            return advice.isEmpty()
                    ? cut(text)
                    : advice + "; "
                            + cut(e.getMessage().lines().skip(1).findFirst().orElse(text));
        }
        String advice = ElasticsearchAccess.advice(e);
        return advice.isEmpty() ? cut(text) : advice;
    }

    /** As much as a log wants to have. */
    static String cut(String text) {
        return text.length() > 256 ? text.substring(0, 256) + "..." : text;
    }
}
