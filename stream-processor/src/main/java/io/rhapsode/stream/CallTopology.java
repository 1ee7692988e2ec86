/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.ProtoSerde;
import io.rhapsode.schema.SchemaHeader;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.stream.state.Changes;
import io.rhapsode.stream.state.Leg;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Sum;
import io.rhapsode.stream.state.Tally;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The whole way through this service.
 *
 * <pre>
 * rhapsode.raw -> parse -+-> messages ----------> rhapsode.sip
 *                        +-> messages-of-calls -> follow-calls (open-calls) -+-> rhapsode.calls
 *                        |                        |            ^             '-> kpi-changes -> sum-kpis (kpis) -> rhapsode.kpis
 *                        |                leg-keys by join key |
 *                        |                        v            |
 *                        |                join-legs (legs) -> rhapsode.links
 *                        +-> media-reports -----> rhapsode.media -> follow-calls
 *                        +-> log-events --------> rhapsode.logs
 *                        +-> dead-letters ------> rhapsode.dead-letter
 *                        '-> count-outcomes (counts) -> rhapsode.counts
 * </pre>
 *
 * <p>On demand the first four and the key figures are written once more as JSON, see {@link JsonTwins}. A later
 * {@link Generation} writes to topics with its number behind the name.
 *
 * <p>The gateway has keyed the raw topic by Call-ID, so what belongs to a call is in one partition already and no message
 * is repartitioned: that would double the traffic for what one in millions might need. What may join one call to another,
 * a record a call or a few, goes to leg-keys by what they may have in common; the links come back by Call-ID, and so to
 * the partition of their call. All these topics have as many partitions, and one task has the same of each. By how much
 * all partitions change the key figures goes to the one place where they are summed, a small record a tick, dimension
 * and partition. Where the key and the parsed
 * Call-ID differ, what is written is keyed by the Call-ID, and so lands where everyone looks for it; the call is
 * followed in the partition the packet came in, and the difference is counted.
 */
final class CallTopology {

    private static final String LEG_KEYS = "leg-keys";
    private static final String KPI_CHANGES = "kpi-changes";

    /** Changelogs are compacted; small segments let that happen while they are still small. */
    private static final Map<String, String> CHANGELOG =
            Map.of("cleanup.policy", "compact", "segment.ms", "3600000", "segment.bytes", "16777216");

    private CallTopology() {}

