/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ShardStatistics;
import co.elastic.clients.elasticsearch.core.CountRequest;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.json.SimpleJsonpMapper;
import co.elastic.clients.transport.TransportException;
import co.elastic.clients.transport.rest_client.RestClientTransport;
import io.rhapsode.service.Complaint;
import io.rhapsode.service.ElasticsearchAccess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.message.BasicHeader;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to Elasticsearch, and what its errors mean for whoever asked. */
final class Elasticsearch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Elasticsearch.class);

    interface Question<T> {
        T ask(ElasticsearchClient client) throws IOException;
    }

    private static final String UNUSABLE = "Elasticsearch cannot be used: ";
    private static final int CONNECT_MILLIS = 2_000;
    private static final int ATTEMPTS = 11;
    private static final int PAUSE_MILLIS = 100;
    private static final Set<String> POINT_GONE = Set.of("search_context_missing_exception");

    private final RestClientTransport transport;
    private final ElasticsearchClient client;
    private final Complaint complaint = new Complaint();

    Elasticsearch(ElasticsearchAccess access, Duration timeout) {
        var hosts = access.hosts().stream()
                .map(uri -> new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme()))
                .toArray(HttpHost[]::new);
        var rest = RestClient.builder(hosts)
                .setRequestConfigCallback(request -> request.setConnectTimeout(CONNECT_MILLIS)
                        .setSocketTimeout((int) timeout.toMillis() + CONNECT_MILLIS))
                .setHttpClientConfigCallback(http -> {
                    access.tls().ifPresent(http::setSSLContext);
                    return http.setMaxConnTotal(64).setMaxConnPerRoute(32).disableCookieManagement();
                });
        access.authorization()
                .ifPresent(authorization ->
                        rest.setDefaultHeaders(new Header[] {new BasicHeader("Authorization", authorization.value())}));
        transport = new RestClientTransport(rest.build(), SimpleJsonpMapper.INSTANCE);
        client = new ElasticsearchClient(transport);
    }

    /**
     * @param absent the answer if nothing has been indexed yet
     * @throws Refused 503 if Elasticsearch does not answer, 410 if a point in time is gone, 400 if it finds fault
     */
    <T> T ask(Question<T> question, T absent) {
        try {
            return again(question);
        } catch (ElasticsearchException e) {
            return judge(e, absent);
        } catch (IOException e) {
            complain("Elasticsearch gave no answer that can be used: " + e);
            throw Refused.unavailable(sentence(e), e);
        }
    }

    /**
     * Searches all that there is.
     *
     * @return null if nothing has been indexed yet
     * @throws Refused as {@link #ask}, and 503 if some of the shards do not answer
     */
    <T> SearchResponse<T> search(SearchRequest request, Class<T> type) {
        return ask(client -> whole(client.search(request, type)), null);
    }

    /** Searches what answers; the rest is asked a few times, and then missing. Null if nothing has been indexed yet. */
    <T> SearchResponse<T> searchWhatAnswers(SearchRequest request, Class<T> type) {
        var latest = new AtomicReference<SearchResponse<T>>();
        try {
            return ask(
                    client -> {
                        latest.set(client.search(request, type));
                        return whole(latest.get());
                    },
                    null);
        } catch (Refused e) {
            if (e.getCause() instanceof ShardsMissing) {
                return latest.get();
            }
            throw e;
        }
    }

    /**
     * Counts all that there is; 0 if nothing has been indexed yet.
     *
     * @throws Refused as {@link #search}
     */
    long count(CountRequest request) {
        return ask(
                client -> {
                    var answer = client.count(request);
                    ShardsMissing.check(answer.shards());
                    return answer.count();
                },
                0L);
    }

    private static <T> SearchResponse<T> whole(SearchResponse<T> answer) throws ShardsMissing {
        ShardsMissing.check(answer.shards());
        return answer;
    }

    /** An answer without what some shards hold, as there is when a node goes away or an index changes its settings. */
    private static final class ShardsMissing extends IOException {

        private static final long serialVersionUID = 1;

        private ShardsMissing(ShardStatistics shards) {
            super("%s of %s shards do not answer".formatted(shards.failed(), shards.total()));
        }

        static void check(ShardStatistics shards) throws ShardsMissing {
            if (shards.failed().intValue() > 0) {
                throw new ShardsMissing(shards);
            }
        }
    }

    /**
     * A few times if the connection broke, which may have been an old one that the server was just closing, if the
     * server says "not now", which it does in the moment that makes a day's index, or if shards are missing, as in the
     * moment that compresses it.
     */
    private <T> T again(Question<T> question) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return question.ask(client);
            } catch (IOException | ElasticsearchException e) {
                if (attempt == ATTEMPTS || !isMomentary(e)) {
                    throw e;
                }
                LOG.debug("Asking Elasticsearch again after {}", e.toString());
                pause();
            }
        }
    }

    private static boolean isMomentary(Exception e) {
        if (e instanceof ElasticsearchException all) {
            // None of the shards is there.
            return all.status() == 503;
        }
        if (e instanceof ResponseException response) {
            int status = response.getResponse().getStatusLine().getStatusCode();
            return status == 503 || status == 429;
        }
        return !(e instanceof SocketTimeoutException
                || e instanceof ConnectException
                || e instanceof TransportException);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("the server is stopping", e);
        }
    }

    private <T> T judge(ElasticsearchException e, T absent) {
        String type = e.error().type();
        if ("index_not_found_exception".equals(type)) {
            return absent;
        }
        boolean gone = POINT_GONE.contains(type)
                || e.error().rootCause().stream().anyMatch(cause -> POINT_GONE.contains(cause.type()));
        if (gone) {
            throw Refused.gone("this cursor has expired; search again without it");
        }
        String advice = ElasticsearchAccess.advice(e.status(), String.valueOf(type));
        if (!advice.isEmpty()) {
            complain(UNUSABLE + advice + "; " + Parameters.cut(reason(e)));
            throw Refused.unavailable(UNUSABLE + advice, e);
        }
        if (e.status() == 400) {
            throw Refused.badRequest("Elasticsearch refuses this search: " + Parameters.cut(reason(e)));
        }
        throw Refused.unavailable("Elasticsearch cannot answer: " + Parameters.cut(reason(e)), e);
    }

    /** Whoever asks meets the same trouble, and each is told it on his page. */
    private void complain(String what) {
        complaint.again(what, System.nanoTime()).ifPresent(LOG::warn);
    }

    private static String reason(ElasticsearchException e) {
        var causes = e.error().rootCause();
        String reason = causes.isEmpty() ? e.error().reason() : causes.get(0).reason();
        return reason == null ? "status " + e.status() : reason;
    }

    private static String sentence(IOException e) {
        String advice = e instanceof TransportException unreadable
                ? ElasticsearchAccess.advice(unreadable.statusCode(), e.getMessage())
                : ElasticsearchAccess.advice(e);
        if (!advice.isEmpty()) {
            return UNUSABLE + advice;
        }
        if (e instanceof ShardsMissing) {
            return "Elasticsearch lacks a part of the index at the moment: " + e.getMessage();
        }
        if (e instanceof ConnectException) {
            return "Elasticsearch is not there; trying again may help";
        }
        if (e instanceof ResponseException) {
            return "Elasticsearch is not able to answer at the moment; trying again may help";
        }
        return e instanceof TransportException
                ? "Elasticsearch answers in a way that cannot be read"
                : "Elasticsearch does not answer in time; a narrower time range may help";
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
