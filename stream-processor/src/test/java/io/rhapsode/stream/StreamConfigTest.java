/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamConfigTest {

    @Test
    void readmeHasTheSettingsAsTheyAre() throws IOException {
        var table = new StringBuilder("| setting | default | meaning |\n| --- | --- | --- |\n");
        StreamConfig.DEFINITION.configKeys().values().stream()
                .sorted((one, other) -> one.name.compareTo(other.name))
                .forEach(key -> table.append(
                        "| `%s` | `%s` | %s |\n".formatted(key.name, key.defaultValue, key.documentation)));
        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    @Test
    void allMistakesInOneMessage() {
        var wrong = Map.of("RHAPSODE_STREAM_THREADS", "0", "RHAPSODE_CALL_IDLE_S", "x", "RHAPSODE_OPEN_CALS", "5");
        assertThatThrownBy(() -> StreamConfig.from(wrong, Set.of()))
                .hasMessageContaining("RHAPSODE_STREAM_THREADS")
                .hasMessageContaining("RHAPSODE_CALL_IDLE_S")
                .hasMessageContaining("unknown setting RHAPSODE_OPEN_CALS");
    }

    @Test
    void kafkaSettingsGoThroughButNotWhatTheProgramRestsOn() {
        var config = StreamConfig.from(
                Map.of(
                        "RHAPSODE_KAFKA_SECURITY_PROTOCOL", "SSL",
                        "RHAPSODE_KAFKA_COMMIT_INTERVAL_MS", "250",
                        "RHAPSODE_KAFKA_MAX_BLOCK_MS", "1000",
                        "RHAPSODE_KAFKA_PRODUCER_MAX_BLOCK_MS", "1000",
                        "RHAPSODE_KAFKA_PROCESSING_GUARANTEE", "at_least_once"),
                Set.of());
        assertThat(config.streams())
                .containsEntry("security.protocol", "SSL")
                .containsEntry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "250")
                .containsEntry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2)
                .containsEntry("producer.max.block.ms", 604_800_000L)
                .containsEntry(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    }
}
