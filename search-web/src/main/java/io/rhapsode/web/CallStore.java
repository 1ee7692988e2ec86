/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOptions;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.aggregations.Aggregate;
import co.elastic.clients.elasticsearch._types.aggregations.Aggregation;
import co.elastic.clients.elasticsearch._types.aggregations.AggregationRange;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch._types.query_dsl.QueryBuilders;
import co.elastic.clients.elasticsearch.core.CountRequest;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.search.Hit;
import co.elastic.clients.json.JsonData;
import io.rhapsode.schema.Indices;
import io.rhapsode.web.query.Kind;
import io.rhapsode.web.query.QueryCompiler;
import io.rhapsode.web.query.QueryError;
import io.rhapsode.web.query.QueryParser;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds calls, messages, media reports and log events. */
final class CallStore {

    /** A call's messages shown at most; the rest is said to be missing. */
    static final int MAX_MESSAGES = 2_000;

    /** Characters: by a longer Call-ID nothing is found (ignore_above in the index templates). */
    static final int LONGEST_CALL_ID = 1_024;

    private static final int MAX_RECORDS = 20;
    private static final int MAX_LEGS = 64;
    private static final int MAX_JOINED = 10_000;
    private static final int MAX_NODES = 50;

    /** More hits of one time at the end of a page do not fit into its cursor. */
    private static final int MOST_OF_A_TIME = 100;

    private static final int FACET_VALUES = 12;
    private static final int BARS = 90;
    private static final String KEPT_ALIVE = "5m";
    private static final String NANOS = "strict_date_optional_time_nanos";

    /** How long before or after the time range the other documents of a call are looked for. */
    private static final Duration LONGEST_CALL = Duration.ofDays(1);

    private static final List<Long> INTERVALS = List.of(
            1L,
            10L,
            100L,
            1_000L,
            2_000L,
            5_000L,
            10_000L,
            30_000L,
            60_000L,
            120_000L,
            300_000L,
            600_000L,
            1_800_000L,
            3_600_000L,
            7_200_000L,
            21_600_000L,
            43_200_000L,
            86_400_000L,
            604_800_000L,
            2_592_000_000L,
            31_536_000_000L);

    private final Elasticsearch elasticsearch;
    private final WebConfig config;

    CallStore(Elasticsearch elasticsearch, WebConfig config) {
        this.elasticsearch = elasticsearch;
        this.config = config;
    }

    /** The documents of one kind of one Call-ID in order of time, and how many there are in all. */
    record Messages(long total, List<Page.Hit> hits) {

        /** How many more there are than these. */
        long left() {
            return total - hits.size();
        }
    }

    /** The first page, with one request: the point in time that all further pages see is opened for the second. */
    Page search(Search search) {
        return page(search, null, null);
    }

    /** The page after the one that gave this cursor. */
    Page search(Cursor cursor) {
        String pit = cursor.pit().isEmpty() ? openPoint(cursor.search().kind().indices()) : cursor.pit();
        return pit == null ? Page.empty(cursor.search(), 0) : page(cursor.search(), pit, cursor);
    }

    /**
     * @param pit the point in time of the hits, null for now
     * @param after where the page begins, null for the first
     */
    private Page page(Search search, String pit, Cursor after) {
        long begin = System.nanoTime();
        var notes = new ArrayList<String>();
        Query query = query(search, notes);
        long interval = search.counts() ? interval(search, query) : 0;
        var answer = ask(request(search, query, interval, pit, after), notes);
        if (answer == null) {
            return Page.empty(search, millisSince(begin));
        }
        var hits = answer.hits().hits().stream()
                .filter(hit -> after == null || !after.shown().contains(hit.id()))
                .toList();
        var shown = hits.subList(0, Math.min(hits.size(), search.size()));
        boolean more = hits.size() > shown.size();
        if (!more) {
            closePoint(answer.pitId());
        } else if (pit == null && ofTheLastTime(shown).size() > MOST_OF_A_TIME) {
            String point = openPoint(search.kind().indices());
            return point == null ? Page.empty(search, millisSince(begin)) : page(search, point, null);
        }
        return new Page(
                search,
                answer.hits().total().value(),
                millisSince(begin),
                hits(shown, "reversed", "payload"),
                facets(search.kind(), answer.aggregations()),
                histogram(answer.aggregations()),
                interval,
                more ? next(search, answer.pitId(), shown) : null,
                List.copyOf(notes));
    }

