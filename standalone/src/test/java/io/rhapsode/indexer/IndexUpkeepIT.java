/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.indexer.IndexerConfig.Keep;
import io.rhapsode.schema.Indices;
import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.standalone.JsonClient.Assertion;
import io.rhapsode.standalone.LocalElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with indices whose time is over, on a real Elasticsearch. */
class IndexUpkeepIT {

    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
    private static final Duration QUIET = Duration.ofMillis(1);

    @TempDir
    static Path folder;

    private static LocalElasticsearch elasticsearch;
    private static RestClient client;
    private static RestJson rest;

    private final IndexerMetrics metrics = new IndexerMetrics();

    @BeforeAll
    static void start() throws Exception {
        elasticsearch = LocalElasticsearch.start(folder, 384);
        client = BulkClient.connect(ElasticsearchAccess.open(elasticsearch.url()), 30_000);
        rest = new RestJson(client);
        new TemplateInstaller(client, IndexNames.DAILY).install();
    }

    @AfterAll
    static void stop() throws IOException {
        if (elasticsearch != null) {
            client.close();
            elasticsearch.close();
        }
    }

    @AfterEach
    void clear() throws IOException {
        for (var kind : Indices.values()) {
            for (var index : new DatedIndices(rest).of(kind)) {
                rest.ask("DELETE", "/" + index.name(), "");
            }
        }
    }

    /** Each document is a segment of its own. */
    private static void write(String index, int documents) throws IOException {
        for (int i = 0; i < documents; i++) {
            rest.ask("POST", "/" + index + "/_doc?refresh=true", "{\"event\":{\"original\":\"BYE\"}}");
        }
    }

    /** As Elasticsearch does by itself when nothing has come in for some minutes. */
    private static void flush(String index) throws IOException {
        rest.ask("POST", "/" + index + "/_flush", "");
    }

    private static int segments(String index) throws IOException {
        return ShardCopy.all(rest).get(index).get(0).segments();
    }

    /** The indices that are compressed otherwise than Elasticsearch does by itself. */
    private static Set<String> codecs() throws IOException {
        return rest.get("/rhapsode-sip-*/_settings/index.codec").keySet();
    }

    private static List<String> indices(Indices kind) throws IOException {
        return new DatedIndices(rest).of(kind).stream().map(DatedIndex::name).toList();
    }

    private ForceMerge merge() {
        return new ForceMerge(client, QUIET, NOW, metrics);
    }

    private Retention retention(Map<Indices, Keep> some) {
        var limits = Stream.of(Indices.values())
                .collect(Collectors.toMap(kind -> kind, kind -> some.getOrDefault(kind, new Keep(0, 0))));
        return new Retention(client, limits, NOW, metrics);
    }

    @Test
    void aFinishedIndexBecomesOneSegmentAndOneThatIsWrittenToDoesNot() throws Exception {
        String finished = "rhapsode-sip-v1-2026.11.22";
        String written = "rhapsode-sip-v1-2026.11.23";
        String today = "rhapsode-sip-v1-2026.11.24";
        for (String index : List.of(finished, written, today)) {
            write(index, 5);
        }
        flush(finished);
        flush(today);
        var merge = merge();
        eventually((Assertion) () -> assertThat(merge.next()).contains(finished));
        eventually((Assertion) () -> assertThat(metrics.registry().scrape())
                .contains("rhapsode_indexer_merges_total{outcome=\"merged\"} 1.0"));
        assertThat(segments(finished)).isEqualTo(1);
        assertThat(codecs()).containsExactly(finished);
        assertThat(rest.get("/" + finished + "/_count").getInt("count")).isEqualTo(5);
        assertThat(List.of(segments(written), segments(today))).containsExactly(5, 5);
        assertThat(merge().next()).as("another indexer finds it done").isEmpty();
        write(finished, 3);
        flush(finished);
        Thread.sleep(2 * QUIET.toMillis());
        assertThat(merge().next()).as("a few documents that came late").isEmpty();
        assertThat(segments(finished)).isEqualTo(4);
    }

    @Test
    void anOldIndexIsToldToMoveToTheWarmTierOnce() throws IOException {
        write("rhapsode-sip-v1-2026.11.20", 1);
        write("rhapsode-sip-v1-2026.11.23", 1);
        var tier = new WarmTier(client, Duration.ofDays(2), NOW, metrics);
        assertThat(tier.sweep()).containsExactly("rhapsode-sip-v1-2026.11.20");
        assertThat(tier.sweep()).isEmpty();
        String setting = "index.routing.allocation.include._tier_preference";
        assertThat(rest.get("/rhapsode-sip-v1-2026.11.20/_settings?flat_settings")
                        .toString())
                .contains(setting + "\":\"" + WarmTier.WARM);
        assertThat(rest.get("/rhapsode-sip-v1-2026.11.20/_count").getInt("count"))
                .isEqualTo(1);
    }

    @Test
    void whatIsFiledByTheHourIsFoundAndTheSameAgainIsTheSameDocument() throws IOException {
        var names = new IndexNames(Map.of(Indices.SIP, HourlyDays.parse("2026-11-24")));
        long at = NOW.instant().getEpochSecond() * 1_000_000;
        for (long time : List.of(at, at, at + 3_600_000_000L)) {
            String index = names.of(Indices.SIP, time, time);
            rest.ask("PUT", "/" + index + "/_doc/" + time + "?refresh=true", "{\"event\":{\"original\":\"BYE\"}}");
        }
        assertThat(rest.get("/rhapsode-sip/_count").getInt("count")).isEqualTo(2);
        assertThat(indices(Indices.SIP))
                .containsExactly("rhapsode-sip-v1-2026.11.24.12", "rhapsode-sip-v1-2026.11.24.13");
        new TemplateInstaller(client, names).install();
        assertThatThrownBy(new TemplateInstaller(client, IndexNames.DAILY)::install)
                .hasMessageContaining("RHAPSODE_HOURLY_SIP");
    }

    @Test
    void whatTakesMoreDiskThanItMayIsDeletedOldestFirst() throws IOException {
        List<String> days =
                List.of("rhapsode-sip-v1-2026.11.20", "rhapsode-sip-v1-2026.11.21.23", "rhapsode-sip-v1-2026.11.24");
        for (String index : days) {
            write(index, 2);
        }
        rest.ask("POST", "/" + days.get(0) + "/_close", "");
        Map<String, Long> bytes = new DatedIndices(rest).bytes(Indices.SIP);
        assertThat(bytes).containsOnlyKeys(days).allSatisfy((day, size) -> assertThat(size)
                .isPositive());
        long all = bytes.values().stream().mapToLong(Long::longValue).sum();
        assertThat(retention(Map.of(Indices.SIP, new Keep(0, all))).sweep()).isEmpty();
        assertThat(retention(Map.of(Indices.SIP, new Keep(0, all - 1))).sweep()).containsExactly(days.get(0));
        assertThat(retention(Map.of(Indices.SIP, new Keep(0, 1))).sweep()).containsExactly(days.get(1));
        assertThat(indices(Indices.SIP)).containsExactly(days.get(2));
    }
}
