/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Indices;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatedIndexTest {

    private static final Instant CREATED = Instant.parse("2026-11-20T17:30:00Z");

    @ParameterizedTest
    @CsvSource({
        "rhapsode-sip-v1-2026.02.28,    2026-02-28T00:00:00Z, 2026-03-01T00:00:00Z",
        "rhapsode-sip-v12-2026.12.31,   2026-12-31T00:00:00Z, 2027-01-01T00:00:00Z",
        "rhapsode-sip-v1-2026.11.26.00, 2026-11-26T00:00:00Z, 2026-11-26T01:00:00Z",
        "rhapsode-sip-v1-2026.11.26.23, 2026-11-26T23:00:00Z, 2026-11-27T00:00:00Z",
        "rhapsode-sip-v1-2019,          2026-11-20T00:00:00Z, 2026-11-21T00:00:00Z",
    })
    void aNameTellsTheTimeAndAYearsIndexIsOfTheDayItWasCreated(String name, Instant from, Instant until) {
        assertThat(DatedIndex.of(Indices.SIP, name, CREATED)).contains(new DatedIndex(Indices.SIP, name, from, until));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rhapsode-sip-v1-held",
                "rhapsode-sip-v1-2026.02.29",
                "rhapsode-sip-v1-2026.11.26.24",
                "rhapsode-sip-v1-2026.11.26.1",
                "rhapsode-sip-v1-2026.11",
                "rhapsode-sip-v1-2026.11.26-old",
                "rhapsode-calls-v1-2026.11.26",
            })
    void anyOtherNameIsNoneOfOurs(String name) {
        assertThat(DatedIndex.of(Indices.SIP, name, CREATED)).isEmpty();
    }

    @Test
    void aNameThatTheProgramGivesIsAmongThem() {
        long now = 1_000_000 * CREATED.getEpochSecond();
        for (var kind : Indices.values()) {
            assertThat(DatedIndex.of(kind, kind.indexFor(now, now), CREATED)).isPresent();
        }
    }
}
