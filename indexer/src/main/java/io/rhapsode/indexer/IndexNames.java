/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * Names of the indices that documents go to: those of {@link Indices#indexFor}, with the hour behind the day on days
 * that are set for it. The name rests on the document's two times and the setting alone, so that a replay chooses the
 * same again; and so that this holds when the setting is changed, a day is never filed in both ways.
 *
 * @param hourly by kind; a kind that is not in it is never filed by the hour
 */
record IndexNames(Map<Indices, HourlyDays> hourly) {

    static final IndexNames DAILY = new IndexNames(Map.of());

    /**
     * @param atMicros the document's time, microseconds since 1970-01-01 UTC
     * @param receivedMicros when it was received, likewise
     */
    String of(Indices kind, long atMicros, long receivedMicros) {
        String name = kind.indexFor(atMicros, receivedMicros);
        var days = days(kind);
        if (days == HourlyDays.NONE || Indices.isLate(atMicros, receivedMicros)) {
            return name;
        }
        var time = Instant.ofEpochSecond(Math.floorDiv(atMicros, 1_000_000L)).atOffset(ZoneOffset.UTC);
        return days.includes(time.toLocalDate()) ? "%s.%02d".formatted(name, time.getHour()) : name;
    }

    /**
     * Sees to it that no document comes to lie in two indices.
     *
     * @param there the indices of that kind
     * @throws IOException if a day is already filed in the other way
     */
    void check(Indices kind, List<DatedIndex> there) throws IOException {
        for (var index : there) {
            boolean byHour = index.name().matches(".*\\.\\d{2}\\.\\d{2}\\.\\d{2}");
            boolean byDay = !byHour && index.name().contains(".");
            boolean toBeByHour =
                    days(kind).includes(index.from().atOffset(ZoneOffset.UTC).toLocalDate());
            if (index.name().startsWith(kind.prefix()) && (byHour && !toBeByHour || byDay && toBeByHour)) {
                throw new IOException("index " + index.name() + " is there, while RHAPSODE_HOURLY_" + kind
                        + " files that day by the " + (toBeByHour ? "hour" : "day")
                        + ": its documents could come to be there twice");
            }
        }
    }

    private HourlyDays days(Indices kind) {
        return hourly.getOrDefault(kind, HourlyDays.NONE);
    }
}
