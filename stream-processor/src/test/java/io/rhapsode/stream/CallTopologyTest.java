/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallTopologyTest {

    private static final Path GOLDEN = Path.of("src/test/resources/topology.txt");

    @TempDir
    Path folder;

    /** A name that changes here is a store or a topic that is lost at the next start: look twice. */
    @Test
    void topologyIsAsItWas() throws IOException {
        try (var way = new TestWay(folder)) {
            String now = way.describe();
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(GOLDEN, now);
            }
            assertThat(now).isEqualTo(Files.readString(GOLDEN, StandardCharsets.UTF_8));
            assertThat(now).doesNotContain("KSTREAM");
            assertThat(now.lines().filter(line -> line.contains("topic: ") && line.contains("repartition")))
                    .as("no message takes another way round")
                    .hasSize(2);
        }
    }
}
