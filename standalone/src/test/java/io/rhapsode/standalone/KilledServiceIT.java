/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.indexer.Indexer;
import io.rhapsode.indexer.IndexerConfig;
import io.rhapsode.ingest.IngestGateway;
import io.rhapsode.stream.StreamConfig;
import io.rhapsode.stream.StreamProcessor;
import io.rhapsode.web.SearchWeb;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream-processor and the indexer die by kill -9 in the middle of their work: every message is there exactly once. */
class KilledServiceIT {

    private static final int CALLS = 8_000;
    private static final int MESSAGES = CALLS * TestCalls.MESSAGES_PER_CALL;

    @TempDir
    private Path folder;

    @Test
    void killedInTheMiddleNothingIsLostAndNothingDoubled() throws Exception {
        Installation installation = Installation.find();
        try (var kafka = LocalKafka.start(
                        installation.kafkaJars(),
                        folder.resolve("kafka"),
                        folder.resolve("kafka.log"),
                        Ports.free(),
                        256);
                var elasticsearch = LocalElasticsearch.start(
                        installation.elasticsearchJars(),
                        installation.elasticsearchHome(),
                        folder.resolve("elasticsearch"),
                        folder.resolve("elasticsearch.log"),
                        Ports.free(),
                        384)) {
            kafka.awaitReady(Duration.ofSeconds(60), System.out::println);
            elasticsearch.awaitReady(Duration.ofSeconds(60), System.out::println);
            Map<String, String> settings = settings(kafka, elasticsearch);
            try (var gateway = IngestGateway.start(settings, settings.keySet())) {
                TestCalls.send(gateway.hepPort(), "kill", CALLS);
            }
            try (var web = SearchWeb.start(settings, settings.keySet())) {
                replayWithKills(new JsonClient("http://127.0.0.1:" + web.port()), settings);
            }
        }
    }

    private void replayWithKills(JsonClient api, Map<String, String> settings) throws Exception {
        try (var killable = new Killable(settings)) {
            killable.startIndexer();
            killable.startStreamProcessor();
            awaitMessages(api, MESSAGES / 4);
            assertThat(total(api, "messages", ""))
                    .as("in the middle of its work")
                    .isLessThan(MESSAGES);
            killable.killStreamProcessor();
            killable.startStreamProcessor();
            awaitMessages(api, MESSAGES / 2);
            assertThat(total(api, "messages", ""))
                    .as("in the middle of its work")
                    .isLessThan(MESSAGES);
            killable.killIndexer();
            killable.startIndexer();
            awaitMessages(api, MESSAGES);
            JsonClient.eventually(() -> assertThat(total(
                            api, "calls", "rhapsode.call.messages:" + TestCalls.MESSAGES_PER_CALL + " state:ended"))
                    .isEqualTo(CALLS));
            assertThat(total(api, "calls", "")).isEqualTo(CALLS);
            assertThat(total(api, "messages", "")).isEqualTo(MESSAGES);
            JsonClient.eventually(() -> {
                assertThat(keyFigure(api, "attempts")).isEqualTo(CALLS);
                assertThat(keyFigure(api, "answered")).isEqualTo(CALLS);
                assertThat(keyFigure(api, "pending")).isZero();
                assertThat(keyFigure(api, "durations")).isEqualTo(CALLS);
                assertThat(keyFigure(api, "messages")).isEqualTo(MESSAGES);
            });
        }
    }

    private static int keyFigure(JsonClient api, String name) throws Exception {
        return api.get("/api/v1/kpis").getJsonArray("rows").getValuesAs(JsonObject.class).stream()
                .mapToInt(row -> row.getInt(name))
                .sum();
    }

    private static void awaitMessages(JsonClient api, int count) throws Exception {
        JsonClient.eventually(() -> assertThat(total(api, "messages", "")).isGreaterThanOrEqualTo(count));
    }

    private static int total(JsonClient api, String kind, String query) throws Exception {
        return api.get("/api/v1/" + kind + "?size=0&facets=false&q=" + JsonClient.encode(query))
                .getInt("total");
    }

    private Map<String, String> settings(LocalKafka kafka, LocalElasticsearch elasticsearch) {
        Map<String, String> settings = new HashMap<>(RunningStandalone.settings(folder));
        settings.keySet().removeAll(StandaloneConfig.DEFINITION.names());
        settings.put("RHAPSODE_KAFKA", kafka.address());
        settings.put("RHAPSODE_ELASTICSEARCH", elasticsearch.url());
        settings.put("RHAPSODE_STREAM_STATE", folder.resolve("state").toString());
        settings.put("RHAPSODE_SPOOL", folder.resolve("spool").toString());
        return settings;
    }

    /** The two services, each in a JVM of its own. */
    private final class Killable implements AutoCloseable {
        private final Map<String, String> settings;
        private Process stream;
        private Process indexer;

        Killable(Map<String, String> settings) {
            this.settings = settings;
        }

        void startStreamProcessor() throws IOException {
            stream = start(StreamProcessor.class, StreamConfig.DEFINITION);
        }

        void startIndexer() throws IOException {
            indexer = start(Indexer.class, IndexerConfig.DEFINITION);
        }

        void killStreamProcessor() throws InterruptedException {
            kill(stream);
        }

        void killIndexer() throws InterruptedException {
            kill(indexer);
        }

        private Process start(Class<?> service, ConfigDef definition) throws IOException {
            var builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    service.getName());
            builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
            builder.environment().putAll(settings);
            builder.environment()
                    .keySet()
                    .removeIf(name ->
                            name.startsWith("RHAPSODE_") && !definition.names().contains(name));
            return builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve(service.getSimpleName() + ".log").toFile()))
                    .start();
        }

        private static void kill(Process process) throws InterruptedException {
            assertThat(process.isAlive()).as("still at work when it is killed").isTrue();
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            for (Process process : new Process[] {stream, indexer}) {
                if (process != null) {
                    process.destroyForcibly().onExit().join();
                }
            }
        }
    }
}
