/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class IngestConfigTest {

    private static final Path README = Path.of("README.md");

    /** The table of the README; it is compared, so that what is documented is what is read. */
    private static String table() {
        return IngestConfig.DEFINITION.configKeys().values().stream()
                .sorted((one, other) -> one.name.compareTo(other.name))
                .map(IngestConfigTest::row)
                .collect(Collectors.joining("", "| setting | default | meaning |\n| --- | --- | --- |\n", ""));
    }

    private static String row(ConfigDef.ConfigKey key) {
        boolean isEmpty = Set.of("", List.of(), new Password("")).contains(key.defaultValue);
        return "| `%s` | %s | %s |\n"
                .formatted(key.name, isEmpty ? "" : "`" + key.defaultValue + "`", key.documentation);
    }

    @Test
    void readmeHasTheSettingsAsTheyAre() throws Exception {
        assertThat(Files.readString(README)).contains(table());
    }

    @Test
    void agentKnowsItsReceiversAndKeepsItsKeyToItself() {
        var config = IngestConfig.read(
                Map.of("RHAPSODE_HEP_TO", "a.example:9060,[::1]:9061", "RHAPSODE_HEP_TO_AUTH_KEY", "geheim"), Set.of());

        assertThat(config.hepSink().isAgent()).isTrue();
        assertThat(config.hepSink().to())
                .containsExactly(
                        InetSocketAddress.createUnresolved("a.example", 9060),
                        InetSocketAddress.createUnresolved("::1", 9061));
        assertThat(config.toString()).doesNotContain("geheim");
    }

    @Test
    void receiverWithoutAPortIsRefused() {
        assertThatThrownBy(() -> IngestConfig.read(Map.of("RHAPSODE_HEP_TO", "a.example"), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("RHAPSODE_HEP_TO: 'a.example' is not host:port");
    }

    @Test
    void withoutAnySettingItListensOnLoopbackOnly() {
        var config = IngestConfig.read(Map.of(), Set.of());

        assertThat(config.hep().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.hep().getPort()).isEqualTo(9060);
        assertThat(config.health().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.socketCount()).isBetween(1, 8);
        assertThat(config.kafka()).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092"));
    }
}
