/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class WebConfigTest {

    /** The table in README.md is made of the definition; where this fails it shows the lines to put there. */
    @Test
    void theReadmeHasEverySettingAsItIsDefined() throws IOException {
        var table = new StringBuilder("| setting | default | meaning |\n| --- | --- | --- |\n");
        for (ConfigDef.ConfigKey key : WebConfig.DEFINITION.configKeys().values()) {
            Object value = key.defaultValue instanceof Password secret ? secret.value() : key.defaultValue;
            table.append("| `%s` | `%s` | %s |\n".formatted(key.name, value, key.documentation));
        }
        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    @Test
    void everyMistakeIsNamedInOneMessage() {
        var environment = Map.of("RHAPSODE_HTTP_PROT", "1", "RHAPSODE_HTTP_PORT", "70000");
        assertThatThrownBy(() -> WebConfig.from(environment, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RHAPSODE_HTTP_PROT")
                .hasMessageContaining("RHAPSODE_HTTP_PORT");
    }
}
