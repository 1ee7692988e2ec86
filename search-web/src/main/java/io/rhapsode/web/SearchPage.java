/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Field;
import io.rhapsode.web.query.Fields;
import io.rhapsode.web.query.Kind;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the search page shows.
 *
 * @param search as it was made of that; null if it was refused
 * @param found null if the search was refused
 * @param trouble why it was refused, empty if it was not
 * @param column where in the query, 0 if not there
 * @param number of the page, from 1
 */
public record SearchPage(Asked asked, Search search, Page found, String trouble, int column, int number) {

    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int MAX_LINE = 500;

    /** What was asked for, as it stands in the form. */
    public record Asked(String query, Kind kind, String range, String from, String to, String size) {

        /** The address of this search with another query. */
        public String link(String otherQuery) {
            return link(otherQuery, kind);
        }

        /** The same search for another kind of result. */
        public String link(Kind otherKind) {
            return link(query, otherKind);
        }

        /** From and to only where they count. */
        public Asked withTimeOfRange() {
            return range.equals("custom") ? this : new Asked(query, kind, range, "", "", size);
        }

        /** The same search within a time. */
        String during(Instant from, Instant to) {
            return new Asked(query, kind, "custom", from.toString(), to.toString(), size).link(query);
        }

        private String link(String query, Kind kind) {
            return "/?kind=" + kind.path() + "&range=" + range
                    + (range.equals("custom") ? "&from=" + Pages.escaped(from) + "&to=" + Pages.escaped(to) : "")
                    + (size.isEmpty() ? "" : "&size=" + Pages.escaped(size))
                    + "&q=" + Pages.escaped(query);
        }
    }

    /** One kind of result. */
    public record Tab(String title, String link, boolean on) {}

    /** A count that narrows the search when clicked. */
    public record Choice(String value, long count, String link) {}

    public record Facet(String title, List<Choice> choices) {}

    /** A bar of the histogram, heights from 0 to 60. */
    public record Bar(int x, int width, int height, String title, String link) {}

    /** All that was found, as a file of one form. */
    public record Exported(String form, String link) {}

    static SearchPage found(Asked asked, Search search, Page page, int number) {
        return new SearchPage(asked, search, page, "", 0, number);
    }

    static SearchPage refused(Asked asked, Refused refused) {
        return new SearchPage(asked, null, null, refused.getMessage(), refused.column(), 1);
    }

    public List<Tab> tabs() {
        return Stream.of(Kind.values())
                .map(kind -> new Tab(title(kind), asked.link(kind), kind == asked.kind()))
                .toList();
    }

    public List<Exported> exports() {
        String link = "/api/v1/" + asked.kind().path() + "/export?q=" + Pages.escaped(search.query())
                + (search.from() == null ? "" : "&from=" + search.from())
                + (search.to() == null ? "" : "&to=" + search.to())
                + "&format=";
        return Export.Format.of(asked.kind()).stream()
                .map(format -> new Exported(format.extension(), link + format.extension()))
                .toList();
    }

    private static String title(Kind kind) {
        return kind.name().charAt(0) + kind.path().substring(1);
    }

    public List<Facet> facets() {
        var facets = new ArrayList<Facet>();
        for (Facets facet : Facets.of(asked.kind())) {
            var values = found.facets().getOrDefault(facet.field(), List.of());
            var choices = facet.ranges().isEmpty() ? byValue(facet, values) : byRange(facet, values);
            if (!choices.isEmpty()) {
                facets.add(new Facet(facet.title(), choices));
            }
        }
        return facets;
    }

    private List<Choice> byValue(Facets facet, List<Page.Value> values) {
        return values.stream()
                .map(value ->
                        new Choice(value.value(), value.count(), narrowed(facet.name() + ':' + quoted(value.value()))))
                .toList();
    }

