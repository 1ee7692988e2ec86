/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmTierTest {

    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-24T00:00:00Z"), ZoneOffset.UTC);

    private final IndexerMetrics metrics = new IndexerMetrics();
    private FakeElasticsearch elasticsearch;
    private RestClient client;
    private WarmTier tier;

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch();
        client = elasticsearch.client();
        tier = new WarmTier(client, Duration.ofDays(2), NOW, metrics);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        elasticsearch.close();
    }

    private void index(String name, String preference) {
        elasticsearch.indices.put(name, NOW.millis());
        if (!preference.isEmpty()) {
            elasticsearch.tiers.put(name, preference);
        }
    }

    @Test
    void anIndexMovesWhenSoManyDaysHavePassedSinceItsTime() throws IOException {
        index("rhapsode-sip-v1-2026.11.21", "");
        index("rhapsode-calls-v1-2026.11.21", "data_content");
        index("rhapsode-sip-v1-2026.11.22", "data_hot");
        assertThat(tier.sweep()).containsExactly("rhapsode-sip-v1-2026.11.21", "rhapsode-calls-v1-2026.11.21");
        assertThat(elasticsearch.tiers).containsEntry("rhapsode-sip-v1-2026.11.21", "data_warm,data_hot,data_content");
        assertThat(metrics.registry().scrape()).contains("rhapsode_indexer_indices_warm_total 2.0");
        assertThat(tier.sweep()).isEmpty();
    }

    @Test
    void whatSomebodyHasMovedElsewhereStaysThere() throws IOException {
        index("rhapsode-sip-v1-2026.11.20", "data_cold,data_warm");
        assertThat(tier.sweep()).isEmpty();
    }

    @Test
    void whatIsHeldAndWhatIsNoneOfOursDoNotMove() throws IOException {
        index("rhapsode-sip-v1-held", "");
        index("rhapsode-sip-v1-backup", "");
        assertThat(tier.sweep()).isEmpty();
    }

    @Test
    void zeroMovesNothing() throws IOException {
        index("rhapsode-sip-v1-2026.11.20", "");
        assertThat(new WarmTier(client, Duration.ZERO, NOW, metrics).sweep()).isEmpty();
    }

    @Test
    void elasticsearchAwayEndsNothing() {
        index("rhapsode-sip-v1-2026.11.20", "");
        elasticsearch.status = 503;
        tier.run();
        elasticsearch.status = 200;
        tier.run();
        assertThat(elasticsearch.tiers).hasSize(1);
    }
}
