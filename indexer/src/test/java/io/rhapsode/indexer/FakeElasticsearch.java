/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rhapsode.schema.Indices;
import io.rhapsode.service.ElasticsearchAccess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.elasticsearch.client.RestClient;

/** Answers as Elasticsearch does, to templates, bulks and retention; how each document fares is the test's to say. */
final class FakeElasticsearch implements AutoCloseable {

    private static final String TIER_PREFERENCE = "index.routing.allocation.include._tier_preference";
    private static final String CODEC = "index.codec";

    final Map<String, Integer> templates = new ConcurrentHashMap<>();
    final List<String> templatesPut = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Long> indices = new ConcurrentSkipListMap<>();

    /** Bytes of an index's segments; 0 if nothing is said. */
    final Map<String, Long> bytes = new ConcurrentHashMap<>();

    /** The preference of tiers that an index has, if any. */
    final Map<String, String> tiers = new ConcurrentHashMap<>();

    /** The codec that an index was given, if any. */
    final Map<String, String> codecs = new ConcurrentHashMap<>();

    /** A codec of which this version does not know. */
    volatile String unknownCodec = "none";

    /** Whether shards that are opened are there in time. */
    volatile boolean opensSlowly;

    /** What the stats say of an index's only shard, by the index's name. */
    final Map<String, String> shards = new ConcurrentSkipListMap<>();

    /** Indices whose merge was asked for. */
    final List<String> merges = Collections.synchronizedList(new ArrayList<>());

    /** What is answered to a merge, when the latch lets it. */
    volatile String merged = "{\"_shards\":{\"failed\":0}}";

    volatile int mergeStatus = 200;
    volatile CountDownLatch mergeEnds = new CountDownLatch(0);

    /** Whether somebody else has a merge done. */
    volatile boolean mergeUnderWay;

    /** Bytes free on the only node's disk. */
    volatile long available = 1_000;

    /** Documents by id, with how often each was sent. */
    final Map<String, Integer> sent = new ConcurrentHashMap<>();

    final Map<String, String> stored = new ConcurrentHashMap<>();

    /** How many documents each bulk had. */
    final List<Integer> bulks = Collections.synchronizedList(new ArrayList<>());

    /** Status of one document, by id and how often it was sent before. */
    volatile BiFunction<String, Integer, Integer> fate = (id, before) -> 201;

    /** Type of the error of documents whose fate is none. */
    volatile String error = "document_parsing_exception";

    /** Status of every answer as a whole; 200 looks at the request. */
    volatile int status = 200;

    /** Status of the answer to which calls are held: there is no such index. */
    volatile int holdsStatus = 404;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeElasticsearch() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    FakeElasticsearch withTemplates() {
        for (var kind : Indices.values()) {
            templates.put(kind.alias(), version(kind));
        }
        return this;
    }

