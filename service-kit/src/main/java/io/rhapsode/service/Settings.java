/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.types.Password;

/**
 * Settings of a service, read against a {@link ConfigDef} that is also their documentation. Names begin with
 * {@code RHAPSODE_}. They come from the environment, or under the same names from the properties file that
 * {@code RHAPSODE_SETTINGS} names; the environment wins.
 *
 * <p>{@code RHAPSODE_KAFKA_<NAME>} goes through to the Kafka clients as {@code <name>} with dots:
 * {@code RHAPSODE_KAFKA_SECURITY_PROTOCOL=SSL} is {@code security.protocol=SSL}.
 */
public final class Settings {

    private static final String PREFIX = "RHAPSODE_";
    private static final String FILE = "RHAPSODE_SETTINGS";
    private static final String KAFKA_PREFIX = "RHAPSODE_KAFKA_";

    private final Map<String, Object> values;
    private final Map<String, Object> kafka;

    private Settings(Map<String, Object> values, Map<String, Object> kafka) {
        this.values = values;
        this.kafka = kafka;
    }

    /** Settings that every service with a Kafka client knows. */
    public static ConfigDef kafkaDefinition() {
        return new ConfigDef()
                .define(
                        "RHAPSODE_KAFKA",
                        ConfigDef.Type.STRING,
                        "127.0.0.1:9092",
                        new ConfigDef.NonEmptyString(),
                        ConfigDef.Importance.HIGH,
                        "Kafka brokers, host:port[,host:port]");
    }

    /**
     * Reads the settings of one service.
     *
     * @param definition what this service knows
     * @param known names that other services of the same process know, and that are no mistake here
     * @param environment as {@link System#getenv()} gives it; names without the prefix are not looked at
     * @throws IllegalArgumentException naming every wrong value and every unknown setting in one message
     */
    public static Settings read(ConfigDef definition, Set<String> known, Map<String, String> environment) {
        var given = given(environment);
        var kafka = new HashMap<String, Object>();
        var mistakes = new ArrayList<String>();
        for (var setting : given.entrySet()) {
            String name = setting.getKey();
            if (definition.names().contains(name) || known.contains(name)) {
                continue;
            }
            if (name.startsWith(KAFKA_PREFIX)) {
                kafka.put(kafkaName(name), setting.getValue());
            } else {
                mistakes.add("unknown setting " + name);
            }
        }
        for (ConfigValue value : definition.validate(given)) {
            mistakes.addAll(value.errorMessages());
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        return new Settings(parse(definition, given), Map.copyOf(kafka));
    }

    private static Map<String, Object> parse(ConfigDef definition, Map<String, String> given) {
        try {
            return definition.parse(given);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Map<String, String> given(Map<String, String> environment) {
        var given = new TreeMap<String, String>();
        String file = environment.get(FILE);
        if (file != null) {
            given.putAll(fromFile(Path.of(file)));
        }
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !name.equals(FILE)) {
                given.put(name, value);
            }
        });
        return given;
    }

    private static Map<String, String> fromFile(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + FILE + "=" + file + ": " + e.getMessage(), e);
        }
        var settings = new HashMap<String, String>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    private static String kafkaName(String name) {
        return name.substring(KAFKA_PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
    }

    public String text(String name) {
        return (String) values.get(name);
    }

    public int number(String name) {
        return (Integer) values.get(name);
    }

    public long longNumber(String name) {
        return (Long) values.get(name);
    }

    /** A setting of type PASSWORD: it does not show when printed. */
    public Password secret(String name) {
        return (Password) values.get(name);
    }

    public boolean flag(String name) {
        return (Boolean) values.get(name);
    }

    @SuppressWarnings("unchecked")
    public List<String> list(String name) {
        return (List<String>) values.get(name);
    }

    /** What goes through to every Kafka client, the brokers included. */
    public Map<String, Object> kafka() {
        var all = new HashMap<>(kafka);
        all.put("bootstrap.servers", text("RHAPSODE_KAFKA"));
        return all;
    }

    /** The settings in force, one a line, for the log; passwords show as [hidden]. */
    @Override
    public String toString() {
        var lines = new StringBuilder();
        new TreeMap<>(values)
                .forEach((name, value) ->
                        lines.append(name).append('=').append(value).append('\n'));
        return lines.toString();
    }
}
