/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Kind;
import java.util.List;

/**
 * By what results are counted, beside the hits: by the values that are there, or, of numbers, by ranges.
 *
 * @param unit of the field's numbers as a query has it, behind the short name
 * @param ranges empty to count by values
 */
record Facets(String field, String name, String title, String unit, List<Range> ranges) {

    /**
     * Numbers from one, which belongs to them, to the next, which does not.
     *
     * @param from null for an open end
     * @param to null for an open end
     * @param title for people
     */
    record Range(Double from, Double to, String title) {

        /** What stands behind the field's name in a query. */
        String value(String unit) {
            return from == null
                    ? "<" + number(to) + unit
                    : to == null
                            ? ">=" + number(from) + unit
                            : "[" + number(from) + unit + " TO " + number(to) + unit + "}";
        }

        private static String number(double number) {
            return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
        }
    }

    /** The bounds of the ranges: of times in ms, of the rest as it is. */
    private static final List<Range> PDD = List.of(
            new Range(null, 1_000.0, "below 1 s"),
            new Range(1_000.0, 2_000.0, "1 – 2 s"),
            new Range(2_000.0, 4_000.0, "2 – 4 s"),
            new Range(4_000.0, 10_000.0, "4 – 10 s"),
            new Range(10_000.0, null, "10 s and above"));

    private static final List<Range> DURATION = List.of(
            new Range(null, 10_000.0, "below 10 s"),
            new Range(10_000.0, 60_000.0, "10 – 60 s"),
            new Range(60_000.0, 600_000.0, "1 – 10 min"),
            new Range(600_000.0, 3_600_000.0, "10 – 60 min"),
            new Range(3_600_000.0, null, "1 h and above"));

    private static final List<Range> MOS = List.of(
            new Range(null, 2.6, "below 2.6"),
            new Range(2.6, 3.1, "2.6 – 3.1"),
            new Range(3.1, 3.6, "3.1 – 3.6"),
            new Range(3.6, 4.0, "3.6 – 4.0"),
            new Range(4.0, null, "4.0 and above"));

    Facets(String field, String name, String title) {
        this(field, name, title, "", List.of());
    }

    private static final List<Facets> MESSAGES = List.of(
            new Facets("sip.method", "method", "Method"),
            new Facets("sip.code", "code", "Code"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("sip.user_agent.original", "ua", "User agent"),
            new Facets("observer.name", "node", "Capture node"),
            new Facets("network.transport", "transport", "Transport"),
            new Facets("rhapsode.defects", "defect", "Defects"));

    private static final List<Facets> CALLS = List.of(
            new Facets("rhapsode.call.state", "state", "State"),
            new Facets("sip.method", "method", "Method"),
            new Facets("rhapsode.call.end_class", "endclass", "Why it failed"),
            new Facets("rhapsode.call.srd_successful_ms", "pdd", "Post-dial delay", "ms", PDD),
            new Facets("rhapsode.call.duration_ms", "duration", "Duration", "ms", DURATION),
            new Facets("rhapsode.call.media.mos_lowest", "mos", "MOS at worst", "", MOS),
            new Facets("sip.code", "code", "Final code"),
            new Facets("related.ip", "ip", "Address"),
            new Facets("sip.user_agent.original", "ua", "User agent"),
            new Facets("observer.name", "node", "Capture node"),
            new Facets("rhapsode.site", "site", "Site"));

    private static final List<Facets> MEDIA = List.of(
            new Facets("rhapsode.media.source", "report", "Report"),
            new Facets("rhapsode.media.contents", "contents", "Contents"),
            new Facets("rhapsode.media.streams.codec", "codec", "Codec"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("observer.name", "node", "Capture node"));

    private static final List<Facets> LOGS = List.of(
            new Facets("rhapsode.log.kind", "kind", "Kind"),
            new Facets("log.level", "level", "Level"),
            new Facets("rhapsode.log.method", "rhapsode.log.method", "Method"),
            new Facets("rhapsode.log.content_type", "contenttype", "Content type"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("network.transport", "transport", "Transport"),
            new Facets("observer.name", "node", "Capture node"));

    static List<Facets> of(Kind kind) {
        return switch (kind) {
            case CALLS -> CALLS;
            case MESSAGES -> MESSAGES;
            case MEDIA -> MEDIA;
            case LOGS -> LOGS;
        };
    }
}