    /** The ids of the hits that have the time of the last one. */
    private static List<String> ofTheLastTime(List<Hit<JsonData>> hits) {
        var last = hits.get(hits.size() - 1).sort().get(0).stringValue();
        return hits.stream()
                .filter(hit -> hit.sort().get(0).stringValue().equals(last))
                .map(Hit::id)
                .toList();
    }

    private String next(Search search, String pit, List<Hit<JsonData>> shown) {
        var sort = shown.get(shown.size() - 1).sort();
        String time = sort.get(0).stringValue();
        var cursor = pit == null
                ? new Cursor(search, "", time, Cursor.BEFORE_ALL, ofTheLastTime(shown))
                : new Cursor(search, pit, time, sort.get(1).longValue(), List.of());
        return cursor.sign(config.cursorKey());
    }

    /** Gets the hits of one page after the other. */
    interface Reader {
        void page(List<Page.Hit> hits) throws IOException;
    }

    /** Everything a search finds, oldest first, all as of now. */
    void each(Search search, Reader reader) throws IOException {
        each(search.kind().indices(), query(search, new ArrayList<>()), reader);
    }

    boolean hasMessages(List<String> callIds) {
        return elasticsearch.count(
                        CountRequest.of(c -> c.index(Indices.SIP.alias()).query(callIds(callIds))))
                > 0;
    }

    /** All messages of these Call-IDs, oldest first. */
    void eachMessageOf(List<String> callIds, Reader reader) throws IOException {
        each(Indices.SIP, callIds(callIds), reader);
    }

    /** Every document of one kind that the query is true of, oldest first, all as of now. */
    void each(Indices indices, Query query, Reader reader) throws IOException {
        String pit = openPoint(indices);
        List<FieldValue> after = List.of();
        while (pit != null) {
            var request = everyPage(pit, query, after);
            var answer = elasticsearch.search(request, JsonData.class);
            pit = answer.pitId();
            if (answer.hits().hits().isEmpty()) {
                break;
            }
            after = answer.hits().hits().get(answer.hits().hits().size() - 1).sort();
            reader.page(hits(answer.hits().hits()));
        }
        closePoint(pit);
    }

    private SearchRequest everyPage(String pit, Query query, List<FieldValue> after) {
        return SearchRequest.of(r -> {
            r.pit(p -> p.id(pit).keepAlive(k -> k.time(KEPT_ALIVE)))
                    .query(query)
                    .size(Search.MAX_SIZE)
                    .trackTotalHits(t -> t.enabled(false))
                    .sort(time(SortOrder.Asc));
            return after.isEmpty() ? r : r.searchAfter(after);
        });
    }

    /** Null if there is no index yet. */
    private String openPoint(Indices indices) {
        return elasticsearch.ask(
                client -> client.openPointInTime(p -> p.index(indices.alias()).keepAlive(k -> k.time(KEPT_ALIVE)))
                        .id(),
                null);
    }

    private void closePoint(String pit) {
        if (pit != null) {
            elasticsearch.ask(client -> client.closePointInTime(c -> c.id(pit)).succeeded(), true);
        }
    }

    /** How many there are, without limit of time. */
    long countAtAnyTime(Search search) {
        var everywhen = new Search(search.kind(), search.query(), null, null, 0, false);
        Query query = query(everywhen, new ArrayList<>());
        return elasticsearch.count(
                CountRequest.of(c -> c.index(search.kind().indices().alias()).query(query)));
    }

    /** Who captured messages, those that captured most; not all if there are very many. */
    List<String> captureNodes() {
        var request = SearchRequest.of(r -> r.index(Indices.SIP.alias())
                .size(0)
                .trackTotalHits(t -> t.enabled(false))
                .timeout(config.searchTimeout().toSeconds() + "s")
                .aggregations(
                        "nodes", a -> a.terms(t -> t.field("observer.name").size(MAX_NODES))));
        var answer = elasticsearch.searchWhatAnswers(request, Void.class);
        return answer == null
                ? List.of()
                : values(answer.aggregations().get("nodes")).stream()
                        .map(Page.Value::value)
                        .sorted()
                        .toList();
    }

