/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.schema.MessageId;

/** One document a packet that tells of media quality, fields as in the template {@link Indices#MEDIA}. */
final class MediaDocument {

    private MediaDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var report = MediaReport.parseFrom(value);
        var packet = report.getPacket();
        Document.action(
                json, names.of(Indices.MEDIA, report.getAtUs(), packet.getReceivedAtUs()), MessageId.of(report));
        json.object().time("@timestamp", report.getAtUs());
        boolean text = PacketFields.write(json, packet, report.getSource().equals("rtcp"));
        json.object("sip").text("call_id", report.getCallId()).end();
        json.object("rhapsode");
        PacketFields.writeOrigin(json, packet, text);
        json.object("media")
                .text("source", report.getSource())
                .flag("from_sip", report.getFromSip())
                .texts("contents", report.getContentsList())
                .text("cname", report.getCname())
                .list("streams");
        report.getStreamsList().forEach(stream -> stream(json, stream));
        json.endList().end().end().end().newline();
    }

    private static void stream(JsonBytes json, MediaStream stream) {
        json.object()
                .text("direction", stream.getDirection())
                .text("from", stream.getFrom())
                .text("to", stream.getTo());
        if (stream.getSsrc() != 0) {
            json.number("ssrc", Integer.toUnsignedLong(stream.getSsrc()));
        }
        json.text("codec", stream.getCodec());
        if (stream.hasPackets()) {
            json.number("packets", stream.getPackets());
        }
        if (stream.hasOctets()) {
            json.number("octets", stream.getOctets());
        }
        if (stream.hasPacketsLost()) {
            json.number("packets_lost", stream.getPacketsLost());
        }
        decimal(json, "loss_percent", stream.hasLossPercent(), stream.getLossPercent());
        decimal(json, "discard_percent", stream.hasDiscardPercent(), stream.getDiscardPercent());
        decimal(json, "jitter_ms", stream.hasJitterMs(), stream.getJitterMs());
        decimal(json, "jitter_max_ms", stream.hasJitterMaxMs(), stream.getJitterMaxMs());
        decimal(json, "round_trip_ms", stream.hasRoundTripMs(), stream.getRoundTripMs());
        decimal(json, "end_system_delay_ms", stream.hasEndSystemDelayMs(), stream.getEndSystemDelayMs());
        decimal(json, "latency_ms", stream.hasLatencyMs(), stream.getLatencyMs());
        decimal(json, "mos", stream.hasMos(), stream.getMos());
        decimal(json, "mos_conversational", stream.hasMosConversational(), stream.getMosConversational());
        decimal(json, "r_factor", stream.hasRFactor(), stream.getRFactor());
        json.texts("computed", stream.getComputedList())
                .texts("assumed", stream.getAssumedList())
                .end();
    }

    private static void decimal(JsonBytes json, String name, boolean there, double value) {
        if (there) {
            json.decimal(name, value);
        }
    }
}
