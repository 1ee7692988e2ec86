/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KpiPageTest {

    private static final Instant FROM = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-24T11:00:00Z");
    private static final KpiReport.Asked ASKED = new KpiReport.Asked("site", null, FROM, NOW, 1);

    private static KpiReport.Row row(int minute, String site, long attempts, long answered, int delay) {
        var kpi = Kpi.newBuilder()
                .setAttempts(attempts)
                .setAnswered(answered)
                .setEffective(answered)
                .putPddHistogram(delay, attempts)
                .putFinalCodes(200, answered)
                .putFinalCodes(486, attempts - answered);
        KpiFigures.derive(kpi);
        return new KpiReport.Row(FROM.getEpochSecond() + 60L * minute, site, kpi.build());
    }

    @Test
    void valuesAreSummedOverTheWholeTime() {
        var page = KpiPage.of(
                ASKED,
                "1h",
                List.of(row(0, "dus", 10, 9, 20), row(0, "muc", 1, 0, 20), row(30, "dus", 30, 1, 30)),
                NOW);
        assertThat(page.totals()).containsOnlyKeys("dus", "muc");
        var dus = page.totals().get("dus");
        assertThat(dus.getAttempts()).isEqualTo(40);
        assertThat(dus.getSerPercent()).as("not the mean of 90 % and 3 %").isEqualTo(25);
        assertThat(dus.getPddP50Ms()).isEqualTo(30);
        assertThat(page.charts()).as("courses of two at once").isEmpty();
    }

    @Test
    void aCourseIsALineOverTheTimeThatWasAskedFor() {
        var page = KpiPage.of(ASKED, "1h", List.of(row(0, "dus", 10, 9, 20), row(30, "dus", 40, 10, 992)), NOW);
        var calls = page.charts().get(0);
        assertThat(calls.most()).isEqualTo("40");
        assertThat(calls.lines())
                .extracting(KpiPage.Line::points)
                .containsExactly("0,90 480,0", "0,93 480,90", "0,120 480,120");
        var ratios = page.charts().get(1);
        assertThat(ratios.lines().get(0).name()).isEqualTo("SER");
        assertThat(ratios.lines().get(0).points()).isEqualTo("0,12 480,90");
        assertThat(page.charts().get(2).most()).isEqualTo("1007 ms");
    }

    @Test
    void whatIsNotKnownIsNoPoint() {
        var pending = new KpiReport.Row(
                FROM.getEpochSecond(),
                "dus",
                Kpi.newBuilder().setAttempts(1).setPending(1).build());
        var page = KpiPage.of(ASKED, "1h", List.of(pending), NOW);
        assertThat(page.charts().get(1).lines())
                .extracting(KpiPage.Line::points)
                .containsOnly("");
        assertThat(KpiPage.percent(false, 0)).isEmpty();
        assertThat(KpiPage.of(ASKED, "1h", List.of(), NOW).charts()).isEmpty();
    }

    @Test
    void linksAndCodes() {
        var page = KpiPage.of(ASKED, "1h", List.of(row(0, "a&b/ü", 3, 1, 20)), NOW);
        assertThat(page.link("a&b/ü")).isEqualTo("/kpis?dimension=site&range=1h&value=a%26b%2F%C3%BC");
        assertThat(KpiPage.codes(Map.of(200, 1L, 486, 2L, 404, 1L))).isEqualTo("486: 2, 200: 1, 404: 1");
    }
}
