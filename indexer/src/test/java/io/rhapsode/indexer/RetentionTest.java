/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.indexer.IndexerConfig.Keep;
import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private static final Instant NOW = Instant.parse("2026-11-24T23:59:59Z");

    private final IndexerMetrics metrics = new IndexerMetrics();
    private FakeElasticsearch elasticsearch;
    private RestClient client;

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch();
        client = elasticsearch.client();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        elasticsearch.close();
    }

    private Retention retention(int sip, int calls, int counts) {
        return retention(Map.of(
                Indices.SIP, new Keep(sip, 0),
                Indices.CALLS, new Keep(calls, 0),
                Indices.COUNTS, new Keep(counts, 0),
                Indices.KPIS, new Keep(counts, 0)));
    }

    /** Messages are kept for 30 days, as far as they fit into that; all else for ever. */
    private Retention retentionOfBytes(long sip) {
        return retention(Map.of(Indices.SIP, new Keep(30, sip)));
    }

    private Retention retention(Map<Indices, Keep> some) {
        var limits = new EnumMap<Indices, Keep>(Indices.class);
        for (var kind : Indices.values()) {
            limits.put(kind, some.getOrDefault(kind, new Keep(0, 0)));
        }
        return new Retention(client, limits, Clock.fixed(NOW, ZoneOffset.ofHours(5)), metrics);
    }

    private void index(String name, String created, long bytes) {
        index(name, created);
        elasticsearch.bytes.put(name, bytes);
    }

    private void index(String name, String created) {
        elasticsearch.indices.put(
                name,
                LocalDate.parse(created)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .toEpochMilli());
    }

    @Test
    void aDayIsDeletedWhenAllItsDaysAreOverAndNotOneEarlier() throws IOException {
        index("rhapsode-sip-v1-2026.10.24", "2026-10-24");
        index("rhapsode-sip-v1-2026.10.25", "2026-10-25");
        assertThat(retention(30, 30, 30).sweep()).containsExactly("rhapsode-sip-v1-2026.10.24");
        assertThat(elasticsearch.indices).containsOnlyKeys("rhapsode-sip-v1-2026.10.25");
    }

    @Test
    void eachKindHasItsOwnTime() throws IOException {
        index("rhapsode-sip-v1-2026.11.20", "2026-11-20");
        index("rhapsode-calls-v1-2026.11.20", "2026-11-20");
        index("rhapsode-counts-v1-2026.11.20", "2026-11-20");
        assertThat(retention(10, 2, 10).sweep()).containsExactly("rhapsode-calls-v1-2026.11.20");
    }

    @Test
    void todayAndTomorrowStayWhateverIsSetAndWheneverTheyWereCreated() throws IOException {
        index("rhapsode-sip-v1-2026.11.24", "2020-01-01");
        index("rhapsode-sip-v1-2026.11.25", "2020-01-01");
        assertThat(retention(1, 1, 1).sweep()).isEmpty();
    }

    @Test
    void aYearOfOldCapturesCountsFromTheDayItWasCreated() throws IOException {
        index("rhapsode-sip-v1-2019", "2026-11-20");
        index("rhapsode-sip-v1-2018", "2026-10-01");
        assertThat(retention(30, 30, 30).sweep()).containsExactly("rhapsode-sip-v1-2018");
    }

    @Test
    void anOlderGenerationsIndicesAreDeletedToo() throws IOException {
        index("rhapsode-sip-v0-2026.01.01", "2026-01-01");
        assertThat(retention(30, 30, 30).sweep()).containsExactly("rhapsode-sip-v0-2026.01.01");
    }

    @Test
    void namesThatOnlyLookLikeOursAreNeverTouched() throws IOException {
        index("rhapsode-sip-v1-2026.01.01-reindexed", "2026-01-01");
        index("rhapsode-sip-v1-backup", "2026-01-01");
        index("rhapsode-sip-v1-2026.13.01", "2026-01-01");
        index("rhapsode-sip-v1-2026.01", "2026-01-01");
        index("rhapsode-sip-vx-2026.01.01", "2026-01-01");
        index("other-2026.01.01", "2026-01-01");
        assertThat(retention(1, 1, 1).sweep()).isEmpty();
        assertThat(elasticsearch.indices).hasSize(6);
    }

    @Test
    void zeroKeepsForEver() throws IOException {
        index("rhapsode-sip-v1-2001.01.01", "2001-01-01");
        assertThat(retention(0, 0, 0).sweep()).isEmpty();
    }

    @Test
    void nothingOfCallsIsDeletedWhileNobodyCanSayWhatIsHeld() throws IOException {
        index("rhapsode-sip-v1-2026.10.01", "2026-10-01");
        index("rhapsode-counts-v1-2026.10.01", "2026-10-01");
        elasticsearch.holdsStatus = 503;
        assertThat(retention(1, 1, 1).sweep()).containsExactly("rhapsode-counts-v1-2026.10.01");
        assertThat(metrics.registry().scrape()).contains("rhapsode_indexer_held_failures_total 1.0");
        elasticsearch.holdsStatus = 404;
        assertThat(retention(1, 1, 1).sweep()).containsExactly("rhapsode-sip-v1-2026.10.01");
    }

    @Test
    void whatIsHeldIsNeverOver() throws IOException {
        index(Indices.SIP.held(), "2019-01-01");
        elasticsearch.holdsStatus = 200;
        assertThat(retention(1, 1, 1).sweep()).isEmpty();
    }

    @Test
    void aListOfHeldCallsThatIsLostReleasesNothing() throws IOException {
        index(Indices.CALLS.held(), "2026-11-01");
        index("rhapsode-sip-v1-2026.10.01", "2026-10-01");
        assertThat(retention(1, 1, 1).sweep()).isEmpty();
        assertThat(elasticsearch.indices).hasSize(2);
        elasticsearch.holdsStatus = 200;
        assertThat(retention(1, 1, 1).sweep()).containsExactly("rhapsode-sip-v1-2026.10.01");
    }

    @Test
    void elasticsearchAwayEndsNothing() {
        elasticsearch.status = 503;
        retention(1, 1, 1).run();
        elasticsearch.status = 200;
        index("rhapsode-sip-v1-2026.01.01", "2026-01-01");
        retention(1, 1, 1).run();
        assertThat(elasticsearch.indices).isEmpty();
    }

    @Test
    void anHourIsDeletedWhenSoManyDaysHavePassedSinceItsEnd() throws IOException {
        index("rhapsode-sip-v1-2026.11.23.22", "2026-11-23");
        index("rhapsode-sip-v1-2026.11.23.23", "2026-11-23");
        assertThat(retention(1, 1, 1).sweep()).containsExactly("rhapsode-sip-v1-2026.11.23.22");
    }

    @Test
    void whatTakesTooMuchDiskIsDeletedOldestFirstUntilItFits() throws IOException {
        index("rhapsode-sip-v1-2026.11.20", "2026-11-20", 100);
        index("rhapsode-sip-v1-2026.11.21.07", "2026-11-21", 100);
        index("rhapsode-sip-v1-2026.11.21.08", "2026-11-21", 100);
        index("rhapsode-sip-v1-2019", "2026-11-22", 100);
        index("rhapsode-sip-v1-2026.11.23", "2026-11-23", 100);
        index("rhapsode-calls-v1-2026.11.01", "2026-11-01", 1_000);
        assertThat(retentionOfBytes(500).sweep()).isEmpty();
        assertThat(retentionOfBytes(299).sweep())
                .containsExactly(
                        "rhapsode-sip-v1-2026.11.20", "rhapsode-sip-v1-2026.11.21.07", "rhapsode-sip-v1-2026.11.21.08");
        assertThat(metrics.registry().scrape())
                .contains("rhapsode_indexer_indices_deleted_total{reason=\"disk\"} 3.0")
                .contains("rhapsode_indexer_indices_deleted_total{reason=\"age\"} 0.0");
        assertThat(retentionOfBytes(199).sweep()).containsExactly("rhapsode-sip-v1-2019");
    }

    @Test
    void whatIsOverByAgeGoesFirstAndIsCountedAsThat() throws IOException {
        index("rhapsode-sip-v1-2026.10.01", "2026-10-01", 500);
        index("rhapsode-sip-v1-2026.11.20", "2026-11-20", 100);
        assertThat(retentionOfBytes(100).sweep()).containsExactly("rhapsode-sip-v1-2026.10.01");
        assertThat(metrics.registry().scrape())
                .contains("rhapsode_indexer_indices_deleted_total{reason=\"age\"} 1.0")
                .contains("rhapsode_indexer_indices_deleted_total{reason=\"disk\"} 0.0");
    }

    @Test
    void todayStaysHoweverMuchDiskItTakes() throws IOException {
        index("rhapsode-sip-v1-2026.11.22", "2026-11-22", 1);
        index("rhapsode-sip-v1-2026.11.24", "2026-11-24", 1_000);
        index("rhapsode-sip-v1-2026.11.24.22", "2026-11-24", 1);
        index("rhapsode-sip-v1-2026.11.24.23", "2026-11-24", 1_000);
        assertThat(retentionOfBytes(1).sweep())
                .containsExactly("rhapsode-sip-v1-2026.11.22", "rhapsode-sip-v1-2026.11.24.22");
    }

    @Test
    void whatIsHeldTakesNoneOfTheDiskOfItsKind() throws IOException {
        index(Indices.SIP.held(), "2026-01-01", 1_000);
        index("rhapsode-sip-v1-2026.11.20", "2026-11-20", 100);
        elasticsearch.holdsStatus = 200;
        assertThat(retentionOfBytes(100).sweep()).isEmpty();
    }

    @Test
    void noYoungerIndexGoesInPlaceOfOneThatHasToStay() throws IOException {
        index("rhapsode-sip-v1-2026.11.20", "2026-11-20", 100);
        index("rhapsode-sip-v1-2026.11.21", "2026-11-21", 100);
        elasticsearch.holdsStatus = 503;
        assertThat(retentionOfBytes(1).sweep()).isEmpty();
        assertThat(metrics.registry().scrape()).contains("rhapsode_indexer_held_failures_total 1.0");
    }
}
