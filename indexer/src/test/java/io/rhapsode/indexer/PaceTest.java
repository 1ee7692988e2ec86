/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final BulkAnswer GOOD = new BulkAnswer(200, "", true, List.of());
    private static final BulkAnswer TOO_MANY = BulkAnswer.failed(429, "too many requests");

    private final Pace pace = new Pace(4, 4_000);
    private long now = 1;

    private void answered(BulkAnswer answer, Duration after) {
        long sent = now;
        now += after.toNanos();
        pace.learn(answer, sent, now);
    }

    private static BulkAnswer withError(String type) {
        return new BulkAnswer(200, "", false, List.of(new BulkAnswer.Item(429, type, "")));
    }

    @Test
    void allThatIsAllowedIsSentUntilElasticsearchPushesBack() {
        answered(GOOD, Duration.ofMillis(300));
        assertThat(pace.bulks()).isEqualTo(4);
        assertThat(pace.documents()).isEqualTo(4_000);
        answered(TOO_MANY, Duration.ofMillis(5));
        assertThat(pace.bulks()).isEqualTo(2);
        assertThat(pace.documents()).isEqualTo(2_000);
    }

    @Test
    void whatWasOnItsWayTogetherCountsOnce() {
        long sent = now;
        pace.learn(TOO_MANY, sent, now + 10);
        pace.learn(TOO_MANY, sent, now + 20);
        pace.learn(TOO_MANY, sent + 9, now + 30);
        assertThat(pace.bulks()).isEqualTo(2);
        pace.learn(TOO_MANY, sent + 11, now + 40);
        assertThat(pace.bulks()).isEqualTo(1);
    }

    @Test
    void aBulkOfOneDocumentAtATimeIsNeverTheEnd() {
        for (int i = 0; i < 20; i++) {
            answered(TOO_MANY, Duration.ofMillis(5));
        }
        assertThat(pace.bulks()).isEqualTo(1);
        assertThat(pace.documents()).isEqualTo(100);
    }

    @Test
    void aSlowAnswerIsPushingBackToo() {
        answered(GOOD, Duration.ofSeconds(6));
        assertThat(pace.documents()).isEqualTo(2_000);
        answered(BulkAnswer.failed(0, "timeout"), Duration.ofSeconds(60));
        assertThat(pace.documents()).isEqualTo(1_000);
    }

    @Test
    void afterGoodAnswersItIsAllAgain() {
        for (int i = 0; i < 3; i++) {
            answered(TOO_MANY, Duration.ofMillis(5));
        }
        answered(GOOD, Duration.ofMillis(300));
        assertThat(pace.documents()).isEqualTo(750);
        assertThat(pace.bulks()).isEqualTo(1);
        for (int i = 0; i < 48; i++) {
            answered(GOOD, Duration.ofMillis(300));
        }
        assertThat(pace.documents()).isEqualTo(4_000);
        assertThat(pace.bulks()).isEqualTo(4);
    }

    @Test
    void onlyAFullQueueOrFullMemoryPushesBack() {
        assertThat(withError("es_rejected_execution_exception").pushesBack()).isTrue();
        assertThat(withError("circuit_breaking_exception").pushesBack()).isTrue();
        assertThat(withError("cluster_block_exception").pushesBack())
                .as("a full disk")
                .isFalse();
        assertThat(BulkAnswer.failed(503, "no master").pushesBack()).isFalse();
    }
}
