/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhapsode.service.ServiceMain;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pages and API over what Elasticsearch holds; it writes what people keep, and nothing else. */
public final class SearchWeb implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SearchWeb.class);

    /** A page may load what this server has, and nothing else; it cannot be framed or post elsewhere. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'";

    /** Bytes: a query of 2,000 characters that are all escaped takes 18,000. */
    private static final int LONGEST_HEADER = 32 << 10;

    private final Elasticsearch elasticsearch;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Javalin javalin;

    private SearchWeb(WebConfig config) {
        elasticsearch = new Elasticsearch(config.elasticsearch(), config.searchTimeout());
        var store = new CallStore(elasticsearch, config);
        var status = new StatusReport(elasticsearch, config.generation());
        var kpis = new KpiReport(elasticsearch, store);
        var searches = new SavedSearches(elasticsearch);
        var holds = new Holds(elasticsearch, store);
        javalin = Javalin.create(javalin -> {
            server(javalin, config);
            new Api(store, status, kpis, searches, holds, config).routes(javalin.routes);
            new Pages(store, status, kpis, searches, holds, config).routes(javalin.routes);
            health(javalin);
        });
        javalin.start(config.host(), config.port());
        LOG.info("Pages and API on http://{}:{}/", config.host(), port());
    }

    /**
     * @param environment the settings, see {@link WebConfig#DEFINITION}
     * @throws IllegalArgumentException naming every wrong setting
     */
    public static SearchWeb start(Map<String, String> environment) {
        return start(environment, Set.of());
    }

    /** @param alsoKnown settings of other services of the same process */
    public static SearchWeb start(Map<String, String> environment, Set<String> alsoKnown) {
        return new SearchWeb(WebConfig.from(environment, alsoKnown));
    }

    public static void main(String[] arguments) {
        ServiceMain.run("search-web", () -> start(System.getenv()));
    }

    public int port() {
        return javalin.port();
    }

    private void server(JavalinConfig javalin, WebConfig config) {
        javalin.startup.showJavalinBanner = false;
        javalin.startup.showOldJavalinVersionWarning = false;
        javalin.jetty.threadPool = new QueuedThreadPool(config.threads(), 8);
        // Call-IDs have slashes and anything else in them; they come escaped, in one segment of the path.
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setUriCompliance(UriCompliance.UNSAFE);
            http.setRequestHeaderSize(LONGEST_HEADER);
        });
        javalin.jetty.modifyServer(server -> server.setErrorHandler(SearchWeb::unreadable));
        javalin.http.prefer405over404 = true;
        javalin.jetty.modifyServletContextHandler(
                context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
        javalin.requestLogger.http((context, millis) -> Timer.builder("rhapsode.web.requests")
                .description("time to answer")
                .tag("status", Integer.toString(context.statusCode()))
                .register(metrics)
                .record((long) (millis * 1_000), TimeUnit.MICROSECONDS));
        javalin.routes.before(SearchWeb::guard);
    }

    /**
     * What Jetty itself refuses before there is a path to tell pages from the API by. It does not keep an address it cannot
     * read, so that the answer is one that programs and people can both read.
     */
    private static boolean unreadable(Request request, Response response, Callback callback) {
        String sentence =
                switch (response.getStatus()) {
                    case HttpStatus.BAD_REQUEST_400 ->
                        "the request cannot be read: is each % of its address written as %25?";
                    case HttpStatus.URI_TOO_LONG_414 -> "the address is longer than " + LONGEST_HEADER + " bytes";
                    case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
                        "the header is longer than " + LONGEST_HEADER + " bytes";
                    default -> HttpStatus.getMessage(response.getStatus());
                };
        response.getHeaders()
                .put(HttpHeader.CONTENT_TYPE, Api.JSON)
                .put(HttpHeader.CACHE_CONTROL, "no-store")
                .put("X-Content-Type-Options", "nosniff");
        Content.Sink.write(response, true, Api.error(sentence, 0).toString(), callback);
        return true;
    }

    private static void guard(Context context) {
        context.header("Content-Security-Policy", CONTENT_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                // With "no-referrer" browsers would send our own forms with "Origin: null".
                .header("Referrer-Policy", "same-origin");
        Origin.check(context);
    }

    private void health(JavalinConfig javalin) {
        new Reading(javalin.routes)
                .get("/healthz", context -> context.result("ok\n"))
                .get("/readyz", context -> {
                    elasticsearch.ask(client -> client.cluster().health(), null);
                    context.result("ok\n");
                })
                .get("/metrics", context -> context.contentType("text/plain; version=0.0.4")
                        .result(metrics.scrape()));
    }

    @Override
    public void close() {
        javalin.stop();
        try {
            elasticsearch.close();
        } catch (IOException e) {
            LOG.warn("Closing the connection to Elasticsearch: {}", e.getMessage());
        }
    }
}
