/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What all reports together told of one stream: of loss, jitter, delay and MOS the worst, of counts the greatest. NaN
 * where nobody told.
 *
 * @param stream from where to where, or if the report does not say, by whom it was sent or received
 * @param source what told it: "rtcp", "rtcp-json", "qos-json", "vq-rtcpxr", "rtp-stat", "hep-chunks"
 * @param reports how many did
 * @param mosComputed true if the MOS is not a reported one; {@code codecAssumed} if it was computed for G.711 because
 *     the codec is not known
 */
public record CallMedia(
        String stream,
        String codec,
        String source,
        int reports,
        double packets,
        double lost,
        double lossPercent,
        double jitterMs,
        double roundTripMs,
        double mos,
        boolean mosComputed,
        boolean codecAssumed) {

    /** More streams than that no page shows; a call has two. */
    private static final int MAX_STREAMS = 50;

    private static final double BAD = 3.1;
    private static final double FAIR = 3.6;

    /** Sent and received are one stream where addresses and SSRC agree: it is told of at both of its ends. */
    private record Name(String stream, String ssrc, String source) {}

    /** @param reports documents of one Call-ID in the order of time */
    static List<CallMedia> of(List<Page.Hit> reports) {
        Map<Name, CallMedia> streams = new LinkedHashMap<>();
        for (Page.Hit report : reports) {
            String source = Documents.text(report.document(), "rhapsode.media.source");
            for (JsonObject told : Documents.objects(report.document(), "rhapsode.media.streams")) {
                var stream = of(told, source, stream(told, report.document()));
                var name = new Name(stream.stream, Documents.text(told, "ssrc"), source);
                if (streams.size() < MAX_STREAMS || streams.containsKey(name)) {
                    streams.merge(name, stream, CallMedia::and);
                }
            }
        }
        return new ArrayList<>(streams.values());
    }

    /** What one report told of its streams, together. */
    static CallMedia of(JsonObject report) {
        String source = Documents.text(report, "rhapsode.media.source");
        CallMedia worst = of(JsonObject.EMPTY_JSON_OBJECT, source, "");
        for (JsonObject told : Documents.objects(report, "rhapsode.media.streams")) {
            worst = worst.and(of(told, source, ""));
        }
        return worst;
    }

    private static String stream(JsonObject told, JsonObject report) {
        String from = Documents.text(told, "from");
        String to = Documents.text(told, "to");
        if (!from.isEmpty() || !to.isEmpty()) {
            return from + " → " + to;
        }
        String direction = Documents.text(told, "direction");
        return (direction.isEmpty() ? "told" : direction) + " by " + CallFlow.host(report, "source");
    }

    private static CallMedia of(JsonObject told, String source, String stream) {
        return new CallMedia(
                stream,
                Documents.text(told, "codec"),
                source,
                1,
                Documents.decimal(told, "packets"),
                Documents.decimal(told, "packets_lost"),
                Documents.decimal(told, "loss_percent"),
                Documents.decimal(told, "jitter_ms"),
                Documents.decimal(told, "round_trip_ms"),
                Documents.decimal(told, "mos"),
                Documents.texts(told, "computed").contains("mos"),
                Documents.texts(told, "assumed").contains("codec"));
    }

    private CallMedia and(CallMedia later) {
        boolean worse = Double.isNaN(mos) || later.mos < mos;
        return new CallMedia(
                stream,
                later.codec.isEmpty() ? codec : later.codec,
                source,
                reports + later.reports,
                greater(packets, later.packets),
                greater(lost, later.lost),
                greater(lossPercent, later.lossPercent),
                greater(jitterMs, later.jitterMs),
                greater(roundTripMs, later.roundTripMs),
                worse ? later.mos : mos,
                worse ? later.mosComputed : mosComputed,
                worse ? later.codecAssumed : codecAssumed);
    }

    private static double greater(double one, double other) {
        return Double.isNaN(one) || other > one ? other : one;
    }

    /** "bad" where most people would complain, "fair" where many would (ITU-T G.107 annex B), else empty. */
    public String grade() {
        return mos < BAD ? "bad" : mos < FAIR ? "fair" : "";
    }

    public String packetsText() {
        return text("%.0f", packets);
    }

    public String lostText() {
        return text("%.0f", lost);
    }

    public String lossText() {
        return text("%.2f %%", lossPercent);
    }

    public String jitterText() {
        return text("%.1f ms", jitterMs);
    }

    public String roundTripText() {
        return text("%.0f ms", roundTripMs);
    }

    public String mosText() {
        return text("%.2f", mos);
    }

    private static String text(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }
}
