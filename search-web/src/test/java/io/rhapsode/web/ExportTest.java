/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.rhapsode.web.query.Kind;
import jakarta.json.Json;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
                    plain|plain
                    +493012345|+493012345
                    =1+1|'=1+1
                    @SUM(A1)|'@SUM(A1)
                    +1+cmd|'+1+cmd
                    a,b|"a,b"
                     leading|" leading"
                    """)
    void cellsAreQuotedAndNoFormulas(String text, String cell) {
        assertThat(Export.cell(text)).isEqualTo(cell);
    }

    @Test
    void quotesAreDoubledAndLineEndsStayWithinTheirCell() {
        assertThat(Export.cell("say \"hi\"")).isEqualTo("\"say \"\"hi\"\"\"");
        assertThat(Export.cell("a\r\nb")).isEqualTo("\"a\r\nb\"");
    }

    @Test
    void anUnknownFormatIsToldTheKnownOnes() {
        assertThatThrownBy(() -> Export.Format.of(Kind.CALLS, "xls"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("ndjson, csv, pcapng");
        assertThatThrownBy(() -> Export.Format.of(Kind.LOGS, "pcapng")).hasMessageEndingWith("ndjson, csv");
    }

    @Test
    void aReportOfSeveralStreamsIsALineForEach() {
        var report = Json.createReader(new StringReader("""
                        {"sip":{"call_id":"a"},"rhapsode":{"sender":"s","media":{"source":"rtcp",
                        "streams":[{"ssrc":1},{"ssrc":2,"mos":4.1}]}}}""")).readObject();
        assertThat(Export.rows(report))
                .extracting(
                        row -> Documents.text(row, "sip.call_id"),
                        row -> Documents.text(row, "rhapsode.media.source"),
                        row -> Documents.text(row, "rhapsode.media.streams.ssrc"),
                        row -> Documents.text(row, "rhapsode.media.streams.mos"))
                .containsExactly(tuple("a", "rtcp", "1", ""), tuple("a", "rtcp", "2", "4.1"));
    }
}
