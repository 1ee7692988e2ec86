/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A dead letter that is put back has another outcome, and the account is right before that is there and after. */
class StatusNumbersTest {

    private static final Map<String, Map<String, Long>> GATEWAY =
            Map.of("received", Map.of("", 10L), "sent", Map.of("", 10L));

    private static final Instant NOW = Instant.parse("2026-11-24T08:20:07Z");
    private static final Instant NEEDED = NOW.minus(StatusReport.HEARD_WITHIN);
    private static final Gateways HEARD = heard("gw-1@2026-11-24T07:00:00Z", "2026-11-24T08:20:00Z", false);

    private static Gateways heard(String instance, String until, boolean closed) {
        return Gateways.of(Map.of(instance, new Gateways.Run(Instant.parse(until), closed)), NEEDED);
    }

    private static StatusReport.Numbers complete(Gateways gateways) {
        var parsed = Map.of("parsed", Map.of("", 10L));
        return new StatusReport.Numbers(
                Map.of("ingest-gateway", GATEWAY, "stream-processor", parsed), 10, null, gateways);
    }

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
                null,
                HEARD);
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
        assertThat(new StatusReport.Numbers(counts, 8, null, HEARD).toIndex()).isEqualTo(1);
        assertThat(new StatusReport.Numbers(counts, 9, null, HEARD).verdict()).isEqualTo("complete");
    }

    /** Kafka is away and the gateway writes to its spool: what is known adds up, and is not all. */
    @Test
    void whatAddsUpIsNotCompleteWhileAGatewayIsSilent() {
        assertThat(complete(HEARD).verdict()).isEqualTo("complete");
        var numbers = complete(heard("gw@1@2026-11-24T07:00:00Z", "2026-11-24T08:16:00Z", false));
        assertThat(numbers.verdict()).isEqualTo("silent");
        assertThat(numbers.gateways().silence()).isEqualTo("gw@1 since 2026-11-24T08:16:00Z");
    }

    @Test
    void oneIsNotSeveral() {
        assertThat(numbers(9, 0, 0, 8).sentence()).startsWith("1 message is still on the way");
        assertThat(numbers(7, 2, 0, 7).sentence()).startsWith("2 messages are still on the way");
        assertThat(numbers(8, 0, 0, 8).sentence()).startsWith("1 more was parsed");
        assertThat(numbers(9, 0, 0, 9).sentence()).startsWith("2 more were parsed");
    }

    @Test
    void aGatewayThatToldAllAndClosedIsNotWaitedFor() {
        assertThat(complete(heard("gw-1@x", "2026-11-24T06:00:00Z", true)).verdict())
                .isEqualTo("complete");
        assertThat(complete(heard("gw-1@x", "2026-11-24T06:00:00Z", false)).verdict())
                .isEqualTo("silent");
        assertThat(complete(Gateways.of(Map.of(), NEEDED)).verdict()).isEqualTo("complete");
    }

    @Test
    void theLastRunOfAGatewaySpeaksForThoseBeforeIt() {
        Instant before = Instant.parse("2026-11-24T08:00:00Z");
        Instant since = Instant.parse("2026-11-24T08:19:00Z");
        var killed = new Gateways.Run(before, false);
        var closed = new Gateways.Run(before, true);
        var begun = new Gateways.Run(before, false);
        var runs = Gateways.of(Map.of("a@1", killed, "a@2", new Gateways.Run(since, false), "b@1", killed), NEEDED);
        assertThat(runs.silent()).containsExactly(Map.entry("b", before));
        assertThat(Gateways.of(Map.of("a@1", closed, "a@2", begun), NEEDED).silent())
                .as("begun in the minute in which the other closed")
                .containsExactly(Map.entry("a", before));
    }
}
