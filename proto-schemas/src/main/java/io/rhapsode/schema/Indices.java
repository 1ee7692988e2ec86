/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The Elasticsearch indices: one kind a document type, each with a template in {@code resources/elasticsearch} and an
 * alias to read from. An index holds the documents of one UTC day (or, where the indexer is told so, hour); what was captured more than a week before it was
 * received (old capture files) goes into an index of its year, so that no sender can make more indices than there are
 * days. The choice rests on the two times alone: a replay chooses the same index again.
 */
public enum Indices {

    /** One document a SIP message. */
    SIP("rhapsode-sip", 1),

    /** One document a call. */
    CALLS("rhapsode-calls", 1),

    /** One document a packet, or a SIP message, that tells of media quality. */
    MEDIA("rhapsode-media", 1),

    /** One document a log line or other packet of text that is no SIP. */
    LOGS("rhapsode-logs", 1),

    /** One document a stage, capture node, minute and outcome. */
    COUNTS("rhapsode-counts", 1),

    /** One document a dimension, value and minute of key figures, and part of it. */
    KPIS("rhapsode-kpis", 1);

    private static final long LATE_MICROS = Duration.ofDays(7).toSeconds() * 1_000_000;

    private static final long DAY_MICROS = Duration.ofDays(1).toSeconds() * 1_000_000;
    private static final DateTimeFormatter DAY_FORMAT = DateTimeFormatter.ofPattern("uuuu.MM.dd", Locale.ROOT);

    /** An index by the days since 1970-01-01 UTC: mostly the next document is of the same, and its name need not be made. */
    private record OfDay(long day, String index) {}

    private volatile OfDay latest = new OfDay(Long.MIN_VALUE, "");

    private final String alias;
    private final int generation;

    Indices(String alias, int generation) {
        this.alias = alias;
        this.generation = generation;
    }

    /** The name to read from: all indices of this kind. */
    public String alias() {
        return alias;
    }

    /** What the names of this kind's indices begin with: alias and generation of the mapping, "rhapsode-sip-v1-". */
    public String prefix() {
        return alias + "-v" + generation + "-";
    }

    /** The index for documents of calls that are held, whatever their day: of no age, so that no age deletes it. */
    public String held() {
        return prefix() + "held";
    }

    /** Whether documents of this kind belong to calls, by their Call-ID. */
    public boolean isOfCalls() {
        return this != COUNTS && this != KPIS;
    }

    /** Resource name of the index template. */
    public String template() {
        return "/elasticsearch/" + alias + ".json";
    }

    /**
     * The index for a document of this time, for example {@code rhapsode-sip-v1-2026.11.24} or, if it is over a week
     * old on arrival, {@code rhapsode-sip-v1-2019}.
     *
     * @param atMicros the document's time, microseconds since 1970-01-01 UTC
     * @param receivedMicros when it was received, likewise
     */
    public String indexFor(long atMicros, long receivedMicros) {
        long day = Math.floorDiv(atMicros, DAY_MICROS);
        if (isLate(atMicros, receivedMicros)) {
            return prefix() + LocalDate.ofEpochDay(day).getYear();
        }
        var known = latest;
        if (known.day != day) {
            known = new OfDay(day, prefix() + DAY_FORMAT.format(LocalDate.ofEpochDay(day)));
            latest = known;
        }
        return known.index;
    }

    /** Whether a document of this time, received then, goes to an index of its year; both in microseconds. */
    public static boolean isLate(long atMicros, long receivedMicros) {
        return receivedMicros - atMicros > LATE_MICROS;
    }
}
