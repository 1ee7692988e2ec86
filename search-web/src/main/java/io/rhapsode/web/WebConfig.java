/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.PASSWORD;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.rhapsode.schema.Generation;
import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.service.Settings;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.types.Password;

/**
 * Settings of search-web.
 *
 * @param elasticsearch where it is, and as whom to go there
 * @param host address to listen on
 * @param port to listen on, 0 for a free one
 * @param threads that serve requests
 * @param searchTimeout how long one search may take
 * @param generation of the stream-processor and the indexer whose counts are shown
 * @param cursorKey what cursors are signed with
 * @param effective all settings in force, for the log
 */
public record WebConfig(
        ElasticsearchAccess elasticsearch,
        String host,
        int port,
        int threads,
        Duration searchTimeout,
        Generation generation,
        byte[] cursorKey,
        String effective) {

    /** Every setting with its type, default and meaning. */
    public static final ConfigDef DEFINITION = ElasticsearchAccess.define(new ConfigDef())
            .define(
                    "RHAPSODE_HTTP_HOST",
                    STRING,
                    "127.0.0.1",
                    new NonEmptyString(),
                    HIGH,
                    "Address for pages and API; there is no login yet")
            .define(
                    "RHAPSODE_HTTP_PORT",
                    INT,
                    8080,
                    between(0, 65535),
                    HIGH,
                    "Port for pages, API, health and metrics; 0 takes a free one")
            .define("RHAPSODE_HTTP_THREADS", INT, 32, between(8, 1_000), LOW, "Threads that serve requests")
            .define(
                    "RHAPSODE_SEARCH_TIMEOUT_S",
                    INT,
                    10,
                    between(1, 300),
                    MEDIUM,
                    "How long one search may take, in seconds")
            .define(
                    "RHAPSODE_STREAM_GENERATION",
                    INT,
                    1,
                    between(1, Generation.MOST),
                    LOW,
                    "Generation whose counts the status is made of: that of the indexer")
            .define(
                    "RHAPSODE_CURSOR_KEY",
                    PASSWORD,
                    "",
                    LOW,
                    "Secret that cursors are signed with; give all instances the same; empty: a new one every start");

    /**
     * @param environment as {@link System#getenv()} gives it
     * @param alsoKnown names of other services of the same process
     * @throws IllegalArgumentException naming every mistake
     */
    public static WebConfig from(Map<String, String> environment, Set<String> alsoKnown) {
        return Settings.read(DEFINITION, alsoKnown, environment, WebConfig::of);
    }

    private static WebConfig of(Settings settings) {
        return new WebConfig(
                ElasticsearchAccess.read(settings),
                settings.text("RHAPSODE_HTTP_HOST"),
                settings.number("RHAPSODE_HTTP_PORT"),
                settings.number("RHAPSODE_HTTP_THREADS"),
                Duration.ofSeconds(settings.number("RHAPSODE_SEARCH_TIMEOUT_S")),
                new Generation(settings.number("RHAPSODE_STREAM_GENERATION")),
                key(settings.secret("RHAPSODE_CURSOR_KEY")),
                settings.toString());
    }

    private static byte[] key(Password given) {
        if (!given.value().isEmpty()) {
            return given.value().getBytes(StandardCharsets.UTF_8);
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return random;
    }
}
