/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.indexer.Indexer;
import io.rhapsode.ingest.IngestGateway;
import io.rhapsode.stream.StreamProcessor;
import io.rhapsode.web.SearchWeb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexer and search-web on an Elasticsearch with TLS that wants to know who they are. */
class ElasticsearchAccessIT {

    private static final int CALLS = 10;
    private static final String PASSWORD = "open-sesame";
    private static final String BASIC = basic(PASSWORD);
    private static final String KEY = Base64.getEncoder().encodeToString("VuaCfGcB:ui2lp2axTNms".getBytes(UTF_8));

    @TempDir
    private static Path folder;

    private static final Deque<AutoCloseable> RUNNING = new ArrayDeque<>();
    private static Map<String, String> settings;
    private static ElasticsearchGate gate;
    private static IngestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        Installation installation = Installation.find();
        var kafka = running(LocalKafka.start(
                installation.kafkaJars(), folder.resolve("kafka"), folder.resolve("kafka.log"), Ports.free(), 256));
        var elasticsearch = running(LocalElasticsearch.start(
                installation.elasticsearchJars(),
                installation.elasticsearchHome(),
                folder.resolve("elasticsearch"),
                folder.resolve("elasticsearch.log"),
                Ports.free(),
                384));
        gate = running(new ElasticsearchGate(elasticsearch.url(), folder));
        settings = settings(kafka);
        kafka.awaitReady(Duration.ofSeconds(60), System.out::println);
        gateway = running(IngestGateway.start(settings, settings.keySet()));
        running(StreamProcessor.start(settings, settings.keySet()));
        elasticsearch.awaitReady(Duration.ofSeconds(60), System.out::println);
    }

    private static <T extends AutoCloseable> T running(T part) {
        RUNNING.push(part);
        return part;
    }

    @AfterAll
    static void stop() throws Exception {
        while (!RUNNING.isEmpty()) {
            RUNNING.pop().close();
        }
    }

    private static Map<String, String> settings(LocalKafka kafka) {
        var settings = new HashMap<>(RunningStandalone.settings(folder));
        settings.keySet().removeAll(StandaloneConfig.DEFINITION.names());
        settings.put("RHAPSODE_KAFKA", kafka.address());
        settings.put("RHAPSODE_ELASTICSEARCH", gate.url());
        settings.put("RHAPSODE_ELASTICSEARCH_CA", gate.authority().toString());
        settings.put("RHAPSODE_STREAM_STATE", folder.resolve("state").toString());
        settings.put("RHAPSODE_SPOOL", folder.resolve("spool").toString());
        return settings;
    }

    private static Map<String, String> settings(Map<String, String> more) {
        var settings = new HashMap<>(ElasticsearchAccessIT.settings);
        settings.putAll(more);
        return settings;
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("rhapsode:" + password).getBytes(UTF_8));
    }

    @Test
    void withUserAndPasswordEverythingArrivesOnceTheyAreAccepted() throws Exception {
        everythingArrives(
                "basic",
                Map.of("RHAPSODE_ELASTICSEARCH_USER", "rhapsode", "RHAPSODE_ELASTICSEARCH_PASSWORD", PASSWORD),
                BASIC);
    }

    @Test
    void withAnApiKeyEverythingArrivesOnceItIsAccepted() throws Exception {
        everythingArrives("key", Map.of("RHAPSODE_ELASTICSEARCH_API_KEY", KEY), "ApiKey " + KEY);
    }

    private static void everythingArrives(String prefix, Map<String, String> credentials, String authorization)
            throws Exception {
        gate.admit(basic("another password"));
        int passed = gate.passed();
        TestCalls.send(gateway.hepPort(), prefix, CALLS);
        var given = settings(credentials);
        try (var indexer = Indexer.start(given, given.keySet());
                var web = SearchWeb.start(given, given.keySet())) {
            var health = new JsonClient("http://127.0.0.1:" + indexer.healthPort());
            var api = new JsonClient("http://127.0.0.1:" + web.port());
            refused(health, api);
            assertThat(gate.passed()).isEqualTo(passed);

            gate.admit(authorization);
            int refused = gate.refused();
            eventually((JsonClient.Assertion) () -> assertThat(total(api, "messages", "callid:" + prefix + "-*"))
                    .isEqualTo(CALLS * TestCalls.MESSAGES_PER_CALL));
            eventually(
                    (JsonClient.Assertion) () -> assertThat(total(api, "calls", "callid:" + prefix + "-* state:ended"))
                            .isEqualTo(CALLS));
            for (var client : List.of(health, api)) {
                assertThat(client.response("/readyz").statusCode()).isEqualTo(200);
                assertThat(client.response("/metrics").body())
                        .contains("rhapsode_")
                        .doesNotContain(PASSWORD, KEY, authorization);
            }
            assertThat(gate.refused()).isEqualTo(refused);
        }
    }

    /** By a sentence, wherever somebody may look. */
    private static void refused(JsonClient health, JsonClient api) throws Exception {
        eventually((JsonClient.Assertion) () -> {
            var ready = health.response("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("401", "RHAPSODE_ELASTICSEARCH_PASSWORD", "_API_KEY");
        });
        for (String path :
                List.of("/readyz", "/api/v1/calls", "/api/v1/status", "/", "/status", "/calls/x", "/holds")) {
            var answer = api.response(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body())
                    .as(path)
                    .contains("401", "RHAPSODE_ELASTICSEARCH_PASSWORD", "_API_KEY")
                    .doesNotContain("Exception", "\tat ", PASSWORD, KEY);
        }
    }

    private static int total(JsonClient api, String kind, String query) throws Exception {
        return api.get("/api/v1/" + kind + "?size=0&facets=false&q=" + encode(query))
                .getInt("total");
    }

    /** Somebody else may be answering there: he gets no password. */
    @Test
    void whoIsNotVouchedForIsToldNothing() throws Exception {
        gate.admit(BASIC);
        int asked = gate.passed() + gate.refused();
        for (var wrong : List.of(
                Map.of("RHAPSODE_ELASTICSEARCH_CA", ""),
                Map.of("RHAPSODE_ELASTICSEARCH", "https://localhost:" + gate.port()))) {
            var given = settings(
                    Map.of("RHAPSODE_ELASTICSEARCH_USER", "rhapsode", "RHAPSODE_ELASTICSEARCH_PASSWORD", PASSWORD));
            given.putAll(wrong);
            try (var indexer = Indexer.start(given, given.keySet());
                    var web = SearchWeb.start(given, given.keySet())) {
                var health = new JsonClient("http://127.0.0.1:" + indexer.healthPort());
                eventually((JsonClient.Assertion) () ->
                        assertThat(health.response("/readyz").body()).contains("no TLS", "RHAPSODE_ELASTICSEARCH_CA"));
                var ready = new JsonClient("http://127.0.0.1:" + web.port()).response("/readyz");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("no TLS", "RHAPSODE_ELASTICSEARCH_CA");
            }
        }
        assertThat(gate.passed() + gate.refused()).isEqualTo(asked);
    }
}
