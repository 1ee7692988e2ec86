/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.MediaStream;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.rtcp.HepQuality;
import io.rhapsode.wire.rtcp.Metric;
import io.rhapsode.wire.rtcp.QosReport;
import io.rhapsode.wire.rtcp.Rtcp;
import io.rhapsode.wire.rtcp.RtcpJson;
import io.rhapsode.wire.rtcp.RtcpPacket;
import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.SourceDescription;
import io.rhapsode.wire.rtcp.RtcpQuality;
import io.rhapsode.wire.rtcp.RtpStat;
import io.rhapsode.wire.rtcp.StreamQuality;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import io.rhapsode.wire.rtcp.VqReport;
import io.rhapsode.wire.sip.SipMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What packets tell of media quality, as the contract has it. */
final class MediaReports {

    private static final String VQ_TYPE = "application/vq-rtcpxr";

    /** What reports from HEP's own chunks are known by. */
    private static final String CHUNKS = "hep-chunks";

    private static final List<Text> STATISTICS =
            RtpStat.HEADERS.stream().map(Text::of).toList();

    private MediaReports() {}

    /**
     * The report of a packet that is one: RTCP, an agent's JSON, a voice quality report by itself; with what HEP's chunks
     * tell beside it. Where the payload cannot be understood but the chunks tell of a call, the report is theirs.
     *
     * @throws MalformedPacket if neither can be understood
     */
    static MediaReport of(Sighting sighting) throws MalformedPacket {
        try {
            return withChunks(sighting, ofPayload(sighting)).build();
        } catch (MalformedPacket e) {
            return ofChunks(sighting).orElseThrow(() -> e);
        }
    }

    /** What HEP's chunks alone tell, if it can be believed and they say of which call. */
    static Optional<MediaReport> ofChunks(Sighting sighting) {
        return sighting.packet().getCorrelationId().isEmpty()
                ? Optional.empty()
                : Optional.of(withChunks(sighting, report(sighting, CHUNKS, List.of())))
                        .filter(report -> report.getStreamsCount() > 0)
                        .map(MediaReport.Builder::build);
    }

    /** The report with a stream for what HEP's chunks tell; nothing is added where it has a score that was told already. */
    private static MediaReport.Builder withChunks(Sighting sighting, MediaReport.Builder report) {
        var packet = sighting.packet();
        var chunks = HepQuality.of(packet.getMosX100(), packet.getRFactor(), packet.getJitter());
        boolean told = report.getStreamsList().stream()
                .anyMatch(stream -> stream.hasMos() && !stream.getComputedList().contains(Metric.MOS.fieldName()));
        boolean full = report.getStreamsCount() >= RtcpQuality.MAX_STREAMS;
        return told || full || chunks.values().isEmpty()
                ? report
                : report.addContents(CHUNKS).addStreams(stream(chunks));
    }

    private static MediaReport.Builder ofPayload(Sighting sighting) throws MalformedPacket {
        byte[] payload = sighting.payload();
        if (JsonReader.looksLikeObject(payload, 0, payload.length)) {
            JsonValue json = JsonReader.read(payload, 0, payload.length);
            return RtcpJson.isRtcp(json)
                    ? rtcp(sighting, "rtcp-json", RtcpJson.decode(json))
                    : qos(sighting, QosReport.of(json));
        }
        if (VqReport.looksLikeReport(payload, 0, payload.length)) {
            return voiceQuality(sighting, VqReport.of(payload, 0, payload.length));
        }
        return rtcp(sighting, "rtcp", Rtcp.decode(payload, 0, payload.length));
    }

    /**
     * What a SIP message tells beside its own business: a voice quality report in a PUBLISH or NOTIFY, the statistics in a
     * BYE or its answer, and what HEP's chunks tell. Null if it tells nothing; then no more was looked at than its method,
     * its body type and those chunks.
     *
     * @throws MalformedPacket if there is a report, but it cannot be understood
     */
    static MediaReport inSip(Sighting sighting, SipMessage sip) throws MalformedPacket {
        MediaReport.Builder report = null;
        if (VQ_TYPE.regionMatches(true, 0, sip.contentType().toString(), 0, VQ_TYPE.length())) {
            report = sip.bodyLength() == 0
                    ? null
                    : voiceQuality(sighting, VqReport.of(sighting.payload(), sip.bodyOffset(), sip.bodyLength()));
        } else if (sip.cseqMethod().is("BYE")) {
            report = statistics(sighting, sip);
        }
        return report == null ? chunksOf(sighting, sip) : withoutPayload(withChunks(sighting, report));
    }

    /** What HEP's chunks tell beside a SIP message, of its call; null if nothing. */
    static MediaReport chunksOf(Sighting sighting, SipMessage sip) {
        var packet = sighting.packet();
        if (!packet.hasMosX100() && !packet.hasRFactor() && !packet.hasJitter()) {
            return null;
        }
        var report = withChunks(sighting, report(sighting, CHUNKS, List.of()));
        return report.getStreamsCount() == 0
                ? null
                : withoutPayload(report.setCallId(sip.callId().toString()));
    }

