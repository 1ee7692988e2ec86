/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
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

    private static final List<ConfigDef> KAFKA_CLIENTS =
            List.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());

    private final Map<String, Object> values;
    private final Set<String> wrong;
    private final Map<String, Object> kafka;

    private Settings(Map<String, Object> values, Set<String> wrong, Map<String, Object> kafka) {
        this.values = values;
        this.wrong = wrong;
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
        return read(definition, known, environment, settings -> settings);
    }

    /**
     * As {@link #read(ConfigDef, Set, Map)}, with what the service makes of them.
     *
     * @param config gets the default in place of a wrong value, so that its own mistakes are told with the others; it throws
     *     an {@link IllegalArgumentException} that names them
     */
    public static <T> T read(
            ConfigDef definition, Set<String> known, Map<String, String> environment, Function<Settings, T> config) {
        var given = given(environment);
        var kafka = new HashMap<String, Object>();
        var mistakes = new Mistakes();
        for (var setting : given.entrySet()) {
            String name = setting.getKey();
            if (definition.names().contains(name) || known.contains(name)) {
                continue;
            }
            if (name.startsWith(KAFKA_PREFIX)) {
                kafka.put(kafkaName(name), setting.getValue());
                mistakes.note(name, () -> checkForKafka(kafkaName(name), setting.getValue()));
            } else {
                mistakes.add("unknown setting " + name);
            }
        }
        var values = definition.defaultValues();
        var wrong = new HashSet<String>();
        for (ConfigValue value : definition.validate(given)) {
            if (value.errorMessages().isEmpty()) {
                values.put(value.name(), value.value());
            } else {
                wrong.add(value.name());
                // What is no number is not within the bounds either: the first message says it.
                mistakes.add(value.errorMessages().get(0));
            }
        }
        T read = mistakes.note(() -> config.apply(new Settings(values, wrong, Map.copyOf(kafka))));
        mistakes.refuse();
        return read;
    }

    /** What all kinds of clients get; a name that none of them knows may be a plug-in's. */
    private static Object checkForKafka(String name, String value) {
        for (ConfigDef client : KAFKA_CLIENTS) {
            var key = client.configKeys().get(name);
            if (key != null) {
                try {
                    Object parsed = ConfigDef.parseType(name, value, key.type);
                    if (key.validator != null) {
                        key.validator.ensureValid(name, parsed);
                    }
                } catch (ConfigException e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
            }
        }
        return value;
    }

    /**
     * Whether a setting has a value, right or wrong, that is not blank.
     *
     * @throws IllegalArgumentException if the settings file cannot be read
     */
    public static boolean isGiven(String name, Map<String, String> environment) {
        return !given(environment).getOrDefault(name, "").isBlank();
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

    /** Whether the value is the default because that which was given is wrong; it is told anyway. */
    public boolean isWrong(String name) {
        return wrong.contains(name);
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
