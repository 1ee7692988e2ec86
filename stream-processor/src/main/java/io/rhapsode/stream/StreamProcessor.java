/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Topic;
import io.rhapsode.service.HealthServer;
import io.rhapsode.service.ServiceMain;
import io.rhapsode.stream.state.OpenCall;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: rhapsode.raw in; messages, calls, dead letters and counts out, each exactly once. */
public final class StreamProcessor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamProcessor.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private static final Set<CallState> WITHOUT_END =
            EnumSet.of(CallState.CALLING, CallState.RINGING, CallState.ANSWERED);

    private final StreamMetrics metrics;
    private final KafkaStreams streams;
    private final HealthServer health;
    private final ThreadReplacement threads = new ThreadReplacement(System::nanoTime);

    private StreamProcessor(StreamConfig config) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics = new StreamMetrics(registry);
        streams = new KafkaStreams(CallTopology.build(config, metrics), new StreamsConfig(config.streams()));
        streams.setUncaughtExceptionHandler(threads);
        streams.setGlobalStateRestoreListener(new Restored(metrics));
        metrics.watch(streams);
        health = HealthServer.start(config.health(), this::healthy, this::ready, registry);
    }

    /** Starts with the settings of the environment. */
    public static StreamProcessor start(Map<String, String> environment) {
        return start(environment, Set.of());
    }

    /**
     * @param alsoKnown settings that are no mistake although this service does not know them
     * @throws IllegalArgumentException naming every wrong and unknown setting
     * @throws IllegalStateException if the topics cannot be created or do not fit, or the health port is in use
     */
    public static StreamProcessor start(Map<String, String> environment, Set<String> alsoKnown) {
        var config = StreamConfig.from(environment, alsoKnown);
        prepareTopics(config);
        var processor = new StreamProcessor(config);
        processor.streams.start();
        return processor;
    }

    /** A standby that takes over reads next to nothing: where this counts much, the state was away. */
    private record Restored(StreamMetrics metrics) implements StateRestoreListener {

        @Override
        public void onRestoreStart(TopicPartition partition, String store, long from, long to) {}

        @Override
        public void onBatchRestored(TopicPartition partition, String store, long to, long records) {
            metrics.restored(records);
        }

        @Override
        public void onRestoreEnd(TopicPartition partition, String store, long records) {}
    }

    private static void prepareTopics(StreamConfig config) {
        try (var admin = Admin.create(new StreamsConfig(config.streams()).getAdminConfigs("rhapsode-stream-topics"))) {
            Topic.createAll(admin, config.generation(), config.partitions(), config.replicas());
            if (config.jsonTopics()) {
                Topic.createJsonTwins(admin, config.generation(), config.partitions(), config.replicas());
            }
            checkPartitions(admin, config.generation());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics", e);
        }
    }

    /** A Call-ID has the same place on all of these topics only if they have the same number of partitions. */
    private static void checkPartitions(Admin admin, Generation generation) throws InterruptedException {
        var names = Stream.of(Topic.RAW, Topic.SIP, Topic.CALLS, Topic.LINKS)
                .map(generation::topic)
                .toList();
        try {
            var topics = admin.describeTopics(names).allTopicNames().get();
            var counts = names.stream()
                    .map(name -> topics.get(name).partitions().size())
                    .toList();
            if (Set.copyOf(counts).size() > 1) {
                throw new IllegalStateException(
                        "the topics " + names + " have " + counts + " partitions, but must have the same number");
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot read the topics: " + e.getCause(), e);
        }
    }

    /** Why it will not go on; empty while it does. */
    public Optional<String> trouble() {
        return healthy();
    }

    /**
     * Returns the millisecond of the wall clock before which nothing changed, of the calls and key figures of this
     * instance, that is not written yet; {@link Long#MIN_VALUE} while it does not have its state. What is written is
     * committed soon after.
     */
    public long publishedUpTo() {
        return ready().isPresent() ? Long.MIN_VALUE : metrics.publishedUpTo();
    }

    /** How many calls of this instance go on: neither ended nor failed. Reads the state of all that are followed. */
    public long callsWithoutEnd() {
        var store = StoreQueryParameters.fromNameAndType(
                CallProcessor.STORE, QueryableStoreTypes.<Bytes, OpenCall>keyValueStore());
        long count = 0;
        try (var calls = streams.store(store).all()) {
            while (calls.hasNext()) {
                var call = calls.next().value;
                if (call != null
                        && WITHOUT_END.contains(CallOutcome.of(call, false).state())) {
                    count++;
                }
            }
        }
        return count;
    }

    private Optional<String> healthy() {
        var state = streams.state();
        return state == KafkaStreams.State.ERROR || state.isShuttingDown() || state.hasCompletedShutdown()
                ? Optional.of("Kafka Streams is in state " + state + "; " + threads.last())
                : Optional.empty();
    }

    private Optional<String> ready() {
        var state = streams.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("Kafka Streams is in state " + state);
    }

    public int healthPort() {
        return health.port();
    }

    /** Commits what is done and stops. */
    @Override
    public void close() {
        health.close();
        // Leaves the group: else its partitions stay with it, and the next start waits until its session ends.
        var leaving = CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        if (!streams.close(leaving)) {
            LOG.warn("not closed within {}; what was not committed is done again at the next start", CLOSE_TIMEOUT);
        }
    }

    public static void main(String[] args) {
        ServiceMain.run("stream-processor", () -> start(System.getenv()));
    }
}
