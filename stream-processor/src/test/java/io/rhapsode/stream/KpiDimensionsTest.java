/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.schema.Call;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KpiDimensionsTest {

    private static final KpiDimensions ALL = new KpiDimensions(List.of("site", "trunk-from", "trunk-to", "prefix:4"));

    @Test
    void aCallCountsAtEachOfItsSitesAndOnceElsewhere() {
        var call = Call.newBuilder()
                .addSites("dus")
                .addSites("muc")
                .addHosts("10.0.0.1:40123")
                .addHosts("[2001:db8::2]:5060")
                .addHosts("10.0.0.3:5060")
                .setBNumber("+49 30 1")
                .build();
        assertThat(ALL.places(call))
                .containsExactly(
                        "all/", "site/dus", "site/muc", "trunk-from/10.0.0.1", "trunk-to/2001:db8::2", "prefix:4/49");
    }

    @Test
    void whatItHasNotIsEmpty() {
        assertThat(ALL.places(Call.getDefaultInstance()))
                .containsExactly("all/", "site/", "trunk-from/", "trunk-to/", "prefix:4/");
    }

    @ParameterizedTest
    @CsvSource({
        "+49221123, 4922",
        "0049221123, 4922",
        "49221123, 4922",
        "+49-(221).123, 4922",
        "0221123, 0221",
        "110, 110",
        "'+49221;npdi', 4922",
        "+4;npdi=992, 4",
        "bob, ''",
        "*31#49221, ''",
        "'', ''",
        "+, ''",
        "00, ''"
    })
    void prefixesAreOfTheNumberHoweverItIsWritten(String number, String prefix) {
        assertThat(KpiDimensions.prefix(number, 4)).isEqualTo(prefix);
    }

    @Test
    void whatOneCallCountsForIsBounded() {
        var call = Call.newBuilder()
                .addAllSites(IntStream.range(0, 64)
                        .mapToObj(i -> i + "😀".repeat(500))
                        .toList())
                .build();
        var places = new KpiDimensions(List.of("site")).places(call);
        assertThat(places).hasSize(9).allSatisfy(place -> assertThat(place.length())
                .isLessThan(80));
    }

    @Test
    void settingsAreChecked() {
        assertThat(StreamConfig.from(Map.of("RHAPSODE_KPI_KEYS", "site,prefix:15"), Set.of())
                        .kpiKeys())
                .containsExactly("site", "prefix:15");
        assertThat(StreamConfig.from(Map.of(), Set.of()).kpiKeys()).containsExactly("site");
        for (String wrong : List.of("trunk", "prefix:0", "prefix:16", "prefix:", "site/x", "site,site")) {
            assertThatThrownBy(() -> StreamConfig.from(Map.of("RHAPSODE_KPI_KEYS", wrong), Set.of()))
                    .as(wrong)
                    .hasMessageContaining("RHAPSODE_KPI_KEYS");
        }
    }
}
