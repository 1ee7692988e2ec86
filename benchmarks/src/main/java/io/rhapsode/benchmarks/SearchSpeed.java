/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.benchmarks.SearchQuestions.Question;
import io.rhapsode.schema.Indices;
import io.rhapsode.standalone.LocalElasticsearch;
import io.rhapsode.standalone.Ports;
import jakarta.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Ten days of traffic in Elasticsearch, then how long search-web takes to answer what people ask: over HTTP, one
 * question at a time, each with other values every time, and warm.
 */
@Command(
        name = "search",
        description = "Questions to ten days of messages and calls (figure: p95 of an exact number in ms).")
final class SearchSpeed implements Callable<Integer> {

    private static final String PLAN = "traffic.properties";
    private static final long READY_WITHIN_NANOS = 60_000_000_000L;
    private static final long WARM_NANOS = 10_000_000_000L;
    private static final int MOST_TO_WARM = 200;

    @Option(
            names = "--messages",
            description = "About so many messages (default 10000000, or what the data folder was begun with).")
    private Long messages;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keeps what is loaded here; a load that was broken off goes on. Without, it is deleted.")
    private Path data;

    @Option(
            names = "--heap-mb",
            defaultValue = "2048",
            description = "Heap of Elasticsearch in MB (default ${DEFAULT-VALUE}).")
    private int heapMegabytes;

    @Option(
            names = "--values",
            defaultValue = "200",
            description = "How often each question is measured (default ${DEFAULT-VALUE}).")
    private int values;

    @Option(
            names = "--as-loaded",
            description =
                    "Leaves the segments that loading left: days are not merged, as the indexer does when they are"
                            + " over.")
    private boolean asLoaded;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private URI web;
    private Path folder;
    private final Properties plan = new Properties();

    @Override
    public Integer call() throws Exception {
        folder = data == null
                ? Files.createTempDirectory("rhapsode-bench")
                : Files.createDirectories(data.toAbsolutePath());
        try (var elasticsearch = LocalElasticsearch.start(folder, heapMegabytes)) {
            var traffic = traffic();
            var index = new IndexedSoFar(elasticsearch.url());
            load(traffic, index);
            if (!asLoaded) {
                index.merge();
            }
            int port = Ports.free();
            web = URI.create("http://127.0.0.1:" + port);
            var settings =
                    Map.of("RHAPSODE_ELASTICSEARCH", elasticsearch.url(), "RHAPSODE_HTTP_PORT", Integer.toString(port));
            try (var service = new ServiceProcess(folder, "io.rhapsode.web.SearchWeb", 256, settings)) {
                awaitReady(service);
                measure(traffic, index);
            }
            return 0;
        } finally {
            if (data == null) {
                Target.delete(folder);
            }
        }
    }

