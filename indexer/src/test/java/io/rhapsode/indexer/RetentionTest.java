/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
        return new Retention(
                client,
                Map.of(
                        Indices.SIP,
                        sip,
                        Indices.CALLS,
                        calls,
                        Indices.MEDIA,
                        0,
                        Indices.LOGS,
                        0,
                        Indices.COUNTS,
                        counts,
                        Indices.KPIS,
                        counts),
                Clock.fixed(NOW, ZoneOffset.ofHours(5)),
                metrics);
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
}
