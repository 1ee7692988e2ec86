/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.indexer.IndexerConfig.Keep;
import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class IndexerConfigTest {

    /** The table in README.md is made of the definition; where this fails it shows the lines to put there. */
    @Test
    void theReadmeHasEverySettingAsItIsDefined() throws IOException {
        var table = new StringBuilder("| setting | default | meaning |\n| --- | --- | --- |\n");
        for (ConfigDef.ConfigKey key : IndexerConfig.DEFINITION.configKeys().values()) {
            Object value = key.defaultValue instanceof Password secret ? secret.value() : key.defaultValue;
            table.append("| `%s` | `%s` | %s |\n".formatted(key.name, value, key.documentation));
        }
        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    @Test
    void everyMistakeIsNamedInOneMessage() {
        var environment = Map.of(
                "RHAPSODE_INDEXER_BULK_DOCUMENT", "1",
                "RHAPSODE_INDEXER_BULKS", "0",
                "RHAPSODE_HOURLY_CALLS", "always",
                "RHAPSODE_RETENTION_DAYS_SIP", "soon");
        assertThatThrownBy(() -> IndexerConfig.from(environment, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RHAPSODE_INDEXER_BULK_DOCUMENT")
                .hasMessageContaining("RHAPSODE_INDEXER_BULKS")
                .hasMessageContaining("RHAPSODE_HOURLY_CALLS")
                .hasMessageContaining("RHAPSODE_RETENTION_DAYS_SIP");
    }

    @Test
    void settingsArriveWhereTheyBelong() {
        var config = IndexerConfig.from(
                Map.of(
                        "RHAPSODE_KAFKA", "k:1",
                        "RHAPSODE_KAFKA_SECURITY_PROTOCOL", "SSL",
                        "RHAPSODE_INDEXER_BULK_KB", "64",
                        "RHAPSODE_RETENTION_DAYS_SIP", "1",
                        "RHAPSODE_RETENTION_DAYS_CALLS", "2",
                        "RHAPSODE_RETENTION_DAYS_COUNTS", "3",
                        "RHAPSODE_RETENTION_DAYS_MEDIA", "4",
                        "RHAPSODE_RETENTION_DAYS_LOGS", "5",
                        "RHAPSODE_RETENTION_GB_SIP", "2000",
                        "RHAPSODE_HOURLY_CALLS", "2026-12-01"),
                Set.of());
        assertThat(config.kafka()).containsEntry("bootstrap.servers", "k:1").containsEntry("security.protocol", "SSL");
        assertThat(config.limits().bytes()).isEqualTo(65_536);
        assertThat(config.names().hourly())
                .containsEntry(Indices.CALLS, new HourlyDays(LocalDate.of(2026, 12, 1), LocalDate.MAX))
                .containsEntry(Indices.SIP, HourlyDays.NONE)
                .doesNotContainKey(Indices.KPIS);
        assertThat(config.retention())
                .isEqualTo(Map.of(
                        Indices.SIP,
                        new Keep(1, 2_000L << 30),
                        Indices.CALLS,
                        new Keep(2, 0),
                        Indices.COUNTS,
                        new Keep(3, 0),
                        Indices.MEDIA,
                        new Keep(4, 0),
                        Indices.LOGS,
                        new Keep(5, 0),
                        Indices.KPIS,
                        new Keep(400, 0)));
    }
}
