/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics: name, what is on it, how long it is kept. The version in a name changes only when a value becomes
 * unreadable for those who know the old one; within a version fields are only added.
 */
public enum Topic {

    /** {@link RawPacket} by Call-ID: every captured packet. Everything else can be computed again from it. */
    RAW("rhapsode.raw.v1", Duration.ofDays(7)),

    /** {@link SipMessage} by Call-ID: every parsed message. */
    SIP("rhapsode.sip.v1", Duration.ofDays(7)),

    /** {@link Call} by Call-ID: what became of each call; the newest record counts. */
    CALLS("rhapsode.calls.v1", Duration.ofDays(7)),

    /** {@link MediaReport} by Call-ID: what was told of the quality of media. */
    MEDIA("rhapsode.media.v1", Duration.ofDays(7)),

    /** {@link LogEvent} by Call-ID: log lines, and messages of other protocols than SIP. */
    LOGS("rhapsode.logs.v1", Duration.ofDays(7)),

    /** {@link DeadLetter}: what could not be used, and why. */
    DEAD_LETTER("rhapsode.dead-letter.v1", Duration.ofDays(30)),

    /** {@link StageCount} by what it counts: what each stage did with each agent's packets in each minute. */
    COUNTS("rhapsode.counts.v1", Duration.ofDays(30)),

    /** {@link IngestStats} by agent, minute and gateway: what the gateway did with each agent's packets. */
    INGEST_STATS("rhapsode.ingest-stats.v1", Duration.ofDays(30));

    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(30);

    private final String topicName;
    private final Duration retention;

    Topic(String topicName, Duration retention) {
        this.topicName = topicName;
        this.retention = retention;
    }

    /** The name on Kafka. */
    public String topicName() {
        return topicName;
    }

    /** How long Kafka keeps a record, unless the operator set something else on the topic. */
    public Duration retention() {
        return retention;
    }

    /**
     * Creates the topics that are not there yet, and returns when the broker that is asked shows all of them. Those that
     * are there stay as they are, so that an operator's own settings win.
     *
     * @param partitions of each topic; they must have the same number, for one Call-ID to keep its place
     * @param replicas of each partition; -1 takes the broker's default
     * @throws IllegalStateException if the broker refuses, or does not show them within 30 s
     */
    public static void createAll(Admin admin, int partitions, short replicas) throws InterruptedException {
        for (var topic : values()) {
            var created = new NewTopic(topic.topicName, partitions, replicas)
                    .configs(Map.of("retention.ms", Long.toString(topic.retention.toMillis())));
            try {
                admin.createTopics(List.of(created)).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException("cannot create topic " + topic.topicName + ": " + e.getCause(), e);
                }
            }
        }
        awaitAll(admin);
    }

    /** A created topic is known to the controller at once, to a broker a moment later. */
    private static void awaitAll(Admin admin) throws InterruptedException {
        List<String> names = Stream.of(values()).map(Topic::topicName).toList();
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