    private static int version(Indices kind) {
        try (var template = Indices.class.getResourceAsStream(kind.template())) {
            return object(new String(template.readAllBytes(), StandardCharsets.UTF_8))
                    .getInt("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RestClient client() {
        var access = ElasticsearchAccess.open(
                "http://127.0.0.1:" + server.getAddress().getPort());
        return BulkClient.connect(access, 5_000);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (status != 200) {
                send(exchange, status, "{\"error\":\"away\"}");
            } else if (path.startsWith("/_index_template/")) {
                template(exchange, path.substring(17), body);
            } else if (path.equals("/_bulk")) {
                send(exchange, 200, bulk(body));
            } else if (path.equals("/rhapsode-holds/_search")) {
                send(exchange, holdsStatus, "{\"hits\":{\"total\":{\"value\":0},\"hits\":[]}}");
            } else if (path.endsWith("-held")) {
                send(exchange, indices.containsKey(path.substring(1)) ? 200 : 404, "{}");
            } else if (path.equals("/_tasks")) {
                send(exchange, 200, mergeUnderWay ? "{\"nodes\":{\"n\":{\"tasks\":{\"n:1\":{}}}}}" : "{}");
            } else if (path.startsWith("/_nodes")) {
                String disk = "{\"nodes\":{\"n\":{\"fs\":{\"total\":{\"available_in_bytes\":%d}}}}}";
                send(exchange, 200, disk.formatted(available));
            } else if (path.startsWith("/rhapsode-*/_stats")) {
                send(exchange, 200, stats());
            } else if (path.contains("_tier_preference")) {
                send(exchange, 200, preferences(path.substring(1, path.indexOf('*'))));
            } else if (exchange.getRequestMethod().equals("PUT") && path.endsWith("/_settings")) {
                send(exchange, set(path.substring(1, path.indexOf("/_settings")), object(body)), "{}");
            } else if (path.endsWith("/_settings/" + CODEC)) {
                String codec = codecs.get(path.substring(1, path.indexOf("/_settings")));
                send(
                        exchange,
                        200,
                        codec == null ? "{}" : "{\"i\":{\"settings\":{\"index.codec\":\"" + codec + "\"}}}");
            } else if (path.startsWith("/_cluster/health/")) {
                send(exchange, 200, "{\"timed_out\":" + opensSlowly + "}");
            } else if (path.endsWith("/_stats/docs")) {
                send(exchange, 200, sizes(path.substring(1, path.indexOf('*'))));
            } else if (path.endsWith("/_forcemerge")) {
                merge(exchange, path.substring(1, path.indexOf("/_")));
            } else if (path.endsWith("/_pit")) {
                send(exchange, 404, "{}");
            } else if (exchange.getRequestMethod().equals("DELETE")) {
                send(exchange, indices.remove(path.substring(1)) == null ? 404 : 200, "{}");
            } else {
                send(exchange, 200, created(path.substring(1, path.indexOf('*'))));
            }
        }
    }

    private void template(HttpExchange exchange, String name, String body) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            templates.put(name, object(body).getInt("version"));
            templatesPut.add(name);
            send(exchange, 200, "{}");
        } else if (templates.containsKey(name)) {
            send(
                    exchange,
                    200,
                    "{\"index_templates\":[{\"name\":\"%s\",\"index_template\":{\"version\":%d}}]}"
                            .formatted(name, templates.get(name)));
        } else {
            send(exchange, 404, "{}");
        }
    }

    private synchronized String bulk(String body) {
        String[] lines = body.split("\n");
        bulks.add(lines.length / 2);
        var items = new ArrayList<String>();
        boolean errors = false;
        for (int i = 0; i < lines.length; i += 2) {
            String id = object(lines[i]).getJsonObject("index").getString("_id");
            int status = fate.apply(id, sent.merge(id, 1, Integer::sum) - 1);
            if (status < 300) {
                stored.put(id, lines[i + 1]);
                items.add("{\"index\":{\"status\":" + status + "}}");
            } else {
                errors = true;
                items.add("{\"index\":{\"status\":%d,\"error\":{\"type\":\"%s\",\"reason\":\"no\"}}}"
                        .formatted(status, error));
            }
        }
        return "{\"errors\":" + errors + ",\"items\":[" + String.join(",", items) + "]}";
    }

    /** Returns the status of the answer. */
    private int set(String index, JsonObject settings) {
        if (settings.containsKey(TIER_PREFERENCE)) {
            tiers.put(index, settings.getString(TIER_PREFERENCE));
        } else if (settings.getString(CODEC).equals(unknownCodec)) {
            return 400;
        } else {
            codecs.put(index, settings.getString(CODEC));
        }
        return 200;
    }

    private void merge(HttpExchange exchange, String index) throws IOException {
        merges.add(index);
        try {
            mergeEnds.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        send(exchange, mergeStatus, merged);
    }

    private String stats() {
        return shards.entrySet().stream()
                .map(index -> "\"%s\":{\"shards\":{\"0\":[%s]}}".formatted(index.getKey(), index.getValue()))
                .collect(Collectors.joining(",", "{\"indices\":{", "}}"));
    }

    private String preferences(String prefix) {
        return tiers.entrySet().stream()
                .filter(tier -> tier.getKey().startsWith(prefix))
                .map(tier -> "\"%s\":{\"settings\":{\"%s\":\"%s\"}}"
                        .formatted(tier.getKey(), TIER_PREFERENCE, tier.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private String sizes(String prefix) {
        String one = "\"%s\":{\"total\":{\"docs\":{\"total_size_in_bytes\":%d}}}";
        return indices.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> one.formatted(name, bytes.getOrDefault(name, 0L)))
                .collect(Collectors.joining(",", "{\"indices\":{", "}}"));
    }

    private String created(String prefix) {
        var found = Json.createObjectBuilder();
        indices.forEach((name, created) -> {
            if (name.startsWith(prefix)) {
                found.add(
                        name,
                        Json.createObjectBuilder()
                                .add(
                                        "settings",
                                        Json.createObjectBuilder()
                                                .add(
                                                        "index",
                                                        Json.createObjectBuilder()
                                                                .add("creation_date", Long.toString(created)))));
            }
        });
        return found.build().toString();
    }

    private static JsonObject object(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