    /**
     * @param pit the point in time of the hits, null for now
     * @param after where the page begins, null for the first
     */
    private SearchRequest request(Search search, Query query, long interval, String pit, Cursor after) {
        return SearchRequest.of(r -> {
            r.query(query)
                    .trackTotalHits(t -> t.enabled(true))
                    .timeout(config.searchTimeout().toSeconds() + "s")
                    .size(0);
            if (pit != null) {
                r.pit(p -> p.id(pit).keepAlive(k -> k.time(KEPT_ALIVE)));
            } else {
                r.index(search.kind().indices().alias());
            }
            // Asked for no hits, Elasticsearch answers from its request cache where it can.
            if (search.size() > 0) {
                r.size(search.size() + 1 + (after == null ? 0 : after.shown().size()))
                        .sort(time(SortOrder.Desc));
            }
            if (after != null) {
                r.searchAfter(FieldValue.of(after.timestamp()), FieldValue.of(after.place()));
            }
            return search.counts() ? r.aggregations(aggregations(search.kind(), interval)) : r;
        });
    }

    /** Null if there is no index yet. */
    private SearchResponse<JsonData> ask(SearchRequest request, List<String> notes) {
        SearchResponse<JsonData> answer = elasticsearch.searchWhatAnswers(request, JsonData.class);
        if (answer != null && answer.timedOut()) {
            notes.add("The search took too long and was cut short: numbers are too low.");
        } else if (answer != null && answer.shards().failed().intValue() > 0) {
            notes.add("%s of %s parts of the index do not answer: what they hold is missing here."
                    .formatted(answer.shards().failed(), answer.shards().total()));
        }
        return answer;
    }

    private Query query(Search search, List<String> notes) {
        var query = compile(search, (kind, path, q) -> values(search, kind, path, q, notes));
        return QueryBuilders.bool()
                .filter(query)
                .filter(between("@timestamp", search.from(), search.to()))
                .build()
                ._toQuery();
    }

    /** @throws Refused 400 if the query cannot be answered, whatever there is; nothing is asked of Elasticsearch */
    static void check(Search search) {
        compile(search, (kind, path, query) -> List.of());
    }

    private static Query compile(Search search, QueryCompiler.Join join) {
        try {
            return QueryCompiler.compile(QueryParser.parse(search.query()), search.kind(), join);
        } catch (QueryError e) {
            throw Refused.badQuery(e.column(), e.getMessage());
        }
    }

    /**
     * Documents of a range of time.
     *
     * @param from inclusive, null for no limit but the epoch: over a range that is open there Elasticsearch makes no
     *     histogram of nanoseconds
     * @param to exclusive, null for no limit
     */
    static Query between(String field, Instant from, Instant to) {
        if (from == null && to == null) {
            return QueryBuilders.matchAll(m -> m);
        }
        Instant begin = from == null || from.isBefore(Instant.EPOCH) ? Instant.EPOCH : from;
        return QueryBuilders.range(r -> r.untyped(u -> {
            u.field(field).gte(JsonData.of(begin.toString()));
            return to == null ? u : u.lt(JsonData.of(to.toString()));
        }));
    }

    /** What a field has in the documents of a kind around the time of a search, the newest if there are too many. */
    private List<String> values(Search search, Kind kind, String path, Query query, List<String> notes) {
        // A call is filed under its begin: nothing of it is earlier. Its legs may be.
        boolean same = kind == search.kind();
        Instant from = !same && search.kind() == Kind.CALLS || search.from() == null
                ? search.from()
                : search.from().minus(LONGEST_CALL);
        Instant to = !same && kind == Kind.CALLS || search.to() == null
                ? search.to()
                : search.to().plus(LONGEST_CALL);
        var bool = QueryBuilders.bool().filter(query);
        bool.filter(between("@timestamp", from, to));
        var request = SearchRequest.of(r -> r.index(kind.indices().alias())
                .query(bool.build()._toQuery())
                .size(0)
                .trackTotalHits(t -> t.enabled(false))
                .timeout(config.searchTimeout().toSeconds() + "s")
                .aggregations("values", a -> a.terms(t -> t.field(path)
                                .size(MAX_JOINED)
                                .order(List.of(co.elastic.clients.util.NamedValue.of("newest", SortOrder.Desc))))
                        .aggregations("newest", n -> n.max(m -> m.field("@timestamp")))));
        var answer = ask(request, notes);
        if (answer == null || !answer.aggregations().get("values").isSterms()) {
            // No index has the field yet.
            return List.of();
        }
        var ids = answer.aggregations().get("values").sterms();
        if (ids.sumOtherDocCount() != null && ids.sumOtherDocCount() > 0) {
            notes.add("A part of this query is true of more than " + MAX_JOINED
                    + " calls: the newest are shown. A narrower time range shows all.");
        }
        return ids.buckets().array().stream()
                .map(bucket -> bucket.key().stringValue())
                .toList();
    }

