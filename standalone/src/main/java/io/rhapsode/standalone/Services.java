/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.indexer.Indexer;
import io.rhapsode.indexer.IndexerConfig;
import io.rhapsode.ingest.IngestConfig;
import io.rhapsode.ingest.IngestGateway;
import io.rhapsode.service.Mistakes;
import io.rhapsode.service.Settings;
import io.rhapsode.stream.StreamConfig;
import io.rhapsode.stream.StreamProcessor;
import io.rhapsode.web.SearchWeb;
import io.rhapsode.web.WebConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The four services in this JVM. */
final class Services implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Services.class);

    /** Answers for its health where its pages are, not where the others do. */
    private static final String WEB = "search-web";

    private static final List<ConfigDef> DEFINITIONS =
            List.of(IngestConfig.DEFINITION, StreamConfig.DEFINITION, IndexerConfig.DEFINITION, WebConfig.DEFINITION);

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final String healthHost;
    private final String webHost;
    private IngestGateway ingest;
    private StreamProcessor stream;
    private Indexer indexer;
    private SearchWeb web;

    private Services(Map<String, String> environment) {
        healthHost = environment.getOrDefault("RHAPSODE_HEALTH_HOST", "127.0.0.1");
        webHost = environment.getOrDefault("RHAPSODE_HTTP_HOST", "127.0.0.1");
    }

    /** The names of all their settings. */
    static Set<String> settings() {
        var names = new TreeSet<String>();
        DEFINITIONS.forEach(definition -> names.addAll(definition.names()));
        return names;
    }

    /** What holds if a setting is not given. */
    static String defaultOf(String setting) {
        for (ConfigDef definition : DEFINITIONS) {
            if (definition.names().contains(setting)) {
                return definition.defaultValues().get(setting).toString();
            }
        }
        return "0";
    }

    /**
     * @param own what else must be right in the same environment
     * @param refused settings that are somebody else's to make
     * @throws IllegalArgumentException naming every wrong value and every unknown setting in one message
     */
    static void check(Map<String, String> environment, ConfigDef own, Set<String> refused) {
        Set<String> known = settings();
        known.addAll(own.names());
        var ours = new HashMap<>(environment);
        ours.keySet().removeAll(refused);
        var mistakes = new Mistakes();
        mistakes.note(() -> IngestConfig.readGateway(ours, known));
        mistakes.note(() -> StreamConfig.from(ours, known));
        mistakes.note(() -> IndexerConfig.from(ours, known));
        mistakes.note(() -> WebConfig.from(ours, known));
        mistakes.note(() -> Settings.read(own, known, ours));
        refused.stream()
                .filter(environment::containsKey)
                .forEach(name -> mistakes.add(name + " cannot be set here: this starts its own server"));
        mistakes.refuse();
    }

    /** Starts them against the direction of the packets: nothing comes in before it can go all the way. */
    static Services start(Map<String, String> environment) {
        var services = new Services(environment);
        Set<String> known = settings();
        try {
            services.web = services.add(SearchWeb.start(environment, known));
            services.indexer = services.add(Indexer.start(environment, known));
            services.stream = services.add(StreamProcessor.start(environment, known));
            services.ingest = services.add(IngestGateway.start(environment, known));
            return services;
        } catch (RuntimeException e) {
            // To end in order takes time, which an interrupted thread would not take.
            boolean interrupted = Thread.interrupted();
            services.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    private <T extends AutoCloseable> T add(T service) {
        running.push(service);
        return service;
    }

    /**
     * Waits until each says that it does its work.
     *
     * @param progress told now and then who is not there yet, and why
     */
    void awaitReady(Duration limit, Consumer<String> progress) throws InterruptedException {
        long begun = System.nanoTime();
        long nextWord = 5;
        var http = HttpClient.newHttpClient();
        for (var service : healthPorts().entrySet()) {
            String host = service.getKey().equals(WEB) ? webHost : healthHost;
            String answer = ready(http, host, service.getValue());
            while (!answer.isEmpty()) {
                long seconds = (System.nanoTime() - begun) / 1_000_000_000;
                if (seconds >= limit.toSeconds()) {
                    throw new StartRefused(
                            "The " + service.getKey() + " is not ready after " + seconds + " s: " + answer + ".");
                }
                if (seconds >= nextWord) {
                    progress.accept(
                            "  still waiting for the %s (%d s): %s".formatted(service.getKey(), seconds, answer));
                    nextWord = seconds + 5;
                }
                Thread.sleep(100);
                answer = ready(http, host, service.getValue());
            }
        }
    }

    private static String ready(HttpClient http, String host, int port) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/readyz"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            return response.statusCode() == 200 ? "" : response.body().strip();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Where each answers /healthz, /readyz and /metrics. */
    Map<String, Integer> healthPorts() {
        return Map.of(
                "ingest-gateway",
                ingest.healthPort(),
                "stream-processor",
                stream.healthPort(),
                "indexer",
                indexer.healthPort(),
                WEB,
                web.port());
    }

    int httpPort() {
        return web.port();
    }

    int hepPort() {
        return ingest.hepPort();
    }

    Optional<Integer> tcpPort() {
        return ingest.tcpPort();
    }

    Optional<Integer> tlsPort() {
        return ingest.tlsPort();
    }

    /** Closes them in the direction of the packets: what came in goes as far as it can. */
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                LOG.error("While closing", e);
            }
        }
    }
}
