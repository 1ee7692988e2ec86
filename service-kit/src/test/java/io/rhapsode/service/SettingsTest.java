/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define("RHAPSODE_PORT", Type.INT, 9060, Range.between(0, 65_535), Importance.LOW, "Port")
            .define("RHAPSODE_FILE", Type.STRING, "", Importance.LOW, "File");

    private static String refusal(Map<String, String> environment) {
        return catchThrowable(() -> Settings.read(DEFINITION, Set.of(), environment, SettingsTest::file))
                .getMessage();
    }

    private static String file(Settings settings) {
        if (settings.text("RHAPSODE_FILE").isEmpty()) {
            throw new IllegalArgumentException(
                    "RHAPSODE_FILE: there is none for port " + settings.number("RHAPSODE_PORT"));
        }
        return settings.text("RHAPSODE_FILE");
    }

    @Test
    void whatIsNoNumberIsOneLine() {
        assertThat(refusal(Map.of("RHAPSODE_PORT", "many", "RHAPSODE_FILE", "x"))
                        .lines())
                .singleElement()
                .asString()
                .contains("RHAPSODE_PORT", "many");
    }

    @Test
    void whatNoKafkaClientWouldTakeIsToldBeforeThereIsOne() {
        assertThat(refusal(Map.of(
                                "RHAPSODE_FILE", "x",
                                "RHAPSODE_KAFKA_LINGER_MS", "soon",
                                "RHAPSODE_KAFKA_REQUEST_TIMEOUT_MS", "-7",
                                "RHAPSODE_KAFKA_MAX_POLL_RECORDS", "500",
                                "RHAPSODE_KAFKA_OF_A_PLUGIN", "anything"))
                        .lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("RHAPSODE_KAFKA_LINGER_MS", "soon"),
                        line -> assertThat(line).contains("RHAPSODE_KAFKA_REQUEST_TIMEOUT_MS", "-7"));
    }

    @Test
    void whatTheServiceFindsIsToldWithTheWrongValues() {
        assertThat(refusal(Map.of("RHAPSODE_PORT", "70000", "RHAPSODE_PROT", "1"))
                        .lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("RHAPSODE_PORT", "70000"),
                        line -> assertThat(line).isEqualTo("unknown setting RHAPSODE_PROT"),
                        line -> assertThat(line).isEqualTo("RHAPSODE_FILE: there is none for port 9060"));
    }
}
