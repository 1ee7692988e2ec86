/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.aggregations.Aggregate;
import co.elastic.clients.elasticsearch._types.aggregations.Aggregation;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch._types.query_dsl.QueryBuilders;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.util.NamedValue;
import io.rhapsode.schema.Generation;
import io.rhapsode.schema.Indices;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What came in and what became of it, stage by stage, so that a reader can tell "no such call" from "not there yet" and
 * "lost". Packets are counted by the minute of their receipt at a gateway.
 */
public final class StatusReport {

    private static final String GATEWAY = "ingest-gateway";
    private static final String STREAM = "stream-processor";
    private static final String INDEXER = "indexer";
    private static final int MAX_KEYS = 100;
    private static final int MAX_RUNS = 1_000;

    /** A gateway says each minute that it has told all: one that said nothing for longer than three is not heard. */
    static final Duration HEARD_WITHIN = Duration.ofMinutes(3);

    /** One that was not heard for longer, and did not say that it closes, is not waited for any more. */
    static final Duration WAITED_FOR = Duration.ofDays(7);

    /** Where every parsed packet has one document. */
    private static final List<String> PACKETS =
            List.of(Indices.SIP.alias(), Indices.MEDIA.alias(), Indices.LOGS.alias());

    private final Elasticsearch elasticsearch;
    private final Generation generation;

    /** @param generation of the stream-processor and the indexer; the gateways are of none */
    StatusReport(Elasticsearch elasticsearch, Generation generation) {
        this.elasticsearch = elasticsearch;
        this.generation = generation;
    }

    /**
     * The numbers of a range of time.
     *
     * @param counts by stage, outcome and reason ("" where the outcome needs none)
     * @param indexed documents of packets received in the range: SIP messages, media reports, log events
     * @param newest receipt of the newest of them, null if there is none
     * @param gateways that have counts to tell of the range
     */
    public record Numbers(
            Map<String, Map<String, Map<String, Long>>> counts, long indexed, Instant newest, Gateways gateways) {

        long of(String stage, String outcome) {
            return reasons(stage, outcome).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }

        Map<String, Long> reasons(String stage, String outcome) {
            return counts.getOrDefault(stage, Map.of()).getOrDefault(outcome, Map.of());
        }

        public long received() {
            return of(GATEWAY, "received");
        }

        public long sent() {
            return of(GATEWAY, "sent");
        }

        public long parsed() {
            return of(STREAM, "parsed");
        }

        /** Those that are still dead letters: what was put back has its outcome counted anew. */
        public long deadLettered() {
            return deadLettered(STREAM) + deadLettered(INDEXER);
        }

        private long deadLettered(String stage) {
            return of(stage, "dead-lettered") - of(stage, "replayed");
        }

        /** Lost for good: the kernel's drops, and what could not be given to Kafka. */
        public long lost() {
            return of(GATEWAY, "dropped") + of(GATEWAY, "failed");
        }

        /** In Kafka, and not parsed or dead-lettered yet. */
        public long toParse() {
            return Math.max(0, sent() - parsed() - deadLettered(STREAM));
        }

        /** Parsed, and not searchable yet. */
        public long toIndex() {
            return Math.max(0, parsed() - indexed - deadLettered(INDEXER));
        }

        /**
         * How many more were parsed or dead-lettered than the gateways have counted as sent. Their counts come within seconds;
         * what stays was sent by one that ended before it could tell its last counts, and may have received more than that.
         */
        public long uncounted() {
            return Math.max(0, parsed() + deadLettered(STREAM) - sent());
        }

        public String verdict() {
            if (lost() > 0) {
                return "lost";
            }
            if (toParse() + toIndex() > 0) {
                return "behind";
            }
            if (!gateways.silent().isEmpty()) {
                return "silent";
            }
            return uncounted() > 0 ? "uncounted" : "complete";
        }

        /** The verdict in a sentence, for a page. */
        public String sentence() {
            return switch (verdict()) {
                case "lost" ->
                    counted(lost(), "packet", "packets") + " reached a gateway and " + (lost() == 1 ? "was" : "were")
                            + " lost: what is missing may be among them.";
                case "behind" ->
                    counted(toParse() + toIndex(), "message is", "messages are")
                            + " still on the way to the index: what is missing may be among them.";
                case "silent" ->
                    "No news from " + gateways.silence()
                            + ": what came in since then is not counted here, and may be missing.";
                case "uncounted" ->
                    counted(uncounted(), "more was", "more were")
                            + " parsed than the gateways have counted: their last counts are on the way, or one of"
                            + " them ended before it could tell them. What it had received and not sent by then is not"
                            + " known.";
                default ->
                    "Complete: everything that was received is searchable, or was rejected for the reasons below.";
            };
        }

        public long dropped() {
            return of(GATEWAY, "dropped");
        }

        /** The reasons behind the numbers, for a page: only lists that have any. */
        public List<Reasons> lists() {
            return Stream.of(
                            new Reasons("Rejected by the gateways", reasons(GATEWAY, "rejected")),
                            new Reasons("Not sent to Kafka", reasons(GATEWAY, "failed")),
                            new Reasons("Dead-lettered", merged(this)))
                    .filter(list -> !list.reasons().isEmpty())
                    .toList();
        }
    }

