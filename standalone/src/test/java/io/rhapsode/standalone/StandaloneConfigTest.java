/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void aServerElsewhereIsRefusedBecauseUpStartsItsOwn() {
        assertThatThrownBy(() -> StandaloneConfig.from(Map.of(
                        "RHAPSODE_KAFKA", "kafka.example.net:9092", "RHAPSODE_ELASTICSEARCH_API_KEY", "c2VjcmV0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("RHAPSODE_KAFKA cannot", "RHAPSODE_ELASTICSEARCH_API_KEY cannot")
                .hasMessageNotContaining("c2VjcmV0");
    }
}
