/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.json.JsonValue;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.util.List;
import java.util.Map;

/**
 * Quality reports in JSON that are no RTCP (HEP protocol types 32 to 35, 38, 99): those of RTP probes (MOS, RFACTOR,
 * JITTER, PACKET_LOSS, TOTAL_PK), and those that horaclifix makes of an Oracle SBC's IPFIX, of the calling leg (INC_)
 * and the called one (OUT_).
 *
 * @param callId of the call; empty if it is not told
 * @param streams one, or one for each leg
 */
public record QosReport(String callId, List<StreamQuality> streams) {

    /** Keys of a probe's report. Jitter and delay are in milliseconds. */
    private static final Map<String, Metric> PROBE = Map.of(
            "TOTAL_PK", Metric.PACKETS,
            "TL_BYTE", Metric.OCTETS,
            "PACKET_LOSS", Metric.PACKETS_LOST,
            "JITTER", Metric.JITTER_MS,
            "MAX_JITTER", Metric.JITTER_MAX_MS,
            "RTT", Metric.ROUND_TRIP_MS,
            "RFACTOR", Metric.R_FACTOR,
            "MOS", Metric.MOS);

    /** Keys of one leg, behind INC_ or OUT_. */
    private static final Map<String, Metric> LEG = Map.of(
            "RTP_PK", Metric.PACKETS,
            "RTP_BYTE", Metric.OCTETS,
            "RTP_PK_LOSS", Metric.PACKETS_LOST,
            "RTP_AVG_JITTER", Metric.JITTER_MS,
            "RTP_MAX_JITTER", Metric.JITTER_MAX_MS,
            "RTCP_AVG_LAT", Metric.LATENCY_MS,
            "RVAL", Metric.R_FACTOR,
            "MOS", Metric.MOS);

    private static final double BEST_MOS = 5;
    private static final double BEST_RATING = 100;

    /** @throws MalformedPacket "qos-json-unknown" if it has none of the keys above */
    public static QosReport of(JsonValue json) throws MalformedPacket {
        var streams = json.has("INC_MOS") || json.has("INC_RTP_PK")
                ? List.of(leg(json, "INC_", "CALLER_"), leg(json, "OUT_", "CALLEE_"))
                : List.of(probe(json));
        var told = streams.stream().filter(stream -> !stream.values().isEmpty()).toList();
        if (told.isEmpty()) {
            throw new MalformedPacket("qos-json-unknown");
        }
        told.forEach(EModel::complete);
        return new QosReport(callId(json), told);
    }

    private static String callId(JsonValue json) {
        for (String key : List.of("RTP_SIP_CALL_ID", "CORRELATION_ID", "INC_ID")) {
            if (!json.get(key).text().isEmpty()) {
                return json.get(key).text();
            }
        }
        return "";
    }

    private static StreamQuality probe(JsonValue json) {
        Codec named = Codec.named(json.get("CODEC_NAME").text());
        double type = json.get("CODEC_PT").number();
        var stream = new StreamQuality(Direction.UNKNOWN)
                .codec(named.name().isEmpty() && type >= 0 ? Codec.ofPayloadType((int) type) : named)
                .between(place(json, "SRC_"), place(json, "DST_"));
        put(stream, json, "", PROBE);
        return stream;
    }

    private static StreamQuality leg(JsonValue json, String prefix, String party) {
        var stream =
                new StreamQuality(Direction.UNKNOWN).between(place(json, party + "SRC_"), place(json, party + "DST_"));
        put(stream, json, prefix, LEG);
        return stream;
    }

    private static void put(StreamQuality stream, JsonValue json, String prefix, Map<String, Metric> keys) {
        keys.forEach((key, metric) ->
                stream.put(metric, plain(metric, json.get(prefix + key).number())));
    }

    /** Ratings and scores that are too great are in hundredths; 0 says that there is none. */
    private static double plain(Metric metric, double value) {
        double best =
                switch (metric) {
                    case MOS -> BEST_MOS;
                    case R_FACTOR -> BEST_RATING;
                    default -> 0;
                };
        if (best == 0 || value > 0 && value <= best) {
            return value;
        }
        return value > best && value <= 100 * best ? value / 100 : Double.NaN;
    }

    private static String place(JsonValue json, String prefix) {
        String ip = json.get(prefix + "IP").text();
        String port = json.get(prefix + "PORT").text();
        return (ip.indexOf(':') >= 0 ? '[' + ip + ']' : ip) + (ip.isEmpty() || port.isEmpty() ? "" : ':' + port);
    }
}
