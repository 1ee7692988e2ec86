/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The record header {@value #KEY}: this record was on its topic before, became a dead letter of one reader, and is there
 * once more for that reader. All others have had it. Text: "reader/partition/offset".
 *
 * @param reader the application id or consumer group it is for
 * @param partition where the record was first
 * @param offset likewise
 */
public record Replayed(String reader, int partition, long offset) {

    /** The header's key. */
    public static final String KEY = "replayed";

    /** What the record says of itself; empty if it is no repetition, or says so in another way than this. */
    public static Optional<Replayed> of(Headers headers) {
        Header header = headers.lastHeader(KEY);
        return header == null || header.value() == null
                ? Optional.empty()
                : read(new String(header.value(), StandardCharsets.UTF_8));
    }

    private static Optional<Replayed> read(String text) {
        String[] parts = text.split("/", 4);
        if (parts.length != 3 || !parts[1].matches("\\d{1,5}") || !parts[2].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new Replayed(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2])));
    }

    public Header header() {
        return new RecordHeader(KEY, (reader + '/' + partition + '/' + offset).getBytes(StandardCharsets.UTF_8));
    }
}
