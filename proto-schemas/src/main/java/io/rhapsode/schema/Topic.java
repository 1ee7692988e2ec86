/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.Descriptors.Descriptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;

/**
 * The topics: name, what is on it, and what a consumer may rest on. The version in a name changes only when a value
 * becomes unreadable for those who know the old one; within a version fields are only added. {@code docs/topics.md} is
 * made from this table.
 */
public enum Topic {

    /** {@link RawPacket} by Call-ID: every captured packet. Everything else can be computed again from it. */
    RAW(
            "rhapsode.raw.v1",
            RawPacket.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID as it stands in the message; the HEP correlation id where there is no SIP; else none",
            "of one key and one gateway: as that gateway received them",
            "at least once; twice only what a gateway sent from its spool just before it was killed"),

    /** {@link SipMessage} by Call-ID: every parsed message. */
    SIP(
            "rhapsode.sip.v1",
            SipMessage.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID",
            "of one key: as in rhapsode.raw.v1",
            Topic.EXACTLY_ONCE),

    /** {@link Call} by Call-ID: what became of each call; the newest record counts. */
    CALLS(
            "rhapsode.calls.v1",
            Call.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID",
            "of one key: by revision, the newest last",
            Topic.EXACTLY_ONCE),

    /** {@link CallLink} by Call-ID: which calls belong together. */
    LINKS(
            "rhapsode.links.v1",
            CallLink.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID",
            "of one key: as the links were found; a pair's later record is the surer, or tells an earlier session",
            Topic.EXACTLY_ONCE),

    /** {@link MediaReport} by Call-ID: what was told of the quality of media. */
    MEDIA(
            "rhapsode.media.v1",
            MediaReport.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID of the call it is about; as in rhapsode.raw.v1 where that is not known",
            "of one key: as in rhapsode.raw.v1",
            Topic.EXACTLY_ONCE),

    /** {@link LogEvent} by Call-ID: log lines, and messages of other protocols than SIP. */
    LOGS(
            "rhapsode.logs.v1",
            LogEvent.getDescriptor(),
            Duration.ofDays(7),
            "the Call-ID; as in rhapsode.raw.v1 where that is not known",
            "of one key: as in rhapsode.raw.v1",
            Topic.EXACTLY_ONCE),

    /** {@link DeadLetter}: what could not be used, and why. */
    DEAD_LETTER(
            "rhapsode.dead-letter.v1",
            DeadLetter.getDescriptor(),
            Duration.ofDays(30),
            "as the record it came from had; none for what a gateway could not read",
            "none across services; of one service and key: as they were met",
            "from the stream-processor exactly once; from the indexer at least once; from a gateway at most so many a"
                    + " second, what was not stored is counted"),

    /** {@link StageCount} by what it counts: what each stage did with each agent's packets in each minute. */
    COUNTS(
            "rhapsode.counts.v1",
            StageCount.getDescriptor(),
            Duration.ofDays(30),
            "stage/instance/capture node/minute/outcome/reason",
            "of one key: the count never falls, the newest last",
            "at least once; a record replaces the one before it of its key, so a repeated one changes nothing"),

    /** {@link IngestStats} by agent, minute and gateway: what the gateway did with each agent's packets. */
    INGEST_STATS(
            "rhapsode.ingest-stats.v1",
            IngestStats.getDescriptor(),
            Duration.ofDays(30),
            "agent/minute/instance",
            "of one key: no figure falls, the newest last",
            "at least once; a record replaces the one before it of its key, so a repeated one changes nothing"),

    /** {@link Kpi} by dimension, value and minute: the key figures of what began in that minute, as it is known now. */
    KPIS(
            "rhapsode.kpis.v1",
            Kpi.getDescriptor(),
            Duration.ofDays(30),
            "dimension/value/minute_s/part",
            "of one key: by revision, the newest last",
            Topic.EXACTLY_ONCE);

    private static final String EXACTLY_ONCE = "exactly once for consumers with isolation.level=read_committed";
    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(30);

    private final String topicName;
    private final Descriptor schema;
    private final Duration retention;
    private final String key;
    private final String ordering;
    private final String guarantee;
    private final List<Header> headers;

