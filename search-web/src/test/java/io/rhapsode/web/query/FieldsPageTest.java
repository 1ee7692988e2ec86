/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With {@code -Dgolden.update=true} the page is written anew. */
class FieldsPageTest {

    private static final Path PAGE = Path.of("../docs/fields.md");

    @ParameterizedTest
    @EnumSource
    void everyFieldHasAReasonAndEveryReasonAField(Indices indices) throws IOException {
        var page = new FieldsPage(indices);
        assertThat(page.withoutReason()).as("fields without a reason").isEmpty();
        assertThat(page.withoutField()).as("reasons without a field").isEmpty();
    }

    @Test
    void pageSaysWhatTheTemplatesSay() throws IOException {
        String page = Files.readString(Path.of("src/test/resources/fields-head.md")) + FieldsPage.ofAll();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
        assertThat(page)
                .contains("| `sip.from.uri.username` | keyword | `from` `a` `number` |  | The caller's number")
                .contains("| `rhapsode.reversed.to` | keyword | `to:*…` `number:*…` |")
                .contains("| `rhapsode.headers` | flattened | `header.NAME` | yes |");
    }
}