    private static String counted(long number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }

    public record Reasons(String title, Map<String, Long> reasons) {}

    /**
     * @param from inclusive, null for no limit; minutes count as a whole
     * @param to exclusive, null for no limit
     * @throws Refused 400 if it is not after the other
     */
    Numbers numbers(Instant from, Instant to) {
        Parameters.checkOrder(from, to);
        var counts = counts(CallStore.between("@timestamp", from, to));
        var gateways = gateways(to, Instant.now());
        var request = SearchRequest.of(r -> r.index(PACKETS)
                .ignoreUnavailable(true)
                .allowNoIndices(true)
                .query(packets(from, to))
                .size(0)
                .trackTotalHits(t -> t.enabled(true))
                .aggregations("newest", a -> a.max(m -> m.field("event.created"))));
        var answer = elasticsearch.search(request, Void.class);
        return answer == null
                ? new Numbers(counts, 0, null, gateways)
                : new Numbers(counts, answer.hits().total().value(), newest(answer.aggregations()), gateways);
    }

    /** A report out of a SIP message is no packet of its own: the message is counted. */
    private static Query packets(Instant from, Instant to) {
        return QueryBuilders.bool(b -> b.filter(CallStore.between("event.created", from, to))
                .mustNot(q -> q.term(t -> t.field("rhapsode.media.from_sip").value(true))));
    }

    private static Instant newest(Map<String, Aggregate> aggregates) {
        Aggregate newest = aggregates.get("newest");
        Double millis = newest == null ? null : newest.max().value();
        return millis == null || millis.isInfinite() || millis <= 0 ? null : Instant.ofEpochMilli(millis.longValue());
    }

    JsonObject json(Instant from, Instant to) {
        return json(numbers(from, to));
    }

    private static JsonObject json(Numbers numbers) {
        var lag = Json.createObjectBuilder()
                .add("packets_to_parse", numbers.toParse())
                .add("messages_to_index", numbers.toIndex());
        var json = Json.createObjectBuilder()
                .add("verdict", numbers.verdict())
                .add("received", numbers.received())
                .add("rejected", reasons(numbers.reasons(GATEWAY, "rejected")))
                .add("dropped", numbers.of(GATEWAY, "dropped"))
                .add("failed", reasons(numbers.reasons(GATEWAY, "failed")))
                .add("sent", numbers.sent())
                .add("parsed", numbers.parsed())
                .add("dead_lettered", reasons(merged(numbers)))
                .add("indexed", numbers.indexed())
                .add("uncounted", numbers.uncounted())
                .add("lag", lag)
                .add("told_until", told(numbers.gateways().toldUntil()))
                .add(
                        "silent",
                        Json.createArrayBuilder(numbers.gateways().silent().keySet()));
        if (numbers.newest() != null) {
            json.add("newest", numbers.newest().toString());
        }
        return json.build();
    }

    private static Map<String, Long> merged(Numbers numbers) {
        var merged = new TreeMap<String, Long>();
        for (String stage : List.of(STREAM, INDEXER)) {
            numbers.reasons(stage, "dead-lettered").forEach((reason, count) -> merged.merge(reason, count, Long::sum));
            numbers.reasons(stage, "replayed").forEach((reason, count) -> merged.merge(reason, -count, Long::sum));
        }
        merged.values().removeIf(count -> count == 0);
        return merged;
    }

    private static JsonObjectBuilder reasons(Map<String, Long> counts) {
        var json = Json.createObjectBuilder();
        counts.forEach((reason, count) -> json.add(reason.isEmpty() ? "unknown" : reason, count));
        return json;
    }

