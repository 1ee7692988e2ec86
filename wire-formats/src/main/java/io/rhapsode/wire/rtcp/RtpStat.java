/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.json.Numbers;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics that devices put into a BYE or its answer: X-RTP-Stat (AVM, AudioCodes, Poly, baresip), P-RTP-Stat
 * (Cisco) and their like, as "PS=207;OS=49680;PR=314;OR=50240;PL=0;JI=4;LA=40". Values are separated by semicolons or
 * commas; where a key has two values, the first is of what was received, the second of what was sent.
 */
public final class RtpStat {

    /** Headers of this kind. */
    public static final List<String> HEADERS =
            List.of("X-RTP-Stat", "P-RTP-Stat", "X-RTP-Stats", "X-Siemens-RTP-stats", "X-Siemens-RTP-stats-list");

    /** Whose LA is a round trip, by Cisco's description; elsewhere it may be a latency of any kind. */
    private static final String CISCO = "P-RTP-Stat";

    private static final int LONGEST = 4_096;
    private static final int MAX_KEYS = 64;

    private final Map<String, String[]> values = new HashMap<>();

    private RtpStat(String header) {
        String key = "";
        int start = 0;
        while (start < header.length() && values.size() < MAX_KEYS) {
            int end = separator(header, start);
            String part = header.substring(start, end).strip();
            int equals = part.indexOf('=');
            if (equals > 0) {
                key = part.substring(0, equals).strip();
                values.putIfAbsent(key, new String[] {part.substring(equals + 1).strip(), ""});
            } else if (values.containsKey(key) && values.get(key)[1].isEmpty()) {
                values.get(key)[1] = part;
            }
            start = end + 1;
        }
    }

    private static int separator(String header, int from) {
        int at = from;
        while (at < header.length() && header.charAt(at) != ';' && header.charAt(at) != ',') {
            at++;
        }
        return at;
    }

    /**
     * The stream that was received and the one that was sent, those of them that the header tells of; none for a header
     * that tells nothing.
     *
     * @param name of the header
     */
    public static List<StreamQuality> of(String name, String header) {
        if (header.length() > LONGEST) {
            return List.of();
        }
        var stat = new RtpStat(header);
        var received = new StreamQuality(Direction.RECEIVED)
                .codec(Codec.named(stat.text("DE", 0)))
                .between(stat.text("IP", 1), stat.text("IP", 0))
                .put(Metric.PACKETS, stat.number("PR", 0))
                .put(Metric.OCTETS, stat.number("OR", 0))
                .put(Metric.PACKETS_LOST, stat.number("PL", 0))
                .put(Metric.LOSS_PERCENT, stat.number("PacketLossPct", 0))
                .put(Metric.JITTER_MS, stat.number("JI", 0))
                .put(Metric.JITTER_MS, stat.number("Jitter", 0))
                .put(Metric.MOS, stat.mos());
        stat.putDelay(received, name);
        var sent = new StreamQuality(Direction.SENT)
                .codec(Codec.named(stat.text("EN", 0)))
                .between(stat.text("IP", 0), stat.text("IP", 1))
                .put(Metric.PACKETS, stat.number("PS", 0))
                .put(Metric.OCTETS, stat.number("OS", 0))
                .put(Metric.PACKETS_LOST, stat.number("PL", 1))
                .put(Metric.JITTER_MS, stat.number("JI", 1));
        EModel.complete(received);
        EModel.complete(sent);
        return List.of(received, sent).stream()
                .filter(stream -> !stream.values().isEmpty())
                .toList();
    }

    /** AVM's DL has the average, the least and the greatest; 0 says that it was not measured. */
    private void putDelay(StreamQuality received, String name) {
        double delay = number("DL", 0);
        if (delay > 0) {
            received.put(Metric.ROUND_TRIP_MS, delay);
        }
        double latency = number("LA", 0);
        if (latency > 0) {
            received.put(name.equalsIgnoreCase(CISCO) ? Metric.ROUND_TRIP_MS : Metric.LATENCY_MS, latency);
        }
    }

    private double mos() {
        double mos = number("MOS", 0);
        return mos >= 1 && mos <= 5 ? mos : Double.NaN;
    }

    private String text(String key, int place) {
        String[] found = values.get(key);
        return found == null ? "" : found[place];
    }

    private double number(String key, int place) {
        return Numbers.of(text(key, place));
    }
}
