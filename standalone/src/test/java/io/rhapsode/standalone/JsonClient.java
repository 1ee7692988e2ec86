/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Asks an HTTP server for JSON, and asks again until the answer is as it should be. */
public final class JsonClient {

    /** Long enough for a busy machine; a test that passes never waits for it. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String base;

    /** @param base address without a slash at its end */
    public JsonClient(String base) {
        this.base = base;
    }

    /** @throws AssertionError if the status is not 200, with what the server said */
    public JsonObject get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = response(path);
        if (response.statusCode() != 200) {
            throw new AssertionError("GET " + path + ": " + response.statusCode() + " " + response.body());
        }
        try (var reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }

    /** Whatever the status. */
    public HttpResponse<String> response(String path) throws IOException, InterruptedException {
        return http.send(request(path), BodyHandlers.ofString());
    }

    /** The body as it is, for what is not text. */
    public HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
        return http.send(request(path), BodyHandlers.ofByteArray());
    }

    /**
     * Any method, whatever the status.
     *
     * @param headers names and values in turn
     */
    public HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    /** A value for a query string or one part of a path. */
    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** What throws an assertion error now may be right a moment later. */
    public interface Assertion {
        void check() throws Exception;
    }

    /** Repeats the check until it passes; throws what it threw last when {@link #PATIENCE} is over. */
    public static void eventually(Assertion assertion) throws Exception {
        eventually(() -> {
            assertion.check();
            return null;
        });
    }

    /** Repeats the call until it throws no more, and returns what it gave. */
    public static <T> T eventually(Callable<T> call) throws Exception {
        return eventually(PATIENCE, call);
    }

    /** The same with a patience of its own. */
    static <T> T eventually(Duration patience, Callable<T> call) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return call.call();
            } catch (AssertionError | IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }
}
