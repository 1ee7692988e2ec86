/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThatThrownBy(() -> Export.Format.of("xls"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("ndjson, csv, pcapng");
    }
}
