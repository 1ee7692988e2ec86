/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.rhapsode.schema.DeadLetter;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Replayed;
import io.rhapsode.schema.Topic;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One raw record in, one {@link Parsed} out; a SIP message is keyed by the Call-ID the parser found. Reads the record's bytes itself, so
 * that a broken record is a dead letter like any other and not an exception of a deserializer.
 */
final class ParseProcessor implements Processor<Bytes, byte[], Bytes, Parsed> {

    /** Twice a datagram's most. A parsed message may be seven times its packet and must fit a Kafka record (1 MiB). */
    private static final int MOST_BYTES = 128 * 1024;

    /** Below Kafka's limit, with room for key and headers: a record over it would stop the partition for good. */
    private static final int LONGEST_RECORD = 1_000_000;

    /** As long as a datagram: no gateway makes longer keys. */
    private static final int MOST_KEY = 64 * 1024;

    /** What a dead letter keeps of a record, its key included, below Kafka's limit; the record's place is in the letter. */
    static final int LONGEST_VALUE = 900_000;

    private static final int LONGEST_TEXT = 1_000;
    private static final int LONGEST_NODE = 256;

    /** HEP's protocol types are one byte; others are counted together, so that no sender can make reasons. */
    private static final int LAST_PROTOCOL = 255;

    private static final String UNKNOWN_NODE = "(unknown)";

    private final SipMessages messages;
    private final List<Text> legHeaders;
    private final String reader;
    private final String stage;
    private final StreamMetrics metrics;
    private ProcessorContext<Bytes, Parsed> context;

    /** Where the record at hand was first. */
    private Replayed place;

    /** How many bytes of its value a dead letter has room for. */
    private int room;

    /** @param legHeaders names of headers that join the legs of a call */
    ParseProcessor(SipMessages messages, List<String> legHeaders, Generation generation, StreamMetrics metrics) {
        this.messages = messages;
        this.legHeaders = legHeaders.stream().map(Text::of).toList();
        this.reader = generation.of(StreamConfig.APPLICATION);
        this.stage = generation.of(CountProcessor.STAGE);
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, Parsed> context) {
        this.context = context;
    }

    @Override
    public void process(Record<Bytes, byte[]> record) {
        Optional<Replayed> copy = Replayed.of(record.headers());
        if (copy.isPresent() && !copy.get().reader().equals(reader)) {
            // Put back for another generation: this one has met it where it was first.
            metrics.notForUs();
            return;
        }
        place = copy.orElseGet(this::here);
        room = room(record.key() == null ? 0 : record.key().get().length);
        // What is made of it is on its topics for the first time.
        copy.ifPresent(ignored -> record.headers().remove(Replayed.KEY));
        Parsed parsed = parse(record);
        Bytes key = record.key();
        if (parsed.deadLetter() != null) {
            metrics.deadLetter(parsed.deadLetter().getReason());
        } else {
            metrics.parsed();
        }
        if (parsed.message() != null) {
            byte[] callId = parsed.message().getCallId().getBytes(StandardCharsets.UTF_8);
            if (!isKey(key, callId, parsed.message().getCallId())) {
                metrics.keyDiffers();
                key = Bytes.wrap(callId);
            }
        }
        context.forward(record.withKey(key).withValue(parsed));
    }

    private Replayed here() {
        var here = context.recordMetadata().orElseThrow();
        return new Replayed(reader, here.partition(), here.offset());
    }

    /** A Call-ID that is not UTF-8 keeps the bytes it came with, and so its partition. */
    private static boolean isKey(Bytes key, byte[] callId, String text) {
        return key != null
                && (Arrays.equals(key.get(), callId) || new String(key.get(), StandardCharsets.UTF_8).equals(text));
    }

    private Parsed parse(Record<Bytes, byte[]> record) {
        byte[] value = record.value();
        long recordMicros = Math.max(1, record.timestamp()) * 1_000;
        if (value == null) {
            return dead(new byte[0], "bad-record", "the record has no value", UNKNOWN_NODE, "", recordMicros);
        }
        RawPacket packet;
        try {
            packet = RawPacket.parseFrom(UnsafeByteOperations.unsafeWrap(value));
        } catch (InvalidProtocolBufferException e) {
            return dead(value, "bad-record", "not a RawPacket: " + e.getMessage(), UNKNOWN_NODE, "", recordMicros);
        }
        String node = packet.getCaptureNode().isEmpty() ? UNKNOWN_NODE : cut(packet.getCaptureNode(), LONGEST_NODE);
        long received = packet.getReceivedAtUs() > 0 ? packet.getReceivedAtUs() : recordMicros;
        byte[] payload = packet.getPayload().toByteArray();
        if (room < LONGEST_VALUE - MOST_KEY) {
            return dead(value, "too-large", "the key is too long", node, packet.getSender(), received);
        }
        var sighting = new Sighting(packet, payload, place.partition(), place.offset(), received);
        try {
            return parse(value, sighting, node);
        } catch (MalformedPacket e) {
            String detail = detail(e.reason(), packet.getProtocolType(), payload.length, value.length);
            return dead(value, e.reason(), detail, node, packet.getSender(), received);
        } catch (RuntimeException e) {
            return dead(value, "parse-failed", PoisonRecords.detail(e), node, packet.getSender(), received);
        }
    }

