/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.rtcp.RtcpPacket.ExtendedReport;
import io.rhapsode.wire.rtcp.RtcpPacket.Feedback;
import io.rhapsode.wire.rtcp.RtcpPacket.Report;
import io.rhapsode.wire.rtcp.RtcpPacket.ReportBlock;
import io.rhapsode.wire.rtcp.RtcpPacket.SenderInfo;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.util.ArrayList;
import java.util.List;

/** What a compound of RTCP packets says of streams: of each that was sent, and of each that was received. */
public final class RtcpQuality {

    /** Streams told of in one datagram. */
    public static final int MAX_STREAMS = 64;

    /** Seconds from 1900, where NTP begins, to 1970. */
    private static final long NTP_TO_UNIX = 2_208_988_800L;

    /**
     * The longest round trip that is computed from clocks. It is only right where the observer's clock and the source's
     * agree; a greater one is nearly always the difference of two clocks.
     */
    private static final double LONGEST_ROUND_TRIP_MS = 1_000;

    private final long observedNtp;
    private final List<StreamQuality> streams = new ArrayList<>();

    private RtcpQuality(long observedAtMicros) {
        observedNtp = middle(observedAtMicros);
    }

    /**
     * The streams, at most {@link #MAX_STREAMS}. Where the quality was not reported it is computed, but not if the
     * feedback among the packets shows that they are about video.
     *
     * @param observedAtMicros when the datagram was captured, microseconds since 1970-01-01 UTC
     */
    public static List<StreamQuality> of(List<RtcpPacket> packets, long observedAtMicros) {
        var quality = new RtcpQuality(observedAtMicros);
        for (var packet : packets) {
            if (packet instanceof Report report) {
                quality.add(report);
            } else if (packet instanceof ExtendedReport extended) {
                quality.add(extended);
            }
        }
        boolean video =
                packets.stream().anyMatch(packet -> packet instanceof Feedback feedback && !feedback.transport());
        if (!video) {
            quality.streams.forEach(EModel::complete);
        }
        return quality.streams;
    }

    private void add(Report report) {
        SenderInfo sender = report.sender();
        if (sender != null) {
            stream(Direction.SENT, report.ssrc())
                    .put(Metric.PACKETS, sender.packets())
                    .put(Metric.OCTETS, sender.octets());
        }
        for (var block : report.blocks()) {
            stream(Direction.RECEIVED, block.ssrc())
                    .put(Metric.PACKETS_LOST, block.lost())
                    .put(Metric.LOSS_PERCENT, block.fractionLost() * 100 / 256.0)
                    .jitterUnits(block.jitter())
                    .putComputed(Metric.ROUND_TRIP_MS, roundTrip(block));
        }
    }

    private void add(ExtendedReport report) {
        for (var block : report.blocks()) {
            VoipMetrics metrics = block.metrics();
            if (metrics != null) {
                stream(Direction.RECEIVED, metrics.ssrc())
                        .put(Metric.LOSS_PERCENT, metrics.lossRate() * 100 / 256.0)
                        .put(Metric.DISCARD_PERCENT, metrics.discardRate() * 100 / 256.0)
                        .put(
                                Metric.ROUND_TRIP_MS,
                                metrics.roundTripDelay() == 0 ? Double.NaN : metrics.roundTripDelay())
                        .put(Metric.END_SYSTEM_DELAY_MS, metrics.endSystemDelay())
                        .put(Metric.R_FACTOR, available(metrics.rFactor()))
                        .put(Metric.MOS, available(metrics.mosListening()) / 10)
                        .put(Metric.MOS_CONVERSATIONAL, available(metrics.mosConversational()) / 10);
            }
        }
    }

    private static double available(int value) {
        return value == 0 || value >= VoipMetrics.UNAVAILABLE ? Double.NaN : value;
    }

    /** The stream of that source, made if there is room; else one that nobody sees. */
    private StreamQuality stream(Direction direction, long ssrc) {
        for (var stream : streams) {
            if (stream.direction() == direction && stream.ssrc() == ssrc) {
                return stream;
            }
        }
        var stream = new StreamQuality(direction).ssrc(ssrc);
        if (streams.size() < MAX_STREAMS) {
            streams.add(stream);
        }
        return stream;
    }

    /** From the source's report to the receiver's and back, less what it lay there (RFC 3550 section 6.4.1). */
    private double roundTrip(ReportBlock block) {
        if (block.lastSr() == 0) {
            return Double.NaN;
        }
        int units = (int) (observedNtp - block.lastSr() - block.delaySinceLastSr());
        double ms = units * 1_000.0 / 65_536;
        return ms > 0 && ms <= LONGEST_ROUND_TRIP_MS ? ms : Double.NaN;
    }

    /** The middle 32 bits of the NTP time: seconds in the upper half, 1/65536 s in the lower. */
    private static long middle(long micros) {
        long seconds = Math.floorDiv(micros, 1_000_000L) + NTP_TO_UNIX;
        long fraction = Math.floorMod(micros, 1_000_000L) * 65_536 / 1_000_000;
        return seconds << 16 | fraction;
    }
}