    private static JsonObjectBuilder told(Map<String, Instant> until) {
        var json = Json.createObjectBuilder();
        until.forEach((gateway, time) -> json.add(gateway, time.toString()));
        return json;
    }

    /** @param to end of the range of time, null for none */
    private Gateways gateways(Instant to, Instant now) {
        var answer = elasticsearch.search(lastWords(now.minus(WAITED_FOR)), Void.class);
        var runs = new TreeMap<String, Gateways.Run>();
        if (answer != null) {
            for (var run : answer.aggregations().get("run").sterms().buckets().array()) {
                boolean closed = run.aggregations().get("closed").filter().docCount() > 0;
                runs.put(run.key().stringValue(), new Gateways.Run(newest(run.aggregations()), closed));
            }
        }
        Instant heard = now.minus(HEARD_WITHIN);
        return Gateways.of(runs, to != null && to.isBefore(heard) ? to : heard);
    }

    /** What each run of a gateway said last of itself, in "newest", and whether it closed. */
    private static SearchRequest lastWords(Instant from) {
        var words = List.of(FieldValue.of(Gateways.TOLD), FieldValue.of(Gateways.CLOSED));
        var newest = Aggregation.of(a -> a.max(m -> m.field("@timestamp")));
        var closed = Aggregation.of(
                a -> a.filter(q -> q.term(t -> t.field("rhapsode.outcome").value(Gateways.CLOSED))));
        var byRun = Aggregation.of(a -> a.terms(t -> t.field("rhapsode.instance")
                        .size(MAX_RUNS)
                        .order(List.of(NamedValue.of("newest", SortOrder.Desc))))
                .aggregations("newest", newest)
                .aggregations("closed", closed));
        return SearchRequest.of(r -> r.index(Indices.COUNTS.alias())
                .query(q -> q.bool(b -> b.filter(CallStore.between("@timestamp", from, null))
                        .filter(f -> f.term(t -> t.field("rhapsode.stage").value(GATEWAY)))
                        .filter(f -> f.terms(t -> t.field("rhapsode.outcome").terms(v -> v.value(words))))))
                .size(0)
                .trackTotalHits(t -> t.enabled(false))
                .aggregations("run", byRun));
    }

    private Map<String, Map<String, Map<String, Long>>> counts(Query query) {
        var sum = Aggregation.of(a -> a.sum(s -> s.field("rhapsode.count")));
        var byReason = Aggregation.of(
                a -> a.terms(t -> t.field("rhapsode.reason").missing("").size(MAX_KEYS))
                        .aggregations("sum", sum));
        var byOutcome = Aggregation.of(
                a -> a.terms(t -> t.field("rhapsode.outcome").size(MAX_KEYS)).aggregations("reason", byReason));
        var request = SearchRequest.of(r -> r.index(Indices.COUNTS.alias())
                .query(query)
                .size(0)
                .trackTotalHits(t -> t.enabled(false))
                .aggregations(
                        "stage", a -> a.terms(t -> t.field("rhapsode.stage").size(MAX_KEYS))
                                .aggregations("outcome", byOutcome)));
        var answer = elasticsearch.search(request, Void.class);
        return answer == null ? Map.of() : ofGeneration(nested(answer.aggregations()));
    }

    /** Under the names of the stages in the first generation. */
    private Map<String, Map<String, Map<String, Long>>> ofGeneration(
            Map<String, Map<String, Map<String, Long>>> stages) {
        var named = new TreeMap<>(stages);
        for (String stage : List.of(STREAM, INDEXER)) {
            named.put(stage, stages.getOrDefault(generation.of(stage), Map.of()));
        }
        return named;
    }

    private static Map<String, Map<String, Map<String, Long>>> nested(Map<String, Aggregate> aggregates) {
        var stages = new TreeMap<String, Map<String, Map<String, Long>>>();
        for (var stage : aggregates.get("stage").sterms().buckets().array()) {
            var outcomes = new TreeMap<String, Map<String, Long>>();
            for (var outcome :
                    stage.aggregations().get("outcome").sterms().buckets().array()) {
                var reasons = new TreeMap<String, Long>();
                for (var reason :
                        outcome.aggregations().get("reason").sterms().buckets().array()) {
                    Double sum = reason.aggregations().get("sum").sum().value();
                    reasons.put(reason.key().stringValue(), sum == null ? 0 : sum.longValue());
                }
                outcomes.put(outcome.key().stringValue(), reasons);
            }
            stages.put(stage.key().stringValue(), outcomes);
        }
        return stages;
    }
}
