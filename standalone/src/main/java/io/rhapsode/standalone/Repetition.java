/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Replayed;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import io.rhapsode.stream.StreamConfig;
import io.rhapsode.wire.sip.CallIdScanner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A dead letter as the record that it was, to be put on its topic once more, and the count that takes its being a dead
 * letter back.
 *
 * @param copy the record with its key, under the header {@link Replayed}
 * @param count of one; null where the dead letter was not counted either
 */
record Repetition(ProducerRecord<byte[], byte[]> copy, StageCount count) {

    private static final List<Topic> READ_BY_INDEXER =
            List.of(Topic.SIP, Topic.CALLS, Topic.MEDIA, Topic.LOGS, Topic.COUNTS);
    private static final String INDEXER = "rhapsode-indexer";

    /** As the stream-processor counts packets of which it cannot read the capture node. */
    private static final String UNKNOWN_NODE = "(unknown)";

    private static final long AHEAD_S = 60;

    /** What the dead letter is of: the packet, and whether it is that packet's one outcome. */
    private record Of(RawPacket packet, boolean counted) {}

    /** Why a dead letter stays where it is; empty if it can be put back. */
    static Optional<String> obstacle(DeadLetter letter, Generation generation) {
        if (letter.getTopic().isEmpty() && letter.getStage().equals("ingest-gateway")) {
            return Optional.of("a gateway could not read them, so they were on no topic");
        }
        if (letter.getReason().equals("processing-failed")) {
            return Optional.of("their packets were used, what failed was beside: compute a new generation");
        }
        if (letter.getCut()) {
            return Optional.of("too long: only the begin is kept");
        }
        return topic(letter, generation).isPresent()
                ? Optional.empty()
                : Optional.of("their topic is none of this generation");
    }

    private static Optional<Topic> topic(DeadLetter letter, Generation generation) {
        return Arrays.stream(Topic.values())
                .filter(topic -> topic == Topic.RAW || READ_BY_INDEXER.contains(topic))
                .filter(topic -> generation.topic(topic).equals(letter.getTopic()))
                .findFirst();
    }

    /**
     * @param record of the dead-letter topic, its value is the letter
     * @param instance that counts
     */
    static Repetition of(
            ConsumerRecord<byte[], byte[]> record, DeadLetter letter, Generation generation, String instance) {
        Topic topic = topic(letter, generation).orElseThrow();
        Of of = of(topic, letter);
        String reader = generation.of(topic == Topic.RAW ? StreamConfig.APPLICATION : INDEXER);
        var copy = new ProducerRecord<>(
                letter.getTopic(),
                null,
                key(topic, record.key(), of.packet),
                letter.getValue().toByteArray(),
                topic.headers());
        copy.headers().add(new Replayed(reader, letter.getPartition(), letter.getOffset()).header());
        return new Repetition(copy, of.counted ? count(record, letter, of.packet, instance) : null);
    }

    /** As it had; else what a gateway finds now, which may be what was mended. */
    private static byte[] key(Topic topic, byte[] key, RawPacket packet) {
        if (key != null || topic != Topic.RAW) {
            return key;
        }
        byte[] payload = packet.getPayload().toByteArray();
        long found = CallIdScanner.scan(payload, 0, payload.length);
        if (found >= 0) {
            int offset = (int) (found >>> 32);
            return Arrays.copyOfRange(payload, offset, offset + (int) found);
        }
        String correlation = packet.getCorrelationId();
        return correlation.isEmpty() ? null : correlation.getBytes(StandardCharsets.UTF_8);
    }

    private static Of of(Topic topic, DeadLetter letter) {
        try {
            return switch (topic) {
                case RAW -> new Of(RawPacket.parseFrom(letter.getValue()), true);
                case SIP -> new Of(SipMessage.parseFrom(letter.getValue()).getPacket(), true);
                case LOGS -> new Of(LogEvent.parseFrom(letter.getValue()).getPacket(), true);
                case MEDIA -> {
                    var report = MediaReport.parseFrom(letter.getValue());
                    yield new Of(report.getPacket(), !report.getFromSip());
                }
                default -> new Of(RawPacket.getDefaultInstance(), false);
            };
        } catch (InvalidProtocolBufferException e) {
            // It became a dead letter for that, and was counted.
            return new Of(RawPacket.getDefaultInstance(), true);
        }
    }

    /** Under the node and the minute under which the dead letter was counted. */
    private static StageCount count(
            ConsumerRecord<byte[], byte[]> record, DeadLetter letter, RawPacket packet, String instance) {
        long second = packet.getReceivedAtUs() > 0 ? packet.getReceivedAtUs() / 1_000_000 : record.timestamp() / 1_000;
        second = Math.min(second, letter.getAtUs() / 1_000_000 + AHEAD_S);
        boolean raw = letter.getTopic().equals(Topic.RAW.topicName());
        String node = letter.getCaptureNode();
        return StageCount.newBuilder()
                .setStage(letter.getStage())
                .setInstance(instance)
                .setCaptureNode(raw && node.isEmpty() ? UNKNOWN_NODE : node)
                .setMinuteS(second - Math.floorMod(second, 60L))
                .setOutcome("replayed")
                .setReason(letter.getReason())
                .setCount(1)
                .build();
    }
}
