/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A dead letter that is put back has another outcome, and the account is right before that is there and after. */
class StatusNumbersTest {

    private static final Map<String, Map<String, Long>> GATEWAY =
            Map.of("received", Map.of("", 10L), "sent", Map.of("", 10L));

    private static StatusReport.Numbers numbers(long parsed, long replayed, long again, long indexed) {
        return new StatusReport.Numbers(
                Map.of(
                        "ingest-gateway",
                        GATEWAY,
                        "stream-processor",
                        Map.of(
                                "parsed",
                                Map.of("", parsed),
                                "dead-lettered",
                                Map.of("not-sip", 3L + again),
                                "replayed",
                                Map.of("not-sip", replayed))),
                indexed,
                null);
    }

    @Test
    void untilItsCopyIsParsedItIsOnItsWay() {
        var numbers = numbers(7, 2, 0, 7);
        assertThat(numbers.deadLettered()).isEqualTo(1);
        assertThat(numbers.toParse()).isEqualTo(2);
        assertThat(numbers.verdict()).isEqualTo("behind");
    }

    @Test
    void thenItIsParsedAndNoDeadLetterAnyMore() {
        var numbers = numbers(10, 3, 0, 10);
        assertThat(numbers.deadLettered()).isZero();
        assertThat(numbers.verdict()).isEqualTo("complete");
        assertThat(numbers.lists()).isEmpty();
    }

    @Test
    void orADeadLetterOnceMore() {
        var numbers = numbers(7, 3, 3, 7);
        assertThat(numbers.deadLettered()).isEqualTo(3);
        assertThat(numbers.verdict()).isEqualTo("complete");
        assertThat(numbers.lists()).singleElement().satisfies(list -> assertThat(list.reasons())
                .containsExactly(Map.entry("not-sip", 3L)));
    }

    /** A gateway that is killed has told Kafka of its packets, and nobody of its last second's counts. */
    @Test
    void moreThanTheGatewaysCountedIsNotComplete() {
        var numbers = numbers(9, 0, 0, 9);
        assertThat(numbers.sent()).isEqualTo(10);
        assertThat(numbers.uncounted()).isEqualTo(2);
        assertThat(numbers.toParse()).isZero();
        assertThat(numbers.verdict()).isEqualTo("uncounted");
        assertThat(numbers(9, 0, 0, 8).verdict()).isEqualTo("behind");
        assertThat(numbers(7, 0, 0, 7).verdict()).isEqualTo("complete");
    }

    @Test
    void whatTheIndexerCouldNotTakeLikewise() {
        var counts = Map.of(
                "ingest-gateway",
                GATEWAY,
                "stream-processor",
                Map.of("parsed", Map.of("", 10L)),
                "indexer",
                Map.of("dead-lettered", Map.of("too-long", 2L), "replayed", Map.of("too-long", 1L)));
        assertThat(new StatusReport.Numbers(counts, 8, null).toIndex()).isEqualTo(1);
        assertThat(new StatusReport.Numbers(counts, 9, null).verdict()).isEqualTo("complete");
    }
}
