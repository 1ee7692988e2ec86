/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Topic;
import io.rhapsode.service.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Settings of the stream-processor.
 *
 * @param partitions of topics that are created
 * @param replicas of topics that are created, -1 for the brokers' default
 * @param health where /healthz, /readyz and /metrics are served
 * @param callIdleMicros how long an answered call may be silent, microseconds
 * @param openCalls the most calls open in one partition
 * @param legHeaders names of headers that join the legs of a call
 * @param legWindowMicros how long a call waits for others of its session, microseconds
 * @param carriedHeaders names of headers that become fields of their own
 * @param kpiKeys by what key figures are counted apart, see {@link KpiDimensions}
 * @param jsonTopics whether everything parsed is written as JSON too
 * @param generation whose topics are written
 * @param streams settings of Kafka Streams and its clients
 */
public record StreamConfig(
        int partitions,
        short replicas,
        InetSocketAddress health,
        long callIdleMicros,
        int openCalls,
        List<String> legHeaders,
        long legWindowMicros,
        List<String> carriedHeaders,
        List<String> kpiKeys,
        boolean jsonTopics,
        Generation generation,
        Map<String, Object> streams) {

    private static final int MOST_HEADERS = 32;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** What this service knows, and the documentation of it. */
    public static final ConfigDef DEFINITION = Settings.kafkaDefinition()
            .define(
                    "RHAPSODE_PARTITIONS",
                    Type.INT,
                    8,
                    Range.between(1, 32_767),
                    Importance.HIGH,
                    "Partitions of the topics, where they are not there yet: the most instances that can share the work")
            .define(
                    "RHAPSODE_REPLICAS",
                    Type.INT,
                    -1,
                    Range.between(-1, 32_767),
                    Importance.MEDIUM,
                    "Copies of each partition of topics that are created; -1 takes the brokers' default")
            .define(
                    "RHAPSODE_HEALTH_HOST",
                    Type.STRING,
                    "127.0.0.1",
                    new ConfigDef.NonEmptyString(),
                    Importance.LOW,
                    "Address to serve /healthz, /readyz and /metrics on")
            .define(
                    "RHAPSODE_STREAM_HEALTH_PORT",
                    Type.INT,
                    8082,
                    Range.between(0, 65_535),
                    Importance.LOW,
                    "Port to serve them on; 0 takes a free one")
            .define(
                    "RHAPSODE_STREAM_THREADS",
                    Type.INT,
                    2,
                    Range.between(1, 256),
                    Importance.HIGH,
                    "Threads that process; more than the partitions are idle")
            .define(
                    "RHAPSODE_STREAM_STANDBYS",
                    Type.INT,
                    0,
                    Range.between(0, 16),
                    Importance.MEDIUM,
                    "Other instances that keep a copy of each state, to go on at once where one is gone")
            .define(
                    "RHAPSODE_STREAM_GENERATION",
                    Type.INT,
                    1,
                    Range.between(1, Generation.MOST),
                    Importance.LOW,
                    "2 or more computes everything anew from the raw topic, into topics with -v2 and so on behind the name")
            .define(
                    "RHAPSODE_STREAM_STATE",
                    Type.STRING,
                    "data/stream-processor",
                    new ConfigDef.NonEmptyString(),
                    Importance.HIGH,
                    "Folder of the state stores, of one instance only; what is lost is read again from Kafka")
            .define(
                    "RHAPSODE_STREAM_MEMORY_MB",
                    Type.INT,
                    64,
                    Range.between(16, 65_536),
                    Importance.MEDIUM,
                    "Memory of all state stores together beside the Java heap (RocksDB), MiB")
            .define(
                    "RHAPSODE_CALL_IDLE_S",
                    Type.INT,
                    14_400,
                    Range.between(60, 7 * 86_400),
                    Importance.MEDIUM,
                    "Seconds after which an answered call without a message counts as ended")
            .define(
                    "RHAPSODE_OPEN_CALLS",
                    Type.INT,
                    100_000,
                    Range.atLeast(100),
                    Importance.MEDIUM,
                    "Calls that may be open in one partition; beyond it the next to close is closed early and counted")
            .define(
                    "RHAPSODE_LEG_HEADERS",
                    Type.LIST,
                    "X-CID,X-Call-ID",
                    StreamConfig::checkHeaders,
                    Importance.MEDIUM,
                    "Headers that join the legs of a call, at most 32 names: each has another leg's Call-ID, or the same value in all")
            .define(
                    "RHAPSODE_LEG_WINDOW_S",
                    Type.INT,
                    3_600,
                    Range.between(60, 86_400),
                    Importance.LOW,
                    "Seconds between the first sightings of two legs that a Session-ID, an ICID or a header's value joins")
            .define(
                    "RHAPSODE_SIP_HEADERS",
                    Type.LIST,
                    "",
                    StreamConfig::checkHeaders,
                    Importance.MEDIUM,
                    "Headers to keep as fields of their own, at most 32 names: X-CID,X-Tenant; search by header.x-cid:abc")
            .define(
                    "RHAPSODE_KPI_KEYS",
                    Type.LIST,
                    "site",
                    StreamConfig::checkKpiKeys,
                    Importance.MEDIUM,
                    "By what key figures are counted apart, at most 8 of: site, trunk-from, trunk-to, prefix:N (N digits of B)")
            .define(
                    "RHAPSODE_JSON_TOPICS",
                    Type.BOOLEAN,
                    false,
                    Importance.LOW,
                    "Write messages, calls, media reports, log events and key figures as JSON too, to the topics with .json behind the name");

    /** The application id in the first generation. */
    public static final String APPLICATION = "rhapsode-stream";

    /** Setting: the name of this stage in counts and dead letters. */
    static final String STAGE = "rhapsode.stage";

    private static final int MOST_KPI_KEYS = 8;
    private static final int COMMIT_MS = 300;

    /**
     * So long a commit waits for Kafka. Where it gives up, Kafka Streams 4.3 brings its tasks to life again with the
     * changelog positions of before, so that a store that was just emptied passes for restored.
     */
    private static final Duration COMMIT_PATIENCE = Duration.ofDays(7);

    /** Of the heap the cache takes more than twice this. */
    private static final long CACHE_BYTES = 32L << 20;

    /**
     * @throws IllegalArgumentException naming every wrong and unknown setting
     * @see Settings#read
     */
    public static StreamConfig from(Map<String, String> environment, Set<String> alsoKnown) {
        return Settings.read(DEFINITION, alsoKnown, environment, StreamConfig::of);
    }

    private static StreamConfig of(Settings settings) {
        return new StreamConfig(
                settings.number("RHAPSODE_PARTITIONS"),
                (short) settings.number("RHAPSODE_REPLICAS"),
                new InetSocketAddress(
                        settings.text("RHAPSODE_HEALTH_HOST"), settings.number("RHAPSODE_STREAM_HEALTH_PORT")),
                settings.number("RHAPSODE_CALL_IDLE_S") * 1_000_000L,
                settings.number("RHAPSODE_OPEN_CALLS"),
                settings.list("RHAPSODE_LEG_HEADERS"),
                settings.number("RHAPSODE_LEG_WINDOW_S") * 1_000_000L,
                settings.list("RHAPSODE_SIP_HEADERS"),
                settings.list("RHAPSODE_KPI_KEYS"),
                settings.flag("RHAPSODE_JSON_TOPICS"),
                generation(settings),
                streams(settings));
    }

    /** Settings of Kafka Streams. Topics load their schemas, for which nobody waits who is only told of a mistake. */
    @Override
    public Map<String, Object> streams() {
        var all = new HashMap<>(streams);
        all.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, generation.topic(Topic.DEAD_LETTER));
        return Map.copyOf(all);
    }

    /** Names of the topics that its stream-processor writes and reads again itself. */
    public List<String> returns() {
        return CallTopology.returns(this);
    }

    /** The application id, which is the consumer group too. */
    public String application() {
        return (String) streams.get(StreamsConfig.APPLICATION_ID_CONFIG);
    }

    private static void checkHeaders(String name, Object value) {
        List<?> headers = (List<?>) value;
        boolean names =
                headers.stream().allMatch(one -> HEADER.matcher(one.toString()).matches());
        if (!names || headers.size() > MOST_HEADERS) {
            throw new ConfigException(name, value, "at most 32 header names of letters, digits and -");
        }
    }

    private static Generation generation(Settings settings) {
        return new Generation(settings.number("RHAPSODE_STREAM_GENERATION"));
    }

    private static void checkKpiKeys(String name, Object value) {
        List<?> keys = (List<?>) value;
        boolean known = keys.stream()
                .allMatch(one -> KpiDimensions.NAME.matcher(one.toString()).matches());
        if (!known || keys.size() > MOST_KPI_KEYS || Set.copyOf(keys).size() < keys.size()) {
            throw new ConfigException(name, value, "at most 8 of site, trunk-from, trunk-to and prefix:1 to prefix:15");
        }
    }

    private static Map<String, Object> streams(Settings settings) {
        var streams = new HashMap<String, Object>();
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // The partitions of one that was killed are free after this, not after 45 s.
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        streams.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MS);
        streams.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        streams.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.number("RHAPSODE_STREAM_THREADS"));
        streams.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.number("RHAPSODE_STREAM_STANDBYS"));
        streams.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.number("RHAPSODE_REPLICAS"));
        streams.put(StreamsConfig.STATE_DIR_CONFIG, settings.text("RHAPSODE_STREAM_STATE"));
        // Links come round to the calls by a topic of their own, and are few: no message waits for the next one of
        // them.
        streams.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        streams.put(BoundedRocksDb.BYTES, (long) settings.number("RHAPSODE_STREAM_MEMORY_MB") << 20);
        streams.putAll(settings.kafka());
        // What the program rests on is not for the operator to change.
        Generation generation = generation(settings);
        streams.put(StreamsConfig.APPLICATION_ID_CONFIG, generation.of(APPLICATION));
        streams.put(STAGE, generation.of(CountProcessor.STAGE));
        streams.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, PoisonRecords.class);
        streams.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG), COMMIT_PATIENCE.toMillis());
        streams.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        streams.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        return Map.copyOf(streams);
    }
}
