/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Date and time as people write them: ISO-8601, without a zone in UTC. */
public final class IsoTime {

    /** Characters of 2026-11-24. */
    public static final int DATE_LENGTH = 10;

    private IsoTime() {}

    /** @throws java.time.DateTimeException if it is none; a date alone is none */
    public static Instant of(String text) {
        boolean zoned =
                text.endsWith("Z") || text.lastIndexOf('+') > DATE_LENGTH || text.lastIndexOf('-') > DATE_LENGTH;
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
}
