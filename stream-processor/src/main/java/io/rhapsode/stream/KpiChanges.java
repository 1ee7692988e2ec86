/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.stream.state.Change;
import io.rhapsode.stream.state.Changes;
import io.rhapsode.stream.state.Share;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;

/**
 * By how much the key figures have changed since they were taken out last, all calls together. It is taken out before
 * the tick ends in which it came about: what is in memory at a commit would be lost with the process.
 */
final class KpiChanges {

    /** A record stays far below Kafka's 1 MiB. */
    private static final int MOST_IN_A_RECORD = 1_000;

    private record Place(String place, long minute) {}

    private final Map<Place, KpiCounts> changes = new HashMap<>();

    /** The one takes the place of the other. */
    void replace(Share before, Share after) {
        if (before.equals(after)) {
            return;
        }
        before.getPlaceList()
                .forEach(place -> counts(place, before.getMinuteS()).subtract(before.getAmounts()));
        after.getPlaceList().forEach(place -> counts(place, after.getMinuteS()).add(after.getAmounts()));
    }

    private KpiCounts counts(String place, long minute) {
        return changes.computeIfAbsent(new Place(place, minute), ignored -> new KpiCounts());
    }

    /** Gives out all changes, a record or more for each dimension, and forgets them. */
    void takeOut(BiConsumer<Bytes, Changes> records) {
        var byDimension = new HashMap<String, Changes.Builder>();
        changes.forEach((place, counts) -> {
            if (counts.isEmpty()) {
                return;
            }
            int slash = place.place.indexOf('/');
            String dimension = place.place.substring(0, slash);
            var record = byDimension.computeIfAbsent(dimension, ignored -> Changes.newBuilder());
            record.addChange(Change.newBuilder()
                    .setValue(place.place.substring(slash + 1))
                    .setMinuteS(place.minute)
                    .setAmounts(counts.amounts()));
            if (record.getChangeCount() == MOST_IN_A_RECORD) {
                records.accept(key(dimension), byDimension.remove(dimension).build());
            }
        });
        byDimension.forEach((dimension, record) -> records.accept(key(dimension), record.build()));
        changes.clear();
    }

    private static Bytes key(String dimension) {
        return Bytes.wrap(dimension.getBytes(StandardCharsets.UTF_8));
    }
}