    /** As the data folder has it, or as asked for. */
    private Traffic traffic() throws IOException {
        Path file = folder.resolve(PLAN);
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                plan.load(reader);
            }
            if (messages != null && messages != number("messages")) {
                throw new IOException(folder + " was begun for " + number("messages") + " messages");
            }
        } else {
            plan.setProperty("messages", Long.toString(messages == null ? 10_000_000 : messages));
            plan.setProperty(
                    "first_day",
                    LocalDate.now(ZoneOffset.UTC).minusDays(Traffic.DAYS).toString());
            plan.setProperty("load_seconds", "0");
            stored(0);
        }
        return Traffic.ofMessages(number("messages"), LocalDate.parse(plan.getProperty("first_day")));
    }

    private long number(String name) {
        return Long.parseLong(plan.getProperty(name));
    }

    private void stored(int calls) throws IOException {
        plan.setProperty("calls_stored", Integer.toString(calls));
        try (Writer writer = Files.newBufferedWriter(folder.resolve(PLAN))) {
            plan.store(writer, null);
        }
    }

    private void load(Traffic traffic, IndexedSoFar index) throws IOException, InterruptedException {
        int from = (int) number("calls_stored");
        if (from < traffic.calls()) {
            System.out.printf("Loading calls %,d to %,d, past gateway and Kafka.%n", from, traffic.calls());
            index.putTemplates();
            double before = loadSeconds();
            long begin = System.nanoTime();
            new TrafficLoad(traffic, index).load(from, calls -> {
                double seconds = before + (System.nanoTime() - begin) / 1e9;
                plan.setProperty("load_seconds", Double.toString(seconds));
                stored(calls);
            });
            index.settle();
        }
    }

    private double loadSeconds() {
        return Double.parseDouble(plan.getProperty("load_seconds"));
    }

    private void awaitReady(ServiceProcess service) throws IOException, InterruptedException {
        long until = System.nanoTime() + READY_WITHIN_NANOS;
        while (!isReady()) {
            if (!service.isAlive() || System.nanoTime() > until) {
                throw new IOException("search-web does not start: see its log in " + folder);
            }
            Thread.sleep(100);
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        try {
            return get("/readyz").statusCode() == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(web.resolve(path)).build(), BodyHandlers.ofByteArray());
    }

    private void measure(Traffic traffic, IndexedSoFar index) throws IOException, InterruptedException {
        long documents = index.statistic(Indices.SIP, "docs", "count");
        long calls = index.statistic(Indices.CALLS, "docs", "count");
        double bytes = index.statistic(Indices.SIP, "store", "size_in_bytes") / (double) documents;
        double bytesOfCall = index.statistic(Indices.CALLS, "store", "size_in_bytes") / (double) calls;
        double perSecond = documents / loadSeconds();
        System.out.printf(
                "%,d messages of %.0f bytes on disk each, %,d calls of %.0f; loaded at %,.0f messages/s.%n",
                documents, bytes, calls, bytesOfCall, perSecond);
        var questions = new SearchQuestions(traffic).all();
        for (Question question : questions) {
            warm(question);
        }
        Result result = null;
        for (Question question : questions) {
            double[] millis = ask(question);
            double p50 = millis[values / 2];
            double p95 = millis[values * 95 / 100];
            System.out.printf(
                    "%-20s p50 %8.1f ms, p95 %8.1f ms%s%n",
                    question.name(),
                    p50,
                    p95,
                    question.goalMillis() == 0 ? "" : " (goal %,.0f)".formatted(question.goalMillis()));
            result = result == null ? new Result("search", p95, "ms") : result;
            result.with(question.name() + "_p50_ms", p50).with(question.name() + "_p95_ms", p95);
        }
        result.with("messages", documents)
                .with("calls", calls)
                .with("disk_bytes_per_message", bytes)
                .with("disk_bytes_per_call", bytesOfCall)
                .with("load_per_s", perSecond)
                .print();
    }

    /** With values that are not those that are measured. */
    private void warm(Question question) throws IOException, InterruptedException {
        var random = new SplittableRandom(question.name().hashCode());
        long until = System.nanoTime() + WARM_NANOS;
        for (int n = 0; n < MOST_TO_WARM && System.nanoTime() < until; n++) {
            answer(question.path().apply(random));
        }
    }

    /** Milliseconds of each answer, sorted. */
    private double[] ask(Question question) throws IOException, InterruptedException {
        var random = new SplittableRandom(~question.name().hashCode());
        double[] millis = new double[values];
        int found = 0;
        for (int n = 0; n < values; n++) {
            String path = question.path().apply(random);
            long begin = System.nanoTime();
            byte[] answer = answer(path);
            millis[n] = (System.nanoTime() - begin) / 1e6;
            found += isEmpty(path, answer) ? 0 : 1;
        }
        if (found < values / 2) {
            throw new IOException(question.name() + " found something only " + found + " times of " + values);
        }
        Arrays.sort(millis);
        return millis;
    }

    private byte[] answer(String path) throws IOException, InterruptedException {
        var answer = get(path);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answered " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    /** Of pages it is not told: without messages there is no page. */
    private static boolean isEmpty(String path, byte[] answer) {
        if (!path.startsWith("/api/")) {
            return false;
        }
        try (var reader = Json.createReader(new ByteArrayInputStream(answer))) {
            return reader.readObject().getInt("total") == 0;
        }
    }
}
