/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Indices;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An index by one of the names this program gives, of any generation, and the time its documents are of: a day's or an
 * hour's is told by the name; a year's (old captures that were read in late) is the day on which it was created.
 *
 * @param from when that time begins
 * @param until when it ends
 */
record DatedIndex(Indices kind, String name, Instant from, Instant until) {

    private static final Pattern TIME = Pattern.compile("-v\\d+-(\\d{4})(?:\\.(\\d{2})\\.(\\d{2})(?:\\.(\\d{2}))?)?");

    /** Empty for a name that is none of ours; for the index of held documents too, which is of no time. */
    static Optional<DatedIndex> of(Indices kind, String name, Instant created) {
        if (!name.startsWith(kind.alias())) {
            return Optional.empty();
        }
        Matcher time = TIME.matcher(name.substring(kind.alias().length()));
        if (!time.matches()) {
            return Optional.empty();
        }
        if (time.group(2) == null) {
            return Optional.of(during(kind, name, created.truncatedTo(ChronoUnit.DAYS), ChronoUnit.DAYS));
        }
        try {
            Instant day = LocalDate.parse(time.group(1) + "-" + time.group(2) + "-" + time.group(3))
                    .atStartOfDay()
                    .toInstant(ZoneOffset.UTC);
            if (time.group(4) == null) {
                return Optional.of(during(kind, name, day, ChronoUnit.DAYS));
            }
            int hour = Integer.parseInt(time.group(4));
            return hour > 23
                    ? Optional.empty()
                    : Optional.of(during(kind, name, day.plus(hour, ChronoUnit.HOURS), ChronoUnit.HOURS));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static DatedIndex during(Indices kind, String name, Instant from, ChronoUnit unit) {
        return new DatedIndex(kind, name, from, from.plus(1, unit));
    }
}
