/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With {@code -Dgolden.update=true} the page is written anew. */
class TopicsPageTest {

    private static final Path PAGE = Path.of("../docs/topics.md");

    @Test
    void pageSaysWhatTheSchemaSays() throws Exception {
        byte[] schema = Files.readAllBytes(Path.of("target/classes/rhapsode/rhapsode.protobin"));
        String page = Files.readString(Path.of("src/test/resources/topics-head.md"))
                + TopicsPage.of(FileDescriptorSet.parseFrom(schema));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
        assertThat(page)
                .contains("Grows with every change: of two records of one name", "| `call_id` |")
                .doesNotContain("null");
    }
}
