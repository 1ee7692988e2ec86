/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/**
 * The days whose documents are filed by the hour.
 *
 * @param from the first
 * @param until the first that is not; {@link LocalDate#MAX} if there is none
 */
record HourlyDays(LocalDate from, LocalDate until) {

    static final HourlyDays NONE = new HourlyDays(LocalDate.MAX, LocalDate.MAX);

    /**
     * @param text {@code 2026-12-01}, {@code 2026-12-01/2027-03-01}, or empty
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static HourlyDays parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] days = text.split("/", -1);
        try {
            var from = LocalDate.parse(days[0]);
            var until = days.length == 1 ? LocalDate.MAX : LocalDate.parse(days[1]);
            if (days.length > 2 || !from.isBefore(until)) {
                throw new IllegalArgumentException("must be FROM or FROM/UNTIL, the second the later day");
            }
            return new HourlyDays(from, until);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("must be a day such as 2026-12-01, or two with a / between", e);
        }
    }

    boolean includes(LocalDate day) {
        return !day.isBefore(from) && day.isBefore(until);
    }
}
