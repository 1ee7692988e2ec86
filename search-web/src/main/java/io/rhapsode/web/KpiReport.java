/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch._types.query_dsl.QueryBuilders;
import co.elastic.clients.elasticsearch.core.CountRequest;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Key figures by minute, or of several minutes together, of one dimension: {@link Kpi} says what each is. */
public final class KpiReport {

    static final String ALL = "all";

    /** A month of one value, or a day of 34 values, by minute. */
    private static final int MOST_DOCUMENTS = 50_000;

    /** What the stream-processor can be told to count by. */
    private static final Pattern DIMENSION = Pattern.compile("all|site|trunk-from|trunk-to|prefix:([1-9]|1[0-5])");

    private static final Duration DEFAULT_BACK = Duration.ofHours(1);
    private static final int MOST_MINUTES = 1_440;

    private final Elasticsearch elasticsearch;
    private final CallStore store;

    KpiReport(Elasticsearch elasticsearch, CallStore store) {
        this.elasticsearch = elasticsearch;
        this.store = store;
    }

    /**
     * What is asked for.
     *
     * @param value of the dimension, null for all of them, each for itself
     * @param minutes that one row is of
     */
    record Asked(String dimension, String value, Instant from, Instant to, int minutes) {

        static Asked of(Parameters parameters) {
            Instant from = parameters.time("from");
            Instant to = parameters.time("to");
            String dimension = parameters.text("dimension");
            var asked = new Asked(
                    dimension.isEmpty() ? ALL : dimension,
                    parameters.has("value") ? parameters.text("value") : null,
                    from != null ? from : (to == null ? Instant.now() : to).minus(DEFAULT_BACK),
                    to,
                    parameters.number("minutes", 1, 1, MOST_MINUTES));
            Parameters.checkOrder(asked.from, to);
            if (!DIMENSION.matcher(asked.dimension).matches()) {
                throw Refused.badRequest("'dimension' must be all, site, trunk-from, trunk-to or prefix:N, not '"
                        + Parameters.cut(asked.dimension) + "'");
            }
            return asked;
        }

        private long begin(long second) {
            return second - Math.floorMod(second, 60L * minutes);
        }
    }

    /** One value in one stretch of minutes. */
    public record Row(long begin, String value, Kpi figures) {}

    /** In the order of time, then of value. Minutes in which nothing began have no row. */
    List<Row> rows(Asked asked) {
        Query query = query(asked);
        checkNumber(query);
        var sums = new TreeMap<Row, Kpi.Builder>(
                Comparator.comparingLong(Row::begin).thenComparing(Row::value));
        try {
            store.each(Indices.KPIS, query, hits -> hits.forEach(hit -> add(asked, hit.document(), sums)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sums.entrySet().stream()
                .map(sum -> {
                    KpiFigures.derive(sum.getValue());
                    return new Row(
                            sum.getKey().begin(),
                            sum.getKey().value(),
                            sum.getValue().build());
                })
                .toList();
    }

    private static void add(Asked asked, JsonObject document, Map<Row, Kpi.Builder> sums) {
        var kpi = document.getJsonObject("rhapsode").getJsonObject("kpi");
        long second = Instant.parse(document.getString("@timestamp")).getEpochSecond();
        var name = new Row(asked.begin(second), kpi.getString("value", ""), null);
        KpiFigures.add(sums.computeIfAbsent(name, ignored -> Kpi.newBuilder()), counts(kpi));
    }

    private void checkNumber(Query query) {
        long number = elasticsearch.count(
                CountRequest.of(c -> c.index(Indices.KPIS.alias()).query(query)));
        if (number > MOST_DOCUMENTS) {
            throw Refused.badRequest("that is of " + number + " minutes and values, more than " + MOST_DOCUMENTS
                    + ": ask for one value or for less time");
        }
    }

    private static Query query(Asked asked) {
        return QueryBuilders.bool(b -> {
            b.filter(CallStore.between("@timestamp", asked.from, asked.to))
                    .filter(q -> q.term(t -> t.field("rhapsode.kpi.dimension").value(asked.dimension)));
            if (asked.value == null) {
                return b;
            }
            // What is empty is not in a document.
            return asked.value.isEmpty()
                    ? b.mustNot(q -> q.exists(e -> e.field("rhapsode.kpi.value")))
                    : b.filter(q -> q.term(t -> t.field("rhapsode.kpi.value").value(asked.value)));
        });
    }

    /** The document's counts; what follows from them is not read, but told of the sum. */
    private static Kpi counts(JsonObject kpi) {
        var counts = Kpi.newBuilder();
        for (var field : Kpi.getDescriptor().getFields()) {
            if (isCount(field) && kpi.containsKey(field.getName())) {
                counts.setField(field, kpi.getJsonNumber(field.getName()).longValue());
            }
        }
        read(kpi, "final_codes", "code", counts::putFinalCodes);
        read(kpi, "pdd_histogram", "from_ms", counts::putPddHistogram);
        read(kpi, "registration_codes", "code", counts::putRegistrationCodes);
        return counts.build();
    }

    private static boolean isCount(FieldDescriptor field) {
        return field.getNumber() >= Kpi.ATTEMPTS_FIELD_NUMBER
                && field.getNumber() <= Kpi.DUPLICATES_FIELD_NUMBER
                && !field.isMapField();
    }

    private static void read(JsonObject kpi, String name, String key, BiConsumer<Integer, Long> entries) {
        var map = kpi.getJsonObject(name);
        for (int i = 0; map != null && i < map.getJsonArray(key).size(); i++) {
            entries.accept(
                    map.getJsonArray(key).getInt(i),
                    map.getJsonArray("count").getJsonNumber(i).longValue());
        }
    }

    JsonObject json(Asked asked) {
        var rows = Json.createArrayBuilder();
        rows(asked).forEach(row -> rows.add(json(row)));
        return Json.createObjectBuilder()
                .add("dimension", asked.dimension)
                .add("minutes", asked.minutes)
                .add("rows", rows)
                .build();
    }

    private static JsonObjectBuilder json(Row row) {
        var json = Json.createObjectBuilder()
                .add("from", Instant.ofEpochSecond(row.begin).toString())
                .add("value", row.value);
        for (var field : Kpi.getDescriptor().getFields()) {
            if (isCount(field)) {
                json.add(field.getName(), (long) row.figures.getField(field));
            } else if (field.hasPresence() && row.figures.hasField(field)) {
                Object figure = row.figures.getField(field);
                if (figure instanceof Long millis) {
                    json.add(field.getName(), millis);
                } else {
                    json.add(field.getName(), Math.round((double) figure * 1_000) / 1_000.0);
                }
            }
        }
        return json.add("final_codes", json(row.figures.getFinalCodesMap()))
                .add("pdd_histogram", json(row.figures.getPddHistogramMap()))
                .add("registration_codes", json(row.figures.getRegistrationCodesMap()));
    }

    private static JsonObjectBuilder json(Map<Integer, Long> counts) {
        var json = Json.createObjectBuilder();
        new TreeMap<>(counts).forEach((key, count) -> json.add(Integer.toString(key), count));
        return json;
    }
}
