/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /healthz} (200 while the process can do its work, else 503 and why), {@code /readyz} (200 when it is doing
 * it) and {@code /metrics} (Prometheus text) of one service.
 */
public final class HealthServer implements AutoCloseable {

    /** Says what is wrong, in a sentence; empty if nothing is. */
    public interface Check extends Supplier<Optional<String>> {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, runnable -> {
        var thread = new Thread(runnable, "health");
        thread.setDaemon(true);
        return thread;
    });

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /**
     * @param address where to listen; port 0 takes a free one
     * @throws IllegalStateException if the port is in use
     */
    public static HealthServer start(
            InetSocketAddress address, Check healthy, Check ready, PrometheusMeterRegistry metrics) {
        try {
            var health = new HealthServer(HttpServer.create(address, 0));
            health.server.setExecutor(health.threads);
            health.server.createContext("/healthz", exchange -> answer(exchange, healthy));
            health.server.createContext("/readyz", exchange -> answer(exchange, ready));
            health.server.createContext(
                    "/metrics", exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.scrape()));
            health.server.start();
            return health;
        } catch (IOException e) {
            throw new IllegalStateException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, Check check) throws IOException {
        Optional<String> trouble = check.get();
        answer(exchange, trouble.isPresent() ? 503 : 200, "text/plain; charset=utf-8", trouble.orElse("ok") + "\n");
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
