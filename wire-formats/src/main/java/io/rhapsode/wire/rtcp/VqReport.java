/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.json.Numbers;
import io.rhapsode.wire.rtcp.StreamQuality.Direction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A voice quality report (RFC 6035), the body application/vq-rtcpxr of a PUBLISH or NOTIFY.
 *
 * @param event "CallTerm", "Interval" or "Alert"
 * @param callId of the call it is about, which is not the Call-ID of the message that carries it
 * @param localId and {@code remoteId} the parties, as they stand
 * @param streams what the local end received and, if it knows, what the remote end did
 */
public record VqReport(String event, String callId, String localId, String remoteId, List<StreamQuality> streams) {

    private static final int LONGEST = 16_384;
    private static final int MAX_LINES = 200;
    private static final int MAX_VALUES = 64;
    private static final double UNAVAILABLE = 127;

    /** True if the range begins as such a body does. */
    public static boolean looksLikeReport(byte[] bytes, int offset, int length) {
        String begin = new String(bytes, offset, Math.min(length, 24), StandardCharsets.ISO_8859_1);
        return begin.startsWith("VQSessionReport")
                || begin.startsWith("VQIntervalReport")
                || begin.startsWith("VQAlertReport");
    }

    /** @throws MalformedPacket "not-vq-report" if the range does not begin as one, or holds more than 16 kB */
    public static VqReport of(byte[] bytes, int offset, int length) throws MalformedPacket {
        if (length > LONGEST || !looksLikeReport(bytes, offset, length)) {
            throw new MalformedPacket("not-vq-report");
        }
        var reader = new Reader();
        new String(bytes, offset, length, StandardCharsets.UTF_8)
                .lines()
                .limit(MAX_LINES)
                .forEach(reader::line);
        return reader.report();
    }

    /** Gathers the lines; those of the metrics stand in a section for each end. */
    private static final class Reader {

        private final Map<String, String> general = new HashMap<>();
        private final Map<String, String> local = new HashMap<>();
        private final Map<String, String> remote = new HashMap<>();
        private Map<String, String> section = general;

        private void line(String line) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                return;
            }
            String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            switch (name) {
                case "localmetrics" -> section = local;
                case "remotemetrics" -> section = remote;
                case "dialogid" -> section = general;
                default -> {
                    if (section == general) {
                        general.putIfAbsent(name, value);
                    } else {
                        addValues(value);
                    }
                }
            }
        }

        /** "NLR=5.0 JDR=2.0"; a value in quotes may hold spaces. */
        private void addValues(String line) {
            int at = 0;
            while (at < line.length() && section.size() < MAX_VALUES) {
                int equals = line.indexOf('=', at);
                if (equals < 0) {
                    return;
                }
                int end = end(line, equals + 1);
                section.putIfAbsent(
                        line.substring(at, equals).strip().toUpperCase(Locale.ROOT),
                        line.substring(equals + 1, end).strip());
                at = end;
            }
        }

        private static int end(String line, int value) {
            boolean quoted = value < line.length() && line.charAt(value) == '"';
            int end = quoted ? line.indexOf('"', value + 1) + 1 : line.indexOf(' ', value);
            return end <= 0 ? line.length() : end;
        }

        private VqReport report() {
            String event = "CallTerm";
            if (general.containsKey("vqintervalreport")) {
                event = "Interval";
            } else if (general.containsKey("vqalertreport")) {
                event = "Alert";
            }
            var localAddress = address("localaddr");
            var remoteAddress = address("remoteaddr");
            var received = stream(Direction.RECEIVED, local, remoteAddress, localAddress);
            var sent = stream(Direction.SENT, remote, localAddress, remoteAddress);
            return new VqReport(
                    event,
                    general.getOrDefault("callid", ""),
                    general.getOrDefault("localid", ""),
                    general.getOrDefault("remoteid", ""),
                    List.of(received, sent).stream()
                            .filter(stream -> !stream.values().isEmpty())
                            .toList());
        }

        private Map<String, String> address(String name) {
            var values = section;
            section = new HashMap<>();
            addValues(general.getOrDefault(name, ""));
            var address = section;
            section = values;
            return address;
        }

        private static StreamQuality stream(
                Direction direction, Map<String, String> values, Map<String, String> from, Map<String, String> to) {
            var stream = new StreamQuality(direction)
                    .ssrc(ssrc(from.getOrDefault("SSRC", "")))
                    .between(place(from), place(to))
                    .codec(codec(values))
                    .put(Metric.LOSS_PERCENT, number(values, "NLR"))
                    .put(Metric.DISCARD_PERCENT, number(values, "JDR"))
                    .put(Metric.JITTER_MS, number(values, "IAJ"))
                    .put(Metric.ROUND_TRIP_MS, number(values, "RTD"))
                    .put(Metric.END_SYSTEM_DELAY_MS, number(values, "ESD"))
                    .put(Metric.R_FACTOR, quality(values, "RCQ"))
                    .put(Metric.R_FACTOR, quality(values, "RLQ"))
                    .put(Metric.MOS_CONVERSATIONAL, quality(values, "MOSCQ"))
                    .put(Metric.MOS, quality(values, "MOSLQ"));
            EModel.complete(stream);
            return stream;
        }

        private static Codec codec(Map<String, String> values) {
            Codec named = Codec.named(values.getOrDefault("PD", ""));
            double type = number(values, "PT");
            return named.name().isEmpty() && type >= 0 ? Codec.ofPayloadType((int) type) : named;
        }

        private static String place(Map<String, String> address) {
            String ip = address.getOrDefault("IP", "");
            String port = address.getOrDefault("PORT", "");
            return (ip.indexOf(':') >= 0 && !ip.startsWith("[") ? '[' + ip + ']' : ip)
                    + (ip.isEmpty() || port.isEmpty() ? "" : ':' + port);
        }

        /** Hexadecimal, with or without 0x; decimals could not be told apart. */
        private static long ssrc(String text) {
            String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
            if (digits.isEmpty() || digits.length() > 8) {
                return 0;
            }
            long ssrc = 0;
            for (int i = 0; i < digits.length(); i++) {
                int digit = Character.digit(digits.charAt(i), 16);
                if (digit < 0) {
                    return 0;
                }
                ssrc = ssrc << 4 | digit;
            }
            return ssrc;
        }

        private static double number(Map<String, String> values, String key) {
            return Numbers.of(values.getOrDefault(key, ""));
        }

        /** 127 says that it is not available, as in the block that these values come from (RFC 3611 section 4.7.5). */
        private static double quality(Map<String, String> values, String key) {
            double value = number(values, key);
            return value > 0 && value < UNAVAILABLE ? value : Double.NaN;
        }
    }
}
