/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Stands before an Elasticsearch as its own security would: TLS, with a certificate for 127.0.0.1 and no other name, and
 * 401 for whoever is not the one to be let in.
 */
final class ElasticsearchGate implements AutoCloseable {

    private static final char[] PASSWORD = "not-secret".toCharArray();
    private static final String REFUSAL = "{\"error\":{\"root_cause\":[{\"type\":\"security_exception\",\"reason\":"
            + "\"unable to authenticate\"}],\"type\":\"security_exception\",\"reason\":\"unable to authenticate\"},"
            + "\"status\":401}";

    private final String elasticsearch;
    private final Path authority;
    private final HttpsServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger passed = new AtomicInteger();
    private volatile String admitted = "nobody";

    /** @param folder for the certificate */
    ElasticsearchGate(String elasticsearch, Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        this.elasticsearch = elasticsearch;
        var keys = KeyStore.getInstance(certificate(folder.resolve("gate.p12")).toFile(), PASSWORD);
        authority = folder.resolve("gate.pem");
        Files.writeString(
                authority,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("own").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static Path certificate(Path store) throws IOException, InterruptedException {
        var keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=elasticsearch.test",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
        return store;
    }

    private static SSLContext tls(KeyStore keys) throws GeneralSecurityException {
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        var tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        return tls;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (admitted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                passed.incrementAndGet();
                pass(exchange, body);
            } else {
                refused.incrementAndGet();
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"security\", charset=\"UTF-8\"");
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                answer(exchange, 401, REFUSAL.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void pass(HttpExchange exchange, byte[] body) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(elasticsearch + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        for (String name : List.of("Content-Type", "Accept")) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try {
            var answer = http.send(request.build(), BodyHandlers.ofByteArray());
            for (String name : List.of("Content-Type", "X-Elastic-Product")) {
                answer.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders()
                        .set(name, value));
            }
            answer(exchange, answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean hasBody = body.length > 0 && !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, hasBody ? body.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(body);
        }
    }

    /** @param authorization the header of the one who is let in from now on */
    void admit(String authorization) {
        admitted = authorization;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The address that the certificate is for. */
    String url() {
        return "https://127.0.0.1:" + port();
    }

    /** PEM file of the certificate, which vouches for itself. */
    Path authority() {
        return authority;
    }

    /** Requests that were answered with 401 so far. */
    int refused() {
        return refused.get();
    }

    /** Requests that came through so far. */
    int passed() {
        return passed.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
