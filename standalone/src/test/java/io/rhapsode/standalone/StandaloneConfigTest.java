/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneConfigTest {

    @Test
    void theDefaultsAreThePortsEverybodyExpects() {
        var config = StandaloneConfig.from(Map.of("PATH", "/bin"));
        assertThat(config.data()).isEqualTo(Path.of("data"));
        assertThat(config.kafkaPort()).isEqualTo(9092);
        assertThat(config.elasticsearchPort()).isEqualTo(9200);
        assertThat(config.servicePort("RHAPSODE_HTTP_PORT")).isEqualTo(8080);
        assertThat(config.servicePort("RHAPSODE_HEP_PORT")).isEqualTo(9060);
    }

    @Test
    void theKafkaPortIsNoSettingOfKafkaClients() {
        var config = StandaloneConfig.from(Map.of("RHAPSODE_KAFKA_PORT", "0", "RHAPSODE_KAFKA_LINGER_MS", "7"));
        assertThat(config.environment()).containsEntry("RHAPSODE_KAFKA_LINGER_MS", "7");
        assertThat(config.environment()).doesNotContainKey("RHAPSODE_KAFKA_PORT");
    }

    @Test
    void allMistakesOfAllServicesComeInOneMessage() {
        assertThatThrownBy(() -> StandaloneConfig.from(Map.of(
                        "RHAPSODE_HEP_PORT", "99999",
                        "RHAPSODE_STREAM_THREADS", "many",
                        "RHAPSODE_ELASTICSEARCH_PORT", "-1",
                        "RHAPSODE_HEP_PROT", "9060")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "RHAPSODE_HEP_PORT",
                        "RHAPSODE_STREAM_THREADS",
                        "RHAPSODE_ELASTICSEARCH_PORT",
                        "unknown setting RHAPSODE_HEP_PROT");
    }

    @Test
    void filesAndNetworksAreToldWithTheRestAndEachMistakeOnce(@TempDir Path folder) throws Exception {
        var agents = Files.writeString(folder.resolve("agents"), "agent.a.kee=1\nagent.b.key=\n");
        var mistakes = catchThrowable(() -> StandaloneConfig.from(Map.ofEntries(
                Map.entry("RHAPSODE_STREAM_THREADS", "many"),
                Map.entry("RHAPSODE_INDEXER_BULKS", "0"),
                Map.entry("RHAPSODE_HEP_NETWORKS", "10.0.0.0/8,10.1/16"),
                Map.entry("RHAPSODE_AGENTS", agents.toString()),
                Map.entry("RHAPSODE_HEP_TO", "gateway.example:9060"),
                Map.entry("RHAPSODE_HEP_TLS_PORT", "99061"),
                Map.entry("RHAPSODE_HEP_TLS_CERTIFICATE", "absent.crt"),
                Map.entry("RHAPSODE_HEP_TLS_CLIENTS", "required"),
                Map.entry("RHAPSODE_ELASTICSEARCH_CA", "absent.ca"))));
        assertThat(mistakes).isInstanceOf(IllegalArgumentException.class);
        assertThat(mistakes.getMessage().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("many", "RHAPSODE_STREAM_THREADS"),
                        line -> assertThat(line).contains("0", "RHAPSODE_INDEXER_BULKS"),
                        line -> assertThat(line).isEqualTo("RHAPSODE_HEP_NETWORKS: no network: 10.1/16"),
                        line -> assertThat(line).isEqualTo("RHAPSODE_AGENTS: the file " + agents + " has mistakes:"),
                        line -> assertThat(line).startsWith("agent.a.kee: nothing"),
                        line -> assertThat(line).startsWith("agent.b.key: is empty"),
                        line -> assertThat(line).startsWith("RHAPSODE_HEP_TO makes an agent"),
                        line -> assertThat(line).contains("99061", "RHAPSODE_HEP_TLS_PORT"),
                        line -> assertThat(line).startsWith("RHAPSODE_HEP_TLS_CERTIFICATE: cannot read"),
                        line -> assertThat(line).startsWith("RHAPSODE_HEP_TLS_KEY: is needed"),
                        line -> assertThat(line).startsWith("RHAPSODE_HEP_TLS_TRUST: is needed"),
                        line -> assertThat(line).startsWith("RHAPSODE_ELASTICSEARCH_CA cannot be set here"));
    }

    @Test
    void aServerElsewhereIsRefusedBecauseUpStartsItsOwn() {
        assertThatThrownBy(() -> StandaloneConfig.from(Map.of(
                        "RHAPSODE_KAFKA", "kafka.example.net:9092", "RHAPSODE_ELASTICSEARCH_API_KEY", "c2VjcmV0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("RHAPSODE_KAFKA cannot", "RHAPSODE_ELASTICSEARCH_API_KEY cannot")
                .hasMessageNotContaining("c2VjcmV0");
    }
}
