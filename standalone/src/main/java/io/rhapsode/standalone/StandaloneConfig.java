/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.service.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of the whole on one machine. Port 0 takes a free one.
 *
 * @param data folder of everything that outlives a run
 * @param kafkaMegabytes heap of Kafka, MB
 * @param elasticsearchMegabytes heap of Elasticsearch, MB
 * @param environment the settings of the four services, without those of this table
 */
public record StandaloneConfig(
        Path data,
        int kafkaPort,
        int elasticsearchPort,
        int kafkaMegabytes,
        int elasticsearchMegabytes,
        Map<String, String> environment) {

    private static final Range PORT = Range.between(0, 65535);
    private static final Range MEGABYTES = Range.between(192, 30_000);

    /** What {@code up} itself knows; the services' settings come on top. */
    public static final ConfigDef DEFINITION = new ConfigDef()
            .define("RHAPSODE_DATA", Type.STRING, "data", new NonEmptyString(), Importance.HIGH, "Data folder")
            .define("RHAPSODE_KAFKA_PORT", Type.INT, 9092, PORT, Importance.MEDIUM, "Port of Kafka")
            .define(
                    "RHAPSODE_ELASTICSEARCH_PORT",
                    Type.INT,
                    9200,
                    PORT,
                    Importance.MEDIUM,
                    "HTTP port of Elasticsearch")
            .define("RHAPSODE_KAFKA_MEMORY_MB", Type.INT, 320, MEGABYTES, Importance.LOW, "Heap of Kafka, MB")
            .define(
                    "RHAPSODE_ELASTICSEARCH_MEMORY_MB",
                    Type.INT,
                    640,
                    MEGABYTES,
                    Importance.LOW,
                    "Heap of Elasticsearch, MB");

    /**
     * What the services do otherwise where they have machines of their own. A partition costs Kafka a write for each commit
     * and topic, a bulk on its way costs Elasticsearch segments to merge.
     */
    private static final Map<String, String> FOR_ONE_MACHINE =
            Map.of("RHAPSODE_PARTITIONS", "4", "RHAPSODE_INDEXER_BULKS", "2");

    /** Names that are in the environment for others: the script's and the tests'. */
    private static final Set<String> ELSEWHERE =
            Set.of("RHAPSODE_EXTRA_CAPTURES", "RHAPSODE_JAVA_OPTIONS", "RHAPSODE_TEST_DATA");

    /** Always the servers that are started here. */
    private static final Set<String> OWN_SERVERS = Stream.concat(
                    Stream.of("RHAPSODE_KAFKA"), ElasticsearchAccess.define(new ConfigDef()).names().stream())
            .collect(Collectors.toUnmodifiableSet());

    /**
     * @param environment as {@link System#getenv()} gives it, with the command line's options put in
     * @throws IllegalArgumentException naming every wrong value and every unknown setting in one message
     */
    public static StandaloneConfig from(Map<String, String> environment) {
        Map<String, String> ours = withoutElsewhere(environment);
        Services.check(ours, DEFINITION, OWN_SERVERS);
        var settings = Settings.read(DEFINITION, Services.settings(), ours);
        var forServices = new HashMap<>(ours);
        forServices.keySet().removeAll(DEFINITION.names());
        FOR_ONE_MACHINE.forEach(forServices::putIfAbsent);
        return new StandaloneConfig(
                Path.of(settings.text("RHAPSODE_DATA")),
                settings.number("RHAPSODE_KAFKA_PORT"),
                settings.number("RHAPSODE_ELASTICSEARCH_PORT"),
                settings.number("RHAPSODE_KAFKA_MEMORY_MB"),
                settings.number("RHAPSODE_ELASTICSEARCH_MEMORY_MB"),
                Map.copyOf(forServices));
    }

    private static Map<String, String> withoutElsewhere(Map<String, String> environment) {
        var rest = new HashMap<>(environment);
        removeElsewhere(rest);
        return rest;
    }

    /** Takes out the names that are in the environment for others. */
    static void removeElsewhere(Map<String, String> environment) {
        environment.keySet().removeAll(ELSEWHERE);
    }

    /** A port of a service, as set or by default. */
    int servicePort(String setting) {
        return Integer.parseInt(environment.getOrDefault(setting, Services.defaultOf(setting)));
    }

    /** Every name that means something here. */
    static Set<String> names() {
        var names = new TreeSet<>(Services.settings());
        names.addAll(DEFINITION.names());
        return names;
    }
}
