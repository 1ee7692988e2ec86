/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

/**
 * The id of one message: 26 characters of base 32 (digits and the letters a to v, so that text order is number order)
 * made of its time and its place in rhapsode.raw.v1. Unique, the same at every replay, and in order of time, which
 * keeps Elasticsearch's look-up of ids cheap.
 */
public final class MessageId {

    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

    private MessageId() {}

    /**
     * @param atMicros the message's time, microseconds since 1970-01-01 UTC, not negative
     * @param partition of rhapsode.raw.v1, 0 to 32767
     * @param offset in that partition
     */
    public static String of(long atMicros, int partition, long offset) {
        var id = new char[26];
        write(id, 0, 11, atMicros);
        write(id, 11, 3, partition);
        write(id, 14, 12, offset);
        return new String(id);
    }

    public static String of(SipMessage message) {
        return of(message.getAtUs(), message.getRawPartition(), message.getRawOffset());
    }

    public static String of(MediaReport report) {
        return of(report.getAtUs(), report.getRawPartition(), report.getRawOffset());
    }

    public static String of(LogEvent event) {
        return of(event.getAtUs(), event.getRawPartition(), event.getRawOffset());
    }

    private static void write(char[] id, int from, int length, long value) {
        for (int i = from + length - 1; i >= from; i--, value >>>= 5) {
            id[i] = DIGITS[(int) value & 31];
        }
    }
}
