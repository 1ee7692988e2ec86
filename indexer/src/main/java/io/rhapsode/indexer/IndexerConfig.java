/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Indices;
import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.service.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigException;

/**
 * Settings of the indexer.
 *
 * @param kafka for every Kafka client
 * @param partitions of topics that are not there yet
 * @param replicas of their partitions, -1 for the broker's default
 * @param elasticsearch where it is, and as whom to go there
 * @param health where health and metrics are served
 * @param generation whose topics are read
 * @param group consumer group, in the name of the generation
 * @param limits of the bulks
 * @param retention by kind of index
 * @param mergeAfter how long nothing may have been written to a finished index before it is merged, zero for never
 * @param warmAfter how long after its time is over an index moves to the warm tier, zero for never
 * @param names of the indices
 * @param effective all settings in force, for the log
 */
public record IndexerConfig(
        Map<String, Object> kafka,
        int partitions,
        short replicas,
        ElasticsearchAccess elasticsearch,
        InetSocketAddress health,
        Generation generation,
        String group,
        Limits limits,
        Map<Indices, Keep> retention,
        Duration mergeAfter,
        Duration warmAfter,
        IndexNames names,
        String effective) {

    /** How much goes into one bulk, how many bulks there are at a time, and how long one waits to be filled. */
    public record Limits(int documents, int bytes, int bulks, Duration linger) {}

    /**
     * How long indices of a kind are kept, and how much of them.
     *
     * @param days after the time that an index is of; 0 for ever
     * @param bytes of disk that all of them may take, with replicas; 0 as many as there are
     */
    public record Keep(int days, long bytes) {

        boolean isNone() {
            return days == 0 && bytes == 0;
        }
    }

    private static final ConfigDef.Validator DAYS = (name, days) -> {
        try {
            HourlyDays.parse((String) days);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, days, e.getMessage());
        }
    };

    /** Every setting with its type, default and meaning. */
    public static final ConfigDef DEFINITION = ElasticsearchAccess.define(Settings.kafkaDefinition())
            .define("RHAPSODE_PARTITIONS", INT, 8, between(1, 10_000), MEDIUM, "Partitions of topics not there yet")
            .define(
                    "RHAPSODE_REPLICAS",
                    INT,
                    -1,
                    between(-1, 100),
                    MEDIUM,
                    "Replicas of topics not there yet; -1 takes the broker's default")
            .define(
                    "RHAPSODE_HEALTH_HOST",
                    STRING,
                    "127.0.0.1",
                    new NonEmptyString(),
                    LOW,
                    "Address for health and metrics")
            .define(
                    "RHAPSODE_INDEXER_HEALTH_PORT",
                    INT,
                    8083,
                    between(0, 65535),
                    LOW,
                    "Port for health and metrics; 0 takes a free one")
            .define(
                    "RHAPSODE_STREAM_GENERATION",
                    INT,
                    1,
                    between(1, Generation.MOST),
                    LOW,
                    "Generation of the topics to load; 2 or more are those with -v2 and so on behind the name")
            .define(
                    "RHAPSODE_INDEXER_GROUP",
                    STRING,
                    "rhapsode-indexer",
                    new NonEmptyString(),
                    LOW,
                    "Consumer group; a new name loads everything again that Kafka still has")
            .define(
                    "RHAPSODE_INDEXER_BULK_DOCUMENTS",
                    INT,
                    4_000,
                    between(1, 100_000),
                    LOW,
                    "Documents in one bulk at most")
            .define(
                    "RHAPSODE_INDEXER_BULK_KB",
                    INT,
                    4_096,
                    between(16, 65_536),
                    LOW,
                    "Size of one bulk in kB, above which no document is added")
            .define("RHAPSODE_INDEXER_BULKS", INT, 3, between(1, 64), LOW, "Bulks on their way at a time")
            .define(
                    "RHAPSODE_INDEXER_LINGER_MS",
                    INT,
                    50,
                    between(0, 10_000),
                    LOW,
                    "How long a bulk waits to be filled, in ms; up to ten times as long while others are on their way")
            .define(
                    "RHAPSODE_RETENTION_DAYS_SIP",
                    INT,
                    30,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's messages are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_DAYS_CALLS",
                    INT,
                    90,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's calls are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_DAYS_MEDIA",
                    INT,
                    30,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's media reports are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_DAYS_LOGS",
                    INT,
                    30,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's log events are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_DAYS_COUNTS",
                    INT,
                    400,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's counts are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_DAYS_KPIS",
                    INT,
                    400,
                    between(0, 36_500),
                    HIGH,
                    "Days after which a day's key figures are deleted; 0 never")
            .define(
                    "RHAPSODE_RETENTION_GB_SIP",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest messages are deleted; 0 no limit")
            .define(
                    "RHAPSODE_RETENTION_GB_CALLS",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest calls are deleted; 0 no limit")
            .define(
                    "RHAPSODE_RETENTION_GB_MEDIA",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest media reports are deleted; 0 no limit")
            .define(
                    "RHAPSODE_RETENTION_GB_LOGS",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest log events are deleted; 0 no limit")
            .define(
                    "RHAPSODE_RETENTION_GB_COUNTS",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest counts are deleted; 0 no limit")
            .define(
                    "RHAPSODE_RETENTION_GB_KPIS",
                    INT,
                    0,
                    between(0, 1_000_000),
                    MEDIUM,
                    "GB of disk, replicas included, above which the oldest key figures are deleted; 0 no limit")
            .define(
                    "RHAPSODE_MERGE_AFTER_HOURS",
                    INT,
                    6,
                    between(0, 8_760),
                    LOW,
                    "Hours without a new document after which a finished index is merged to one segment; 0 never")
            .define(
                    "RHAPSODE_WARM_AFTER_DAYS",
                    INT,
                    0,
                    between(0, 36_500),
                    LOW,
                    "Days after which an index moves to Elasticsearch's warm tier, where there is one; 0 never")
            .define(
                    "RHAPSODE_HOURLY_SIP",
                    STRING,
                    "",
                    DAYS,
                    LOW,
                    "Days whose messages are filed by the hour, FROM or FROM/UNTIL (that day not), such as 2026-12-01;"
                            + " none if empty")
            .define(
                    "RHAPSODE_HOURLY_CALLS",
                    STRING,
                    "",
                    DAYS,
                    LOW,
                    "Days whose calls are filed by the hour, FROM or FROM/UNTIL (that day not), such as 2026-12-01;"
                            + " none if empty")
            .define(
                    "RHAPSODE_HOURLY_MEDIA",
                    STRING,
                    "",
                    DAYS,
                    LOW,
                    "Days whose media reports are filed by the hour, FROM or FROM/UNTIL (that day not), such as"
                            + " 2026-12-01; none if empty")
            .define(
                    "RHAPSODE_HOURLY_LOGS",
                    STRING,
                    "",
                    DAYS,
                    LOW,
                    "Days whose log events are filed by the hour, FROM or FROM/UNTIL (that day not), such as"
                            + " 2026-12-01; none if empty");

    /**
     * @param environment as {@link System#getenv()} gives it
     * @param alsoKnown names of other services of the same process
     * @throws IllegalArgumentException naming every mistake
     */
    public static IndexerConfig from(Map<String, String> environment, Set<String> alsoKnown) {
        return Settings.read(DEFINITION, alsoKnown, environment, IndexerConfig::of);
    }

    private static IndexerConfig of(Settings settings) {
        var generation = new Generation(settings.number("RHAPSODE_STREAM_GENERATION"));
        return new IndexerConfig(
                settings.kafka(),
                settings.number("RHAPSODE_PARTITIONS"),
                (short) settings.number("RHAPSODE_REPLICAS"),
                ElasticsearchAccess.read(settings),
                new InetSocketAddress(
                        settings.text("RHAPSODE_HEALTH_HOST"), settings.number("RHAPSODE_INDEXER_HEALTH_PORT")),
                generation,
                generation.of(settings.text("RHAPSODE_INDEXER_GROUP")),
                new Limits(
                        settings.number("RHAPSODE_INDEXER_BULK_DOCUMENTS"),
                        settings.number("RHAPSODE_INDEXER_BULK_KB") << 10,
                        settings.number("RHAPSODE_INDEXER_BULKS"),
                        Duration.ofMillis(settings.number("RHAPSODE_INDEXER_LINGER_MS"))),
                Stream.of(Indices.values()).collect(Collectors.toMap(kind -> kind, kind -> keep(kind, settings))),
                Duration.ofHours(settings.number("RHAPSODE_MERGE_AFTER_HOURS")),
                Duration.ofDays(settings.number("RHAPSODE_WARM_AFTER_DAYS")),
                new IndexNames(Stream.of(Indices.values())
                        .filter(Indices::isOfCalls)
                        .collect(Collectors.toMap(
                                kind -> kind, kind -> HourlyDays.parse(settings.text("RHAPSODE_HOURLY_" + kind))))),
                settings.toString());
    }

    private static Keep keep(Indices kind, Settings settings) {
        return new Keep(
                settings.number("RHAPSODE_RETENTION_DAYS_" + kind),
                (long) settings.number("RHAPSODE_RETENTION_GB_" + kind) << 30);
    }
}