    private static SortOptions time(SortOrder order) {
        return SortOptions.of(
                s -> s.field(f -> f.field("@timestamp").order(order).format(NANOS)));
    }

    private static Map<String, Aggregation> aggregations(Kind kind, long interval) {
        var aggregations = new LinkedHashMap<String, Aggregation>();
        for (Facets facet : Facets.of(kind)) {
            aggregations.put(facet.field(), facet.ranges().isEmpty() ? byValue(facet) : byRange(facet));
        }
        if (interval > 0) {
            aggregations.put(
                    "histogram",
                    Aggregation.of(a -> a.dateHistogram(h -> h.field("@timestamp")
                            .fixedInterval(i -> i.time(interval + "ms"))
                            .minDocCount(0))));
        }
        return aggregations;
    }

    private static Aggregation byValue(Facets facet) {
        return Aggregation.of(a -> a.terms(t -> t.field(facet.field()).size(FACET_VALUES)));
    }

    private static Aggregation byRange(Facets facet) {
        var ranges = facet.ranges().stream()
                .map(range -> AggregationRange.of(
                        r -> r.key(range.value("")).from(range.from()).to(range.to())))
                .toList();
        return Aggregation.of(a -> a.range(r -> r.field(facet.field()).ranges(ranges)));
    }

    /** Width of a bar, so that there are some but not too many; 0 if there is nothing. */
    private long interval(Search search, Query query) {
        if (search.from() != null && search.to() != null) {
            return interval(Duration.between(search.from(), search.to()).toMillis());
        }
        var request = SearchRequest.of(r -> r.index(search.kind().indices().alias())
                .query(query)
                .size(0)
                .trackTotalHits(t -> t.count(1))
                .aggregations("min", a -> a.min(m -> m.field("@timestamp")))
                .aggregations("max", a -> a.max(m -> m.field("@timestamp"))));
        var ends = elasticsearch.searchWhatAnswers(request, Void.class);
        return ends == null || ends.hits().total().value() == 0
                ? 0
                : interval((long) (ends.aggregations().get("max").max().value()
                        - ends.aggregations().get("min").min().value()));
    }

    static long interval(long millis) {
        for (long interval : INTERVALS) {
            if (millis / interval < BARS) {
                return interval;
            }
        }
        return INTERVALS.get(INTERVALS.size() - 1) * 10;
    }

    private static List<Page.Hit> hits(List<Hit<JsonData>> hits) {
        return hits(hits, "reversed");
    }

    /**
     * Elasticsearch would parse each document and write it anew, which took a tenth of what a page of them costs it.
     *
     * @param hidden what of "rhapsode" is for the index alone
     */
    private static List<Page.Hit> hits(List<Hit<JsonData>> hits, String... hidden) {
        return hits.stream()
                .map(hit -> new Page.Hit(
                        hit.id(),
                        Documents.without(hidden, hit.source().toJson().asJsonObject())))
                .toList();
    }

    private static Map<String, List<Page.Value>> facets(Kind kind, Map<String, Aggregate> aggregates) {
        var facets = new LinkedHashMap<String, List<Page.Value>>();
        for (Facets facet : Facets.of(kind)) {
            Aggregate aggregate = aggregates.get(facet.field());
            if (aggregate != null) {
                facets.put(facet.field(), values(aggregate));
            }
        }
        return facets;
    }