    static Topology build(StreamConfig config, StreamMetrics metrics) {
        var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(config.streams())));
        Function<Topic, String> topic = config.generation()::topic;
        builder.addStateStore(store(CallProcessor.STORE, new StateSerde<>(OpenCall.parser(), metrics)));
        // Most join keys are written once and read by nobody: in the cache they would only push out calls.
        builder.addStateStore(store(LegProcessor.STORE, new StateSerde<>(Legs.parser(), metrics))
                .withCachingDisabled());
        builder.addStateStore(store(CountProcessor.STORE, new StateSerde<>(Tally.parser(), metrics)));
        builder.addStateStore(store(KpiProcessor.STORE, new StateSerde<>(Sum.parser(), metrics)));

        KStream<Bytes, Parsed> parsed = builder.stream(
                        Topic.RAW.topicName(),
                        Consumed.with(Serdes.Bytes(), Serdes.ByteArray())
                                .withTimestampExtractor(CallTopology::time)
                                .withName("raw-packets"))
                .process(
                        () -> new ParseProcessor(
                                new SipMessages(config.carriedHeaders()),
                                config.legHeaders(),
                                config.generation(),
                                metrics),
                        Named.as("parse"));

        var messages = parsed.flatMapValues(Parsed::topicMessages, Named.as("messages"));
        messages.to(topic.apply(Topic.SIP), produced(Topic.SIP, Serdes.ByteArray(), "sip-messages"));
        var followed = followCalls(builder, config, metrics, parsed);
        var calls = followed.flatMapValues(Followed::calls, Named.as("call-records"));
        calls.to(topic.apply(Topic.CALLS), byCallId(Topic.CALLS, Call.parser(), "calls"));
        var media = parsed.flatMap((key, value) -> value.mediaReports(key), Named.as("media-reports"));
        media.to(topic.apply(Topic.MEDIA), byCallId(Topic.MEDIA, MediaReport.parser(), "media"));
        var logs = parsed.flatMap((key, value) -> value.logEvents(key), Named.as("log-events"));
        logs.to(topic.apply(Topic.LOGS), byCallId(Topic.LOGS, LogEvent.parser(), "logs"));
        var kpis = followed.flatMapValues(Followed::changes, Named.as("kpi-changes"))
                .repartition(Repartitioned.with(Serdes.Bytes(), ProtoSerde.of(Changes.parser()))
                        .withName(KPI_CHANGES)
                        .withNumberOfPartitions(1))
                .process(() -> new KpiProcessor(metrics), Named.as("sum-kpis"), KpiProcessor.STORE);
        kpis.to(topic.apply(Topic.KPIS), byCallId(Topic.KPIS, Kpi.parser(), "kpis"));
        if (config.jsonTopics()) {
            var twins = new JsonTwins(metrics, config.generation());
            twins.write(messages.mapValues(JsonTwins::message, Named.as("messages-to-json")), Topic.SIP);
            twins.write(calls, Topic.CALLS);
            twins.write(media, Topic.MEDIA);
            twins.write(logs, Topic.LOGS);
            twins.write(kpis, Topic.KPIS);
        }
        parsed.flatMapValues(Parsed::deadLetters, Named.as("dead-letters"))
                .to(topic.apply(Topic.DEAD_LETTER), byCallId(Topic.DEAD_LETTER, DeadLetter.parser(), "dead-letter"));
        String stage = config.generation().of(CountProcessor.STAGE);
        parsed.process(() -> new CountProcessor(stage), Named.as("count-outcomes"), CountProcessor.STORE)
                .to(
                        Topic.COUNTS.topicName(),
                        Produced.with(
                                        Serdes.String(),
                                        SchemaHeader.serde(Topic.COUNTS, ProtoSerde.of(StageCount.parser())))
                                .withName("stage-counts"));
        return builder.build();
    }

    /** What is written here is read here again: links and reports by their calls, join keys and changes of figures. */
    static List<String> returns(StreamConfig config) {
        return List.of(
                config.generation().topic(Topic.LINKS),
                config.generation().topic(Topic.MEDIA),
                config.application() + "-" + LEG_KEYS + "-repartition",
                config.application() + "-" + KPI_CHANGES + "-repartition");
    }

    /** Kafka takes records without a time (-1) from clients that are not Java's; the usual extractor stops at one. */
    static long time(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }

    /**
     * What comes back on rhapsode.links goes into the calls it came of, and reports on media into those they are about:
     * the packet that brought one may be in another partition than its call.
     */
    private static KStream<Bytes, Followed> followCalls(
            StreamsBuilder builder, StreamConfig config, StreamMetrics metrics, KStream<Bytes, Parsed> parsed) {
        KStream<Bytes, Message> links = builder.stream(
                        config.generation().topic(Topic.LINKS),
                        Consumed.with(Serdes.Bytes(), Serdes.ByteArray()).withName("links-of-calls"))
                .flatMapValues(value -> read(CallLink.parser(), value, metrics), Named.as("links"));
        KStream<Bytes, Message> reports = builder.stream(
                        config.generation().topic(Topic.MEDIA),
                        Consumed.with(Serdes.Bytes(), Serdes.ByteArray()).withName("media-of-calls"))
                .flatMapValues(value -> read(MediaReport.parser(), value, metrics), Named.as("reports"));
        KStream<Bytes, Message> messages = parsed.flatMapValues(Parsed::messages, Named.as("messages-of-calls"));
        var followed = messages.merge(links, Named.as("messages-and-links"))
                .merge(reports, Named.as("all-of-calls"))
                .process(
                        () -> calls(config, metrics),
                        Named.as("follow-calls"),
                        CallProcessor.STORE,
                        LegProcessor.STORE);
        followed.flatMapValues(Followed::legs, Named.as("legs"))
                .repartition(Repartitioned.with(Serdes.Bytes(), ProtoSerde.of(Leg.parser()))
                        .withName(LEG_KEYS))
                .process(
                        () -> new LegProcessor(config.legWindowMicros(), metrics),
                        Named.as("join-legs"),
                        LegProcessor.STORE,
                        CallProcessor.STORE)
                .merge(followed.flatMapValues(Followed::links, Named.as("sessions")), Named.as("all-links"))
                .to(config.generation().topic(Topic.LINKS), byCallId(Topic.LINKS, CallLink.parser(), "call-links"));
        return followed;
    }

    /** What others wrote there must not stop the way of the calls. */
    private static List<Message> read(Parser<? extends Message> parser, byte[] value, StreamMetrics metrics) {
        try {
            return value == null ? List.of() : List.of(parser.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            metrics.unreadableReturn();
            return List.of();
        }
    }

    private static CallProcessor calls(StreamConfig config, StreamMetrics metrics) {
        return new CallProcessor(
                new CallLimits(config.callIdleMicros()),
                config.openCalls(),
                new KpiDimensions(config.kpiKeys()),
                config.generation().firstRevision(),
                metrics);
    }

    private static <T extends MessageLite> Produced<Bytes, T> byCallId(Topic topic, Parser<T> parser, String name) {
        return produced(topic, ProtoSerde.of(parser), name);
    }

    /** What a sink writes: the values with the header of the topic. */
    static <T> Produced<Bytes, T> produced(Topic topic, Serde<T> values, String name) {
        return Produced.with(Serdes.Bytes(), SchemaHeader.serde(topic, values)).withName(name);
    }

    /** Cached: what changes many times between two commits goes to RocksDB and the changelog once. */
    private static <T extends MessageLite> StoreBuilder<KeyValueStore<Bytes, T>> store(
            String name, StateSerde<T> states) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), states)
                .withCachingEnabled()
                .withLoggingEnabled(CHANGELOG);
    }
}
