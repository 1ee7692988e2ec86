/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The ladder of a call: who took part, and each message as an arrow from one to another. What several capture nodes saw
 * on one wire is one arrow.
 *
 * @param hosts "address:port" in the order of appearance
 * @param arrows in the order of time
 * @param more hosts that have no column of their own, because there are too many
 */
public record CallFlow(List<String> hosts, List<Arrow> arrows, int more) {

    /** More columns than that nobody can read; the last one stands for all that come after. */
    static final int MAX_HOSTS = 24;

    private static final String OTHERS = "others";

    /**
     * One message.
     *
     * @param number from 1
     * @param from column of the source
     * @param to column of the destination, the same as the source if a host talks to itself
     * @param label method or code and phrase
     * @param detail of a reply the method it answers; of a request with SDP, that it has some; among several legs, which
     * @param again true for a retransmission: one capture node saw the same bytes go the same way before
     * @param others further captures of it, by other nodes on the same wire
     */
    public record Arrow(
            int number,
            Instant at,
            long offsetMicros,
            int from,
            int to,
            String label,
            String detail,
            Type type,
            boolean again,
            List<Capture> others) {}

    /**
     * A message that another capture node saw too, and that has no arrow of its own.
     *
     * @param number of the message, from 1
     * @param laterMicros than the capture that has the arrow
     */
    public record Capture(int number, String node, long laterMicros) {

        public String later() {
            return String.format(Locale.ROOT, "%.3f ms", laterMicros / 1e3);
        }
    }

    /** What a message means, for its colour. */
    public enum Type {
        REQUEST,
        PROVISIONAL,
        SUCCESS,
        REDIRECT,
        FAILURE
    }

    /** The arrow of each message by its number; several messages may share one. */
    Map<Integer, Arrow> byMessage() {
        var all = new HashMap<Integer, Arrow>();
        for (Arrow arrow : arrows) {
            all.put(arrow.number, arrow);
            arrow.others.forEach(other -> all.put(other.number, arrow));
        }
        return all;
    }

    /** @param messages documents of one Call-ID in the order of time */
    static CallFlow of(List<Page.Hit> messages) {
        return of(messages, List.of());
    }

    /**
     * @param messages documents in the order of time
     * @param legs the Call-IDs they may have, in the order the legs are numbered
     */
    static CallFlow of(List<Page.Hit> messages, List<String> legs) {
        var columns = new LinkedHashMap<String, Integer>();
        var arrows = new ArrayList<Arrow>();
        var sightings = sightings(messages);
        Instant begin = messages.isEmpty() ? Instant.EPOCH : at(messages.get(0).document());
        for (Sighting sighting : sightings) {
            JsonObject document = sighting.document(messages);
            Instant at = at(document);
            arrows.add(new Arrow(
                    sighting.first + 1,
                    at,
                    micros(begin, at),
                    column(columns, host(document, "source")),
                    column(columns, host(document, "destination")),
                    label(document),
                    (detail(document) + leg(document, legs)).strip(),
                    type(document),
                    sighting.again,
                    sighting.others.stream()
                            .map(other -> capture(messages, other, at))
                            .toList()));
        }
        int more = Math.max(0, columns.size() - MAX_HOSTS);
        var hosts = new ArrayList<>(columns.keySet().stream().limit(MAX_HOSTS).toList());
        if (more > 0) {
            hosts.set(MAX_HOSTS - 1, OTHERS);
        }
        return new CallFlow(List.copyOf(hosts), List.copyOf(arrows), more);
    }

    /** What went over a wire once: the places of the messages that tell of it. */
    private record Sighting(int first, boolean again, List<Integer> others) {

        private JsonObject document(List<Page.Hit> messages) {
            return messages.get(first).document();
        }
    }

    /** The same bytes on the same way were sent as often as the capture node saw them that saw them most often. */
    private static List<Sighting> sightings(List<Page.Hit> messages) {
        var all = new ArrayList<Sighting>();
        var ofWire = new HashMap<String, List<Sighting>>();
        var seen = new HashMap<String, Integer>();
        for (int i = 0; i < messages.size(); i++) {
            JsonObject document = messages.get(i).document();
            String wire = String.join(
                    " ",
                    host(document, "source"),
                    host(document, "destination"),
                    Documents.text(document, "event.original"));
            var sent = ofWire.computeIfAbsent(wire, added -> new ArrayList<>());
            int times = seen.merge(Documents.text(document, "observer.name") + ' ' + wire, 1, Integer::sum);
            if (times <= sent.size()) {
                sent.get(times - 1).others.add(i);
            } else {
                var sighting = new Sighting(i, !sent.isEmpty(), new ArrayList<>());
                sent.add(sighting);
                all.add(sighting);
            }
        }
        return all;
    }

    private static Capture capture(List<Page.Hit> messages, int place, Instant first) {
        JsonObject document = messages.get(place).document();
        return new Capture(place + 1, Documents.text(document, "observer.name"), micros(first, at(document)));
    }

    private static long micros(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1_000;
    }

    private static int column(LinkedHashMap<String, Integer> columns, String host) {
        return Math.min(columns.computeIfAbsent(host, added -> columns.size()), MAX_HOSTS - 1);
    }

    /** "address:port", "[address]:port" for IPv6; "unknown" if the capture agent did not say. */
    static String host(JsonObject document, String end) {
        String address = Documents.text(document, end + ".ip");
        if (address.isEmpty()) {
            return "unknown";
        }
        String port = Documents.text(document, end + ".port");
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + (port.isEmpty() ? "" : ":" + port);
    }

    private static Instant at(JsonObject document) {
        return Instant.parse(Documents.text(document, "@timestamp"));
    }

    static String label(JsonObject document) {
        String code = Documents.text(document, "sip.code");
        return code.isEmpty()
                ? Documents.text(document, "sip.method")
                : (code + " " + Documents.text(document, "sip.status")).strip();
    }

    private static String detail(JsonObject document) {
        boolean reply = Documents.text(document, "sip.type").equals("response");
        String method = reply ? Documents.text(document, "sip.cseq.method") : "";
        boolean sdp = Documents.text(document, "sip.content_type").startsWith("application/sdp");
        return sdp ? (method + " SDP").strip() : method;
    }

    private static String leg(JsonObject document, List<String> legs) {
        int leg = legs.size() < 2 ? -1 : legs.indexOf(Documents.text(document, "sip.call_id"));
        return leg < 0 ? "" : " · leg " + (leg + 1);
    }

    private static Type type(JsonObject document) {
        long code = Documents.number(document, "sip.code", 0);
        if (code == 0) {
            return Type.REQUEST;
        }
        if (code < 200) {
            return Type.PROVISIONAL;
        }
        return code < 300 ? Type.SUCCESS : code < 400 ? Type.REDIRECT : Type.FAILURE;
    }
}