    private List<Choice> byRange(Facets facet, List<Page.Value> values) {
        var choices = new ArrayList<Choice>();
        for (Facets.Range range : facet.ranges()) {
            String clause = facet.name() + ':' + range.value(facet.unit());
            values.stream()
                    .filter(value -> value.value().equals(range.value("")))
                    .forEach(value -> choices.add(new Choice(range.title(), value.count(), narrowed(clause))));
        }
        return choices;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String narrowed(String clause) {
        return asked.link(asked.query().isBlank() ? clause : "(" + asked.query().strip() + ") AND " + clause);
    }

    public List<Bar> bars() {
        var bars = new ArrayList<Bar>();
        long most = found.histogram().stream().mapToLong(Page.Bar::count).max().orElse(1);
        int width = found.histogram().isEmpty()
                ? 1
                : Math.max(2, 960 / found.histogram().size());
        for (Page.Bar bar : found.histogram()) {
            Instant to = bar.from().plus(Duration.ofMillis(found.intervalMillis()));
            String link = asked.during(bar.from(), to);
            int height = bar.count() == 0 ? 0 : (int) Math.max(2, bar.count() * 60 / Math.max(1, most));
            bars.add(new Bar(
                    bars.size() * width,
                    width - 1,
                    height,
                    DAY_AND_TIME.format(bar.from()) + ": " + bar.count(),
                    link));
        }
        return bars;
    }

    /** @param bars of this page, at least one */
    public static int histogramWidth(List<Bar> bars) {
        return bars.get(bars.size() - 1).x() + bars.get(0).width() + 1;
    }

    /** Where the histogram begins; only where it has bars. */
    public String axisBegin() {
        return DAY_AND_TIME.format(found.histogram().get(0).from());
    }

    /** How long one bar is: "a bar is 5 min". */
    public String axisStep() {
        long millis = found.intervalMillis();
        String length = millis < 1_000
                ? millis + " ms"
                : millis < 60_000
                        ? millis / 1_000 + " s"
                        : millis < 3_600_000
                                ? millis / 60_000 + " min"
                                : millis < 86_400_000 ? millis / 3_600_000 + " h" : millis / 86_400_000 + " d";
        return "a bar is " + length;
    }

    public String axisEnd() {
        Page.Bar last = found.histogram().get(found.histogram().size() - 1);
        return DAY_AND_TIME.format(last.from().plusMillis(found.intervalMillis()));
    }

    public List<String> ranges() {
        return Pages.rangeNames();
    }

    /** The short names a query may use. */
    public List<Field> fields() {
        return Fields.SHORT;
    }

    public int longestName() {
        return SavedSearches.LONGEST_NAME;
    }

    public List<JsonObject> documents() {
        return found.hits().stream().map(Page.Hit::document).toList();
    }

    /** The same search anew: a page knows what is behind it only. */
    public String first() {
        return asked.link(asked.query());
    }

    public String next() {
        return asked.link(asked.query()) + "&page=" + (number + 1) + "&cursor=" + Pages.escaped(found.next());
    }

    public String text(JsonObject document, String field) {
        return Documents.text(document, field);
    }

    public String all(JsonObject document, String field) {
        return String.join(", ", Documents.texts(document, field));
    }

    public String time(JsonObject document, String field) {
        String text = Documents.text(document, field);
        return text.isEmpty() ? "" : DAY_AND_TIME.format(Instant.parse(text));
    }

    public String host(JsonObject document, String end) {
        return CallFlow.host(document, end);
    }

    public String label(JsonObject document) {
        return CallFlow.label(document);
    }

    /** Of a report with several streams the worst values. */
    public CallMedia media(JsonObject document) {
        return CallMedia.of(document);
    }

    /** What was written, as far as a row has room. */
    public String line(JsonObject document) {
        String text = Documents.text(document, "message");
        return text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "…" : text;
    }

    /** Who wrote, or to whom, by MSRP or XMPP; of anything else the address. */
    public String party(JsonObject document, String path, String end) {
        String party = Documents.text(document, path);
        return party.isEmpty() ? host(document, end) : party;
    }

    /** Milliseconds as "1:02:03", "0:42" or, below a second, "420 ms"; empty if absent. */
    public String duration(JsonObject document, String field) {
        long millis = Documents.number(document, field, -1);
        return millis < 0 ? "" : duration(millis);
    }

    static String duration(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        long seconds = (millis + 500) / 1_000;
        return seconds >= 3_600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    /** The address of the call's page; null if its Call-ID is too long to be looked up, for no link is better than a dead one. */
    public String path(JsonObject document) {
        String callId = Documents.text(document, "sip.call_id");
        return callId.length() > CallStore.LONGEST_CALL_ID ? null : Pages.callPath(callId);
    }

    public int colour(JsonObject document) {
        return Pages.colour(Documents.text(document, "sip.call_id"));
    }
}
