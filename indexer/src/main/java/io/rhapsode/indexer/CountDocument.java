/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.StageCount;

/** One document a count of a minute, fields as in the template {@link Indices#COUNTS}. */
final class CountDocument {

    private CountDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var count = StageCount.parseFrom(value);
        long minute = count.getMinuteS() * 1_000_000;
        String id = String.join(
                "/",
                count.getStage(),
                count.getInstance(),
                count.getCaptureNode(),
                Long.toString(count.getMinuteS()),
                count.getOutcome(),
                count.getReason());
        // A count never falls, so it is its own version; the same count may come again.
        Document.action(
                json, names.of(Indices.COUNTS, minute, minute), Document.idPart(id), count.getCount(), "external_gte");
        json.object().time("@timestamp", minute);
        json.object("observer").text("name", count.getCaptureNode()).end();
        json.object("rhapsode")
                .text("stage", count.getStage())
                .text("instance", count.getInstance())
                .text("outcome", count.getOutcome())
                .text("reason", count.getReason())
                .number("count", count.getCount())
                .end()
                .end()
                .newline();
    }
}
