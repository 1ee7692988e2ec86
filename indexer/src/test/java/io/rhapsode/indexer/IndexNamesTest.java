/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.schema.Indices;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexNamesTest {

    private static final IndexNames NAMES =
            new IndexNames(Map.of(Indices.SIP, HourlyDays.parse("2026-11-26/2026-11-28")));

    private static String name(Indices kind, String at, Duration later) {
        long micros = Instant.parse(at).getEpochSecond() * 1_000_000;
        return NAMES.of(kind, micros, micros + later.toSeconds() * 1_000_000);
    }

    private static DatedIndex there(String name) {
        return DatedIndex.of(Indices.SIP, name, Instant.parse("2026-11-26T12:00:00Z"))
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T23:59:59Z, rhapsode-sip-v1-2026.11.25",
        "2026-11-26T00:00:00Z, rhapsode-sip-v1-2026.11.26.00",
        "2026-11-27T23:59:59Z, rhapsode-sip-v1-2026.11.27.23",
        "2026-11-28T00:00:00Z, rhapsode-sip-v1-2026.11.28",
    })
    void theHourIsBehindTheDayFromTheFirstDayToTheLast(String at, String name) {
        assertThat(name(Indices.SIP, at, Duration.ofDays(7))).isEqualTo(name);
    }

    @Test
    void anotherKindIsFiledByTheDayAndWhatIsLateByTheYear() {
        assertThat(name(Indices.CALLS, "2026-11-26T10:00:00Z", Duration.ZERO))
                .isEqualTo("rhapsode-calls-v1-2026.11.26");
        assertThat(name(Indices.SIP, "2026-11-26T10:00:00Z", Duration.ofDays(8)))
                .isEqualTo("rhapsode-sip-v1-2026");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rhapsode-sip-v1-2026.11.26", "rhapsode-sip-v1-2026.11.25.10"})
    void aDayThatIsFiledInTheOtherWayAlreadyIsNotFiledInThisOne(String name) {
        assertThatThrownBy(() -> NAMES.check(Indices.SIP, List.of(there(name))))
                .hasMessageContaining(name)
                .hasMessageContaining("RHAPSODE_HOURLY_SIP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rhapsode-sip-v1-2026.11.25",
                "rhapsode-sip-v1-2026.11.26.10",
                "rhapsode-sip-v1-2026",
                "rhapsode-sip-v0-2026.11.26"
            })
    void daysFiledAsIsSetYearsAndOlderGenerationsAreNoHindrance(String name) {
        assertThatCode(() -> NAMES.check(Indices.SIP, List.of(there(name)))).doesNotThrowAnyException();
    }

    @Test
    void daysAreReadFromTheSetting() {
        assertThat(HourlyDays.parse("")).isEqualTo(HourlyDays.NONE);
        assertThat(HourlyDays.parse("2026-12-01").includes(LocalDate.parse("2126-01-01")))
                .isTrue();
        assertThat(HourlyDays.NONE.includes(LocalDate.parse("2126-01-01"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hour", "2026-12-01/", "2026-12-02/2026-12-01", "2026-12-01/2026-12-02/2026-12-03", "2026.12.01"
            })
    void whatIsNoDayOrTwoIsRefused(String text) {
        assertThatThrownBy(() -> HourlyDays.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
