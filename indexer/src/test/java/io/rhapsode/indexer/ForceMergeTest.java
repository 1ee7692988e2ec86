/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForceMergeTest {

    private static final String YESTERDAY = "rhapsode-sip-v1-2026.11.23";
    private static final String BEFORE = "rhapsode-calls-v1-2026.11.22";
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final IndexerMetrics metrics = new IndexerMetrics();
    private final Now now = new Now();
    private FakeElasticsearch elasticsearch;
    private RestClient client;
    private ForceMerge merge;

    /** The time, moved by hand. */
    private static final class Now extends Clock {

        private volatile Instant instant = Instant.parse("2026-11-24T06:00:00Z");

        @Override
        public Instant instant() {
            return instant;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody here asks for the time of a zone");
        }
    }

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch();
        client = elasticsearch.client();
        merge = new ForceMerge(client, Duration.ofHours(6), now, metrics);
    }

    @AfterEach
    void stop() throws IOException {
        elasticsearch.mergeEnds.countDown();
        client.close();
        elasticsearch.close();
    }

    private void index(String name, int segments, boolean merged, int uncommitted, Duration idle) {
        elasticsearch.indices.put(name, 0L);
        elasticsearch.shards.put(name, """
            {"routing":{"node":"n"},"store":{"size_in_bytes":400},"segments":{"count":%d},%s
             "translog":{"uncommitted_operations":%d,"earliest_last_modified_age":%d}}
            """.formatted(
                        segments,
                        merged ? "\"commit\":{\"user_data\":{\"force_merge_uuid\":\"m\"}}," : "",
                        uncommitted,
                        idle.toMillis()));
    }

    private void index(String name) {
        index(name, 2, false, 0, Duration.ofHours(6));
    }

    private void awaitOutcome(String outcome) throws InterruptedException {
        String counted = "rhapsode_indexer_merges_total{outcome=\"" + outcome + "\"} 1.0";
        for (int i = 0; i < 500 && !metrics.registry().scrape().contains(counted); i++) {
            Thread.sleep(10);
        }
        assertThat(metrics.registry().scrape()).contains(counted);
    }

    /** While an answer is out nothing is asked; afterwards, it shows that nobody is there. */
    private boolean isWaiting() {
        try {
            return merge.next().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFinishedIndexIsMerged() throws Exception {
        index(YESTERDAY);
        assertThat(merge.next()).contains(YESTERDAY);
        awaitOutcome("merged");
        assertThat(elasticsearch.merges).containsExactly(YESTERDAY);
    }

    @Test
    void oneAtATimeAndTheYoungestFirst() throws Exception {
        elasticsearch.mergeEnds = new CountDownLatch(1);
        index(BEFORE);
        index(YESTERDAY);
        assertThat(merge.next()).contains(YESTERDAY);
        assertThat(merge.next()).isEmpty();
        elasticsearch.mergeEnds.countDown();
        awaitOutcome("merged");
        index(YESTERDAY, 1, true, 0, Duration.ofHours(6));
        for (int i = 0; i < 500 && elasticsearch.merges.size() < 2; i++) {
            merge.next();
            Thread.sleep(10);
        }
        assertThat(elasticsearch.merges).containsExactly(YESTERDAY, BEFORE);
    }

    @Test
    void nothingIsAskedForWhileAnybodyHasAMergeDone() throws IOException {
        index(YESTERDAY);
        elasticsearch.mergeUnderWay = true;
        assertThat(merge.next()).isEmpty();
        elasticsearch.mergeUnderWay = false;
        assertThat(merge.next()).isPresent();
    }

    @Test
    void anIndexIsNotFinishedBeforeItsTimeHasBeenOverForAsLongAsIsSet() throws IOException {
        index(YESTERDAY);
        now.instant = Instant.parse("2026-11-24T05:59:59Z");
        assertThat(merge.next()).isEmpty();
        now.instant = now.instant.plusSeconds(1);
        assertThat(merge.next()).isPresent();
    }

    @Test
    void anIndexThatIsStillWrittenToIsLeftAlone() throws IOException {
        index(YESTERDAY, 20, false, 1, Duration.ofHours(6));
        index(BEFORE, 20, false, 0, Duration.ofHours(6).minusMillis(1));
        assertThat(merge.next()).isEmpty();
    }

    @Test
    void whatIsOneSegmentIsNotMerged() throws IOException {
        index(YESTERDAY, 1, false, 0, Duration.ofDays(1));
        assertThat(merge.next()).isEmpty();
    }

    @Test
    void whatCameAfterAMergeIsMergedOnlyWhenItIsMuch() throws IOException {
        index(YESTERDAY, 16, true, 0, Duration.ofDays(1));
        assertThat(merge.next()).isEmpty();
        index(YESTERDAY, 17, true, 0, Duration.ofDays(1));
        assertThat(merge.next()).isPresent();
    }

    @Test
    void whatIsHeldOrIsNoneOfOursIsLeftAlone() throws IOException {
        index("rhapsode-sip-v1-held");
        index("rhapsode-searches-v1");
        assertThat(merge.next()).isEmpty();
    }

    @Test
    void withoutTwiceItsSizeFreeAnIndexStaysAsItIsAndTheNextIsTaken() throws IOException {
        index(YESTERDAY);
        elasticsearch.available = 799;
        assertThat(merge.next()).isEmpty();
        assertThat(metrics.registry().scrape()).contains("rhapsode_indexer_merges_without_room 1.0");
        elasticsearch.available = 800;
        assertThat(merge.next()).isPresent();
        assertThat(metrics.registry().scrape()).contains("rhapsode_indexer_merges_without_room 0.0");
    }

    @Test
    void oneThatElasticsearchRefusesIsCountedAndLeftForAnHour() throws Exception {
        elasticsearch.mergeStatus = 403;
        index(YESTERDAY);
        merge.next();
        awaitOutcome("failed");
        assertThat(merge.next()).isEmpty();
        now.instant = now.instant.plus(AN_HOUR);
        assertThat(merge.next()).isPresent();
    }

    @Test
    void aShardThatFailsIsCounted() throws Exception {
        elasticsearch.merged = "{\"_shards\":{\"failed\":1}}";
        index(YESTERDAY);
        merge.next();
        awaitOutcome("failed");
    }

    @Test
    void aConnectionThatBreaksIsNoFailure() throws Exception {
        elasticsearch.mergeEnds = new CountDownLatch(1);
        index(YESTERDAY);
        merge.next();
        for (int i = 0; i < 500 && elasticsearch.merges.isEmpty(); i++) {
            Thread.sleep(10);
        }
        elasticsearch.close();
        for (int i = 0; i < 500 && isWaiting(); i++) {
            Thread.sleep(10);
        }
        assertThat(isWaiting()).isFalse();
        assertThat(metrics.registry().scrape())
                .contains("outcome=\"failed\"} 0.0")
                .contains("outcome=\"merged\"} 0.0");
    }

    @Test
    void whatIsMergedIsCompressedDenselyFirst() throws Exception {
        index(YESTERDAY);
        merge.next();
        assertThat(elasticsearch.codecs).containsOnly(Map.entry(YESTERDAY, "legacy_best_compression"));
        awaitOutcome("merged");
    }

    @Test
    void anotherCodecIsTakenWhereElasticsearchDoesNotKnowTheFirst() throws Exception {
        elasticsearch.unknownCodec = "legacy_best_compression";
        index(YESTERDAY);
        merge.next();
        assertThat(elasticsearch.codecs).containsOnly(Map.entry(YESTERDAY, "best_compression"));
        awaitOutcome("merged");
    }

    @Test
    void anIndexWhoseCodecSomebodyHasChosenKeepsIt() throws Exception {
        elasticsearch.codecs.put(YESTERDAY, "lucene_default");
        index(YESTERDAY);
        merge.next();
        assertThat(elasticsearch.codecs).containsEntry(YESTERDAY, "lucene_default");
        awaitOutcome("merged");
    }

    @Test
    void whoseShardsAreNotBackInTimeIsNotMergedAndTriedAgainAfterAnHour() throws IOException {
        elasticsearch.opensSlowly = true;
        index(YESTERDAY);
        merge.run();
        assertThat(elasticsearch.merges).isEmpty();
        assertThat(metrics.registry().scrape()).contains("outcome=\"failed\"} 1.0");
        elasticsearch.opensSlowly = false;
        assertThat(merge.next()).isEmpty();
        now.instant = now.instant.plus(AN_HOUR);
        assertThat(merge.next()).isPresent();
    }

    @Test
    void zeroMergesNothing() throws IOException {
        index(YESTERDAY);
        assertThat(new ForceMerge(client, Duration.ZERO, now, metrics).next()).isEmpty();
    }

    @Test
    void elasticsearchAwayEndsNothing() throws Exception {
        index(YESTERDAY);
        elasticsearch.status = 503;
        merge.run();
        elasticsearch.status = 200;
        merge.run();
        awaitOutcome("merged");
    }
}