    Topic(String topicName, Descriptor schema, Duration retention, String key, String ordering, String guarantee) {
        this.topicName = topicName;
        this.schema = schema;
        this.retention = retention;
        this.key = key;
        this.ordering = ordering;
        this.guarantee = guarantee;
        this.headers = List.of(SchemaHeader.of(schema));
    }

    /** What is written as JSON too where somebody wants it: the topics that the stream-processor alone writes. */
    public static List<Topic> withJsonTwin() {
        return List.of(SIP, CALLS, MEDIA, LOGS, KPIS);
    }

    /** What a later {@link Generation} has topics of its own for: all that is computed from the raw log but the counts. */
    public static List<Topic> ofGenerations() {
        return List.of(SIP, CALLS, LINKS, KPIS, MEDIA, LOGS, DEAD_LETTER);
    }

    /** The name on Kafka. */
    public String topicName() {
        return topicName;
    }

    /** The name of the same values as JSON, see {@link ProtoJson}. */
    public String jsonName() {
        return topicName + ".json";
    }

    /** What every value on it is. */
    public Descriptor schema() {
        return schema;
    }

    /** The headers of every record on it: the value's schema. */
    public List<Header> headers() {
        return headers;
    }

    /** What its records are keyed by, in UTF-8; a record's partition is Kafka's hash of that. */
    public String key() {
        return key;
    }

    /** In what order a consumer meets them. */
    public String ordering() {
        return ordering;
    }

    /** How often a consumer meets each of them. */
    public String guarantee() {
        return guarantee;
    }

    /** How long Kafka keeps a record, unless the operator set something else on the topic. */
    public Duration retention() {
        return retention;
    }

    /**
     * Creates the topics that are not there yet, and returns when the broker that is asked shows all of them. Those that
     * are there stay as they are, so that an operator's own settings win.
     *
     * @param partitions of each topic, if the raw topic is not there yet: they must have the same number, for one
     *     Call-ID to keep its place
     * @param replicas of each partition; -1 takes the broker's default
     * @throws IllegalStateException if the broker refuses, or does not show them within 30 s
     */
    public static void createAll(Admin admin, int partitions, short replicas) throws InterruptedException {
        createAll(admin, Generation.FIRST, partitions, replicas);
    }

    /** The same with the names of a generation. */
    public static void createAll(Admin admin, Generation generation, int partitions, short replicas)
            throws InterruptedException {
        create(admin, List.of(values()), generation::topic, partitionsOfRaw(admin, partitions), replicas);
    }

    /** Creates the JSON twins that are not there yet, in the same way. */
    public static void createJsonTwins(Admin admin, Generation generation, int partitions, short replicas)
            throws InterruptedException {
        create(admin, withJsonTwin(), generation::jsonTopic, partitionsOfRaw(admin, partitions), replicas);
    }

    /** Of the raw topic, where that is there already: what is added to it has to have as many. */
    private static int partitionsOfRaw(Admin admin, int otherwise) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(RAW.topicName()))
                    .allTopicNames()
                    .get()
                    .get(RAW.topicName())
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return otherwise;
            }
            throw new IllegalStateException(
                    "cannot read the topics: " + e.getCause().getMessage(), e);
        }
    }

    private static void create(
            Admin admin, List<Topic> topics, Function<Topic, String> name, int partitions, short replicas)
            throws InterruptedException {
        for (var topic : topics) {
            var created = new NewTopic(name.apply(topic), partitions, replicas)
                    .configs(Map.of("retention.ms", Long.toString(topic.retention.toMillis())));
            try {
                admin.createTopics(List.of(created)).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException("cannot create topic " + created.name() + ": " + e.getCause(), e);
                }
            }
        }
        await(admin, topics.stream().map(name).toList());
    }

    /** A created topic is known to the controller at once, to a broker a moment later. */
    private static void await(Admin admin, List<String> names) throws InterruptedException {
        long end = System.nanoTime() + VISIBLE_LIMIT.toNanos();
        while (true) {
            try {
                admin.describeTopics(names).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw new IllegalStateException("cannot see the topics: " + e.getCause(), e);
                }
                Thread.sleep(50);
            }
        }
    }
}
