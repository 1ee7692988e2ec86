/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.ProtoSerde;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.wire.sip.CallIdScanner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The whole topology on one partition, with time in the hands of the test. */
final class TestWay implements AutoCloseable {

    static final Instant BEGIN = Instant.parse("2026-11-24T10:00:00Z");

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final StreamMetrics metrics = new StreamMetrics(registry);
    final TopologyTestDriver driver;
    private final Topology topology;
    private final Generation generation;
    private final TestInputTopic<byte[], byte[]> raw;
    private final TestOutputTopic<String, SipMessage> sip;
    private final TestOutputTopic<String, Call> calls;
    private final TestOutputTopic<String, CallLink> links;
    private final TestOutputTopic<String, MediaReport> mediaReports;
    private final TestOutputTopic<String, LogEvent> logEvents;
    private final TestOutputTopic<String, DeadLetter> deadLetters;
    private final TestOutputTopic<String, StageCount> counts;
    private final TestOutputTopic<String, Kpi> kpis;
    private Instant wall = BEGIN;

    TestWay(Path folder) {
        this(folder, Map.of());
    }

    TestWay(Path folder, Map<String, String> settings) {
        var environment = new java.util.HashMap<>(Map.of("RHAPSODE_STREAM_STATE", folder.toString()));
        environment.putAll(settings);
        var config = StreamConfig.from(environment, Set.of());
        generation = config.generation();
        topology = CallTopology.build(config, metrics);
        var properties = new Properties();
        properties.putAll(config.streams());
        driver = new TopologyTestDriver(topology, properties, BEGIN);
        raw = driver.createInputTopic(
                Topic.RAW.topicName(), new ByteArraySerializer(), new ByteArraySerializer(), BEGIN, Duration.ZERO);
        sip = output(Topic.SIP, ProtoSerde.of(SipMessage.parser()));
        calls = output(Topic.CALLS, ProtoSerde.of(Call.parser()));
        links = output(Topic.LINKS, ProtoSerde.of(CallLink.parser()));
        mediaReports = output(Topic.MEDIA, ProtoSerde.of(MediaReport.parser()));
        logEvents = output(Topic.LOGS, ProtoSerde.of(LogEvent.parser()));
        deadLetters = output(Topic.DEAD_LETTER, ProtoSerde.of(DeadLetter.parser()));
        counts = output(Topic.COUNTS, ProtoSerde.of(StageCount.parser()));
        kpis = output(Topic.KPIS, ProtoSerde.of(Kpi.parser()));
    }

    private <T extends com.google.protobuf.MessageLite> TestOutputTopic<String, T> output(
            Topic topic, ProtoSerde<T> serde) {
        return driver.createOutputTopic(generation.topic(topic), new StringDeserializer(), serde.deserializer());
    }

    String describe() {
        return topology.describe().toString();
    }

    Instant wall() {
        return wall;
    }

    /** A script's packets, captured as the test's clock says; the script's milliseconds do not pass by themselves. */
    void play(String callId, String script) {
        long shift = wall.toEpochMilli() * 1_000 - Script.BEGIN;
        for (RawPacket packet : Script.packets(callId, script)) {
            packet(packet.toBuilder()
                    .setCapturedAtUs(packet.getCapturedAtUs() + shift)
                    .build());
        }
    }

    /** Received now, captured when the packet says. */
    void packet(RawPacket packet) {
        byte[] payload = packet.getPayload().toByteArray();
        long found = CallIdScanner.scan(payload, 0, payload.length);
        byte[] key = found < 0
                ? null
                : Arrays.copyOfRange(payload, (int) (found >>> 32), (int) (found >>> 32) + (int) found);
        raw(
                key,
                packet.toBuilder()
                        .setReceivedAtUs(wall.toEpochMilli() * 1_000)
                        .build()
                        .toByteArray());
    }

    void raw(byte[] key, byte[] value, Header... headers) {
        raw.pipeInput(new TestRecord<>(key, value, new RecordHeaders(headers), wall));
    }

    Set<String> producedTo() {
        return driver.producedTopicNames().stream()
                .filter(name -> !name.endsWith("-changelog"))
                .collect(Collectors.toSet());
    }

    /** Second by second, as a stream-processor at work sees it. */
    void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 1_000) {
            standStill(Duration.ofMillis(Math.min(left, 1_000)));
        }
    }

    void standStill(Duration time) {
        wall = wall.plus(time);
        driver.advanceWallClockTime(time);
    }

    List<SipMessage> messages() {
        return sip.readValuesToList();
    }

    List<TestRecord<String, SipMessage>> messageRecords() {
        return sip.readRecordsToList();
    }

    List<Call> calls() {
        return calls.readValuesToList();
    }

    List<TestRecord<String, CallLink>> links() {
        return links.readRecordsToList();
    }

    List<TestRecord<String, MediaReport>> mediaReports() {
        return mediaReports.readRecordsToList();
    }

    List<TestRecord<String, LogEvent>> logEvents() {
        return logEvents.readRecordsToList();
    }

    List<TestRecord<String, DeadLetter>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    List<TestRecord<String, StageCount>> counts() {
        return counts.readRecordsToList();
    }

    List<TestRecord<String, Kpi>> kpis() {
        return kpis.readRecordsToList();
    }

    double metric(String name) {
        return registry.get(name).counter().count();
    }

    @Override
    public void close() {
        driver.close();
    }
}