    private static MediaReport.Builder statistics(Sighting sighting, SipMessage sip) {
        var contents = new ArrayList<String>();
        var streams = new ArrayList<StreamQuality>();
        for (Text name : STATISTICS) {
            String header = first(sip, name);
            if (!header.isEmpty() && streams.addAll(RtpStat.of(name.toString(), header))) {
                contents.add(name.toString());
            }
        }
        return streams.isEmpty()
                ? null
                : report(sighting, "rtp-stat", streams)
                        .setCallId(sip.callId().toString())
                        .addAllContents(contents);
    }

    private static String first(SipMessage sip, Text name) {
        List<Text> values = sip.headers(name);
        return values.isEmpty() ? "" : values.get(0).toString();
    }

    private static MediaReport withoutPayload(MediaReport.Builder report) {
        report.getPacketBuilder().clearPayload();
        return report.setFromSip(true).build();
    }

    private static MediaReport.Builder rtcp(Sighting sighting, String source, List<RtcpPacket> packets) {
        var streams = RtcpQuality.of(packets, sighting.atMicros());
        var contents = new LinkedHashSet<String>();
        var report = report(sighting, source, streams);
        for (var packet : packets) {
            contents.add(packet.name());
            if (packet instanceof ExtendedReport extended) {
                extended.blocks().forEach(block -> contents.add(block.name()));
            } else if (packet instanceof SourceDescription description
                    && report.getCname().isEmpty()) {
                report.setCname(description.cname());
            }
        }
        // What is received went the other way than the report of it.
        String from = place(sighting, true);
        String to = place(sighting, false);
        for (var stream : report.getStreamsBuilderList()) {
            boolean sent = stream.getDirection().equals("sent");
            stream.setFrom(sent ? from : to).setTo(sent ? to : from);
        }
        return report.addAllContents(contents);
    }

    private static String place(Sighting sighting, boolean source) {
        var packet = sighting.packet();
        return source
                ? Endpoint.text(packet.getSourceAddress(), packet.getSourcePort())
                : Endpoint.text(packet.getDestinationAddress(), packet.getDestinationPort());
    }

    private static MediaReport.Builder qos(Sighting sighting, QosReport qos) {
        var report = report(sighting, "qos-json", qos.streams());
        return report.getCallId().isEmpty() ? report.setCallId(qos.callId()) : report;
    }

    /** It is about the call it names, not about the one that carries it. */
    private static MediaReport.Builder voiceQuality(Sighting sighting, VqReport voice) {
        var report = report(sighting, "vq-rtcpxr", voice.streams()).addContents(voice.event());
        return voice.callId().isEmpty() ? report : report.setCallId(voice.callId());
    }

    private static MediaReport.Builder report(Sighting sighting, String source, List<StreamQuality> streams) {
        var report = MediaReport.newBuilder()
                .setPacket(sighting.packet())
                .setRawPartition(sighting.partition())
                .setRawOffset(sighting.offset())
                .setAtUs(sighting.atMicros())
                .setCallId(sighting.packet().getCorrelationId())
                .setSource(source);
        streams.forEach(stream -> report.addStreams(stream(stream)));
        return report;
    }

    private static MediaStream.Builder stream(StreamQuality quality) {
        var stream = MediaStream.newBuilder()
                .setDirection(
                        quality.direction() == Direction.UNKNOWN
                                ? ""
                                : quality.direction().name().toLowerCase(Locale.ROOT))
                .setFrom(quality.source())
                .setTo(quality.destination())
                .setSsrc((int) quality.ssrc())
                .setCodec(quality.codec().name());
        quality.values().forEach((metric, value) -> {
            set(stream, metric, value);
            if (quality.isComputed(metric)) {
                stream.addComputed(metric.fieldName());
            }
        });
        if (quality.codecAssumed()) {
            stream.addAssumed("codec");
        }
        if (quality.clockRateAssumed()) {
            stream.addAssumed("clock_rate");
        }
        return stream;
    }

    private static void set(MediaStream.Builder stream, Metric metric, double value) {
        switch (metric) {
            case PACKETS -> stream.setPackets((long) value);
            case OCTETS -> stream.setOctets((long) value);
            case PACKETS_LOST -> stream.setPacketsLost((long) value);
            case LOSS_PERCENT -> stream.setLossPercent(value);
            case DISCARD_PERCENT -> stream.setDiscardPercent(value);
            case JITTER_MS -> stream.setJitterMs(value);
            case JITTER_MAX_MS -> stream.setJitterMaxMs(value);
            case ROUND_TRIP_MS -> stream.setRoundTripMs(value);
            case END_SYSTEM_DELAY_MS -> stream.setEndSystemDelayMs(value);
            case LATENCY_MS -> stream.setLatencyMs(value);
            case MOS -> stream.setMos(value);
            case MOS_CONVERSATIONAL -> stream.setMosConversational(value);
            case R_FACTOR -> stream.setRFactor(value);
        }
    }
}