    private static List<Page.Value> values(Aggregate aggregate) {
        if (aggregate.isSterms()) {
            return aggregate.sterms().buckets().array().stream()
                    .map(bucket -> new Page.Value(bucket.key().stringValue(), bucket.docCount()))
                    .toList();
        }
        if (aggregate.isLterms()) {
            return aggregate.lterms().buckets().array().stream()
                    .map(bucket -> new Page.Value(String.valueOf(bucket.key()), bucket.docCount()))
                    .toList();
        }
        if (aggregate.isRange()) {
            return aggregate.range().buckets().array().stream()
                    .filter(bucket -> bucket.docCount() > 0)
                    .map(bucket -> new Page.Value(bucket.key(), bucket.docCount()))
                    .toList();
        }
        return List.of();
    }

    private static List<Page.Bar> histogram(Map<String, Aggregate> aggregates) {
        Aggregate histogram = aggregates.get("histogram");
        return histogram == null
                ? List.of()
                : histogram.dateHistogram().buckets().array().stream()
                        .map(bucket -> new Page.Bar(Instant.ofEpochMilli(bucket.key()), bucket.docCount()))
                        .toList();
    }

    /** The records of one Call-ID; of very many some are left out, the last in their order. */
    CallRecords calls(String callId) {
        // All that an INVITE begins have one score, and all others another.
        var query = QueryBuilders.bool(b -> b.filter(callIds(List.of(callId)))
                .should(q -> q.constantScore(
                        c -> c.filter(f -> f.term(t -> t.field("sip.method").value("INVITE"))))));
        var request = SearchRequest.of(r -> r.index(Indices.CALLS.alias())
                .query(query)
                .size(MAX_RECORDS)
                .sort(SortOptions.of(s -> s.score(score -> score.order(SortOrder.Desc))))
                .sort(time(SortOrder.Desc)));
        return new CallRecords(hits(request));
    }

    /** The calls that the same session joins, in order of begin, those of it alone that are in the index. */
    List<Page.Hit> session(String session) {
        var request = SearchRequest.of(r -> r.index(Indices.CALLS.alias())
                .query(q -> q.term(t -> t.field("rhapsode.call.session").value(session)))
                .size(MAX_LEGS)
                .sort(time(SortOrder.Asc)));
        return hits(request);
    }

    private List<Page.Hit> hits(SearchRequest request) {
        var answer = elasticsearch.search(request, JsonData.class);
        return answer == null ? List.of() : hits(answer.hits().hits());
    }

    /** Whether there is any document of this Call-ID. */
    boolean knows(String callId) {
        var aliases = Stream.of(Indices.values())
                .filter(Indices::isOfCalls)
                .map(Indices::alias)
                .toList();
        var request =
                CountRequest.of(c -> c.index(aliases).ignoreUnavailable(true).query(callIds(List.of(callId))));
        return elasticsearch.count(request) > 0;
    }

    /** In the order of capture, raw bytes included where the text does not say all. */
    Messages messages(String callId) {
        return messages(List.of(callId));
    }

    /** Likewise, of several calls. */
    Messages messages(List<String> callIds) {
        return documents(Indices.SIP, callIds);
    }

    /** What was told of the quality of the call's media, in order of time. */
    Messages media(String callId) {
        return documents(Indices.MEDIA, List.of(callId));
    }

    /** Log lines and other text that names the Call-ID, in order of time. */
    Messages logs(String callId) {
        return documents(Indices.LOGS, List.of(callId));
    }

    private Messages documents(Indices indices, List<String> callIds) {
        var request = SearchRequest.of(r -> r.index(indices.alias())
                .query(callIds(callIds))
                .size(MAX_MESSAGES)
                .trackTotalHits(t -> t.enabled(true))
                .sort(time(SortOrder.Asc)));
        var answer = elasticsearch.search(request, JsonData.class);
        if (answer == null) {
            return new Messages(0, List.of());
        }
        var hits = new ArrayList<>(hits(answer.hits().hits()));
        // Ids begin with the time in microseconds and go on with the place in the raw topic.
        hits.sort(Comparator.comparing(Page.Hit::id));
        return new Messages(answer.hits().total().value(), List.copyOf(hits));
    }

    private static Query callIds(List<String> callIds) {
        var values = callIds.stream().map(FieldValue::of).toList();
        return QueryBuilders.terms(t -> t.field("sip.call_id").terms(v -> v.value(values)));
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