    /** @throws MalformedPacket with the reason for the dead letter */
    private Parsed parse(byte[] record, Sighting sighting, String node) throws MalformedPacket {
        byte[] payload = sighting.payload();
        int type = sighting.packet().getProtocolType();
        PacketKind kind = PacketKind.of(type, payload);
        if (kind != PacketKind.UNKNOWN && payload.length > MOST_BYTES) {
            throw new MalformedPacket("too-large");
        }
        long received = sighting.receivedMicros();
        Parsed parsed =
                switch (kind) {
                    case SIP -> sip(record, sighting, node);
                    case MEDIA -> new Parsed(null, null, MediaReports.of(sighting), null, null, node, received);
                    case LOG -> new Parsed(null, null, null, LogEvents.of(sighting), null, node, received);
                    case UNKNOWN ->
                        // Whatever it is, what HEP's own chunks tell of its call is understood.
                        MediaReports.ofChunks(sighting)
                                .map(report -> new Parsed(null, null, report, null, null, node, received))
                                .orElseThrow(() -> new MalformedPacket(
                                        type < 0 || type > LAST_PROTOCOL ? "protocol-other" : "protocol-" + type));
                };
        if (parsed.longest() > LONGEST_RECORD) {
            throw new MalformedPacket("too-large");
        }
        return parsed;
    }

    private Parsed sip(byte[] record, Sighting sighting, String node) throws MalformedPacket {
        byte[] payload = sighting.payload();
        if (isKeepAlive(payload)) {
            throw new MalformedPacket("keep-alive");
        }
        if (!SipMessage.looksLikeSip(payload, 0, payload.length)) {
            throw new MalformedPacket("not-sip");
        }
        var sip = SipMessage.of(payload, 0, payload.length);
        if (sip.callId().isEmpty()) {
            throw new MalformedPacket("no-call-id");
        }
        return new Parsed(
                messages.write(
                        record,
                        sighting.packet(),
                        sip,
                        payload,
                        sighting.receivedMicros(),
                        sighting.partition(),
                        sighting.offset()),
                CallMessages.of(sighting.packet(), sip, payload, sighting.receivedMicros(), legHeaders),
                mediaReport(sighting, sip),
                null,
                null,
                node,
                sighting.receivedMicros());
    }

    /** A report that cannot be understood costs nobody the message it came in, nor what HEP's chunks tell; it is counted. */
    private MediaReport mediaReport(Sighting sighting, SipMessage sip) {
        try {
            return MediaReports.inSip(sighting, sip);
        } catch (MalformedPacket e) {
            metrics.unreadableReport();
            return MediaReports.chunksOf(sighting, sip);
        }
    }

    /** Nothing but line ends and zero bytes: what phones send to keep a NAT open (RFC 5626 section 4.4.1). */
    private static boolean isKeepAlive(byte[] payload) {
        for (byte b : payload) {
            if (b != '\r' && b != '\n' && b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String detail(String reason, int type, int length, int recordLength) {
        return switch (reason) {
            case "too-large" ->
                length + " bytes in a record of " + recordLength + " are more than " + MOST_BYTES + ", or than "
                        + LONGEST_RECORD + " once parsed";
            case "keep-alive" -> length + " bytes of line ends or zeros keep a NAT open and say nothing";
            case "not-sip" -> length + " bytes do not begin as a SIP request or response does";
            case "no-call-id" -> "SIP without a Call-ID belongs to no call";
            default ->
                reason.startsWith("protocol-")
                        ? "HEP protocol type " + type + " is none that is read"
                        : length + " bytes of HEP protocol type " + type + " cannot be read: " + reason;
        };
    }

    static int room(int keyLength) {
        return Math.max(0, LONGEST_VALUE - keyLength);
    }

    static String cut(String text) {
        return cut(text, LONGEST_TEXT);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    private Parsed dead(byte[] value, String reason, String detail, String node, String sender, long receivedMicros) {
        var letter = DeadLetter.newBuilder()
                .setValue(ByteString.copyFrom(value, 0, Math.min(value.length, room)))
                .setCut(value.length > room)
                .setReason(reason)
                .setDetail(detail)
                .setStage(stage)
                .setAtUs(context.currentSystemTimeMs() * 1_000)
                .setTopic(Topic.RAW.topicName())
                .setPartition(place.partition())
                .setOffset(place.offset())
                .setSender(cut(sender, LONGEST_NODE))
                .setCaptureNode(node.equals(UNKNOWN_NODE) ? "" : node)
                .build();
        return new Parsed(null, null, null, null, letter, node, receivedMicros);
    }
}
