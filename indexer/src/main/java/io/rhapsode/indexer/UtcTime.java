/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A time as Elasticsearch reads it, ISO 8601 with microseconds, written without a String. */
final class UtcTime {

    /** Bytes of "2026-11-24T08:30:00.000001Z". */
    static final int LENGTH = 27;

    private static final long LAST =
            Instant.parse("9999-12-31T23:59:59.999999Z").getEpochSecond() * 1_000_000 + 999_999;
    private static final long DAY = 86_400_000_000L;

    private UtcTime() {}

    /**
     * @param micros microseconds since 1970-01-01 UTC; what is outside of the years 1970 to 9999 is written in as many
     *     characters but as the nearest time within
     * @return the position after it
     */
    static int write(long micros, byte[] to, int at) {
        long time = Math.max(0, Math.min(LAST, micros));
        byte[] day = day(time / DAY);
        System.arraycopy(day, 0, to, at, 10);
        long inDay = time % DAY;
        int second = (int) (inDay / 1_000_000);
        to[at + 10] = 'T';
        digits(second / 3600, 2, to, at + 11);
        to[at + 13] = ':';
        digits(second / 60 % 60, 2, to, at + 14);
        to[at + 16] = ':';
        digits(second % 60, 2, to, at + 17);
        to[at + 19] = '.';
        digits((int) (inDay % 1_000_000), 6, to, at + 20);
        to[at + 26] = 'Z';
        return at + LENGTH;
    }

    private record Day(long number, byte[] text) {}

    /** The day written last: nearly every time is of the same one. Immutable, so that any thread may see any. */
    private static volatile Day last = new Day(0, "1970-01-01".getBytes(StandardCharsets.US_ASCII));

    private static byte[] day(long number) {
        Day known = last;
        if (known.number != number) {
            String text = Instant.ofEpochSecond(number * 86_400).toString().substring(0, 10);
            known = new Day(number, text.getBytes(StandardCharsets.US_ASCII));
            last = known;
        }
        return known.text;
    }

    private static void digits(int value, int count, byte[] to, int at) {
        for (int i = at + count - 1; i >= at; i--, value /= 10) {
            to[i] = (byte) ('0' + value % 10);
        }
    }
}
