/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import io.rhapsode.stream.state.Change;
import io.rhapsode.stream.state.Changes;
import io.rhapsode.stream.state.Sum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Sums up by how much key figures have changed, and publishes those that did: of the latest minutes once a second, of
 * older ones once in ten, since each call that ends late changes its own. Where a dimension has more values than are
 * published in that time, those that have waited longest go first, and what changes again meanwhile goes once.
 *
 * <p>A minute that is over a day old is forgotten. What changes it later is summed by the hour it came in: a part of its
 * own, so that it adds to what was published before and does not replace it.
 */
final class KpiProcessor implements Processor<Bytes, Changes, Bytes, Kpi> {

    static final String STORE = "kpis";

    /** More values of a dimension in one minute are counted together. */
    static final int MOST_VALUES = 1_000;

    static final String OTHER = "(other)";

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int TICKS_OF_OLDER = 10;
    private static final long LATEST_S = 120;
    private static final int LATEST_A_TICK = 100;
    private static final int OLDER_A_TICK = LATEST_A_TICK * TICKS_OF_OLDER;
    private static final int FORGOTTEN_A_TICK = 5_000;
    private static final long KEPT_S = Duration.ofHours(24).toSeconds();
    private static final long HOUR_S = 3_600;

    /** Nobody can make us keep the minutes of centuries: what comes late beyond this counts for its hour of arrival. */
    private static final int MOST_LATE = 200_000;

    private final StreamMetrics metrics;
    private final Map<String, Changed> changed = new HashMap<>();

    /** How many values each minute has in each dimension, and each late hour in all; by what they are kept by. */
    private final TreeMap<Long, Map<String, Integer>> values = new TreeMap<>();

    private ProcessorContext<Bytes, Kpi> context;
    private KeyValueStore<Bytes, Sum> store;
    private int ticks;

    /** Of one dimension what is to be published, in the order in which it changed first, and when that was. */
    private record Changed(Map<Bytes, Long> latest, Map<Bytes, Long> older) {

        Changed() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        /** Milliseconds; {@link Long#MAX_VALUE} if there is nothing. */
        long oldest() {
            return Stream.of(latest, older)
                    .filter(keys -> !keys.isEmpty())
                    .mapToLong(keys -> keys.values().iterator().next())
                    .min()
                    .orElse(Long.MAX_VALUE);
        }
    }

    KpiProcessor(StreamMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, Kpi> context) {
        // A task that was a standby meanwhile, or is restored after a failed commit, has the processors it had before.
        changed.clear();
        values.clear();
        this.context = context;
        store = context.getStateStore(STORE);
        try (var sums = store.all()) {
            while (sums.hasNext()) {
                var entry = sums.next();
                if (entry.value == null) {
                    continue;
                }
                countValue(entry.value.toBuilder());
                if (entry.value.getRevision() != entry.value.getPublishedRevision()) {
                    changed(entry.value.getDimension()).older.put(entry.key, context.currentSystemTimeMs());
                }
            }
        }
        metrics.publishedUpTo(this, context.currentSystemTimeMs());
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    }

    @Override
    public void process(Record<Bytes, Changes> record) {
        String dimension = new String(record.key().get(), StandardCharsets.UTF_8);
        record.value().getChangeList().forEach(change -> add(dimension, change));
    }

    private void add(String dimension, Change change) {
        long now = nowSeconds();
        boolean late = change.getMinuteS() < now - KEPT_S;
        var name = Sum.newBuilder()
                .setDimension(dimension)
                .setValue(change.getValue())
                .setMinuteS(change.getMinuteS())
                .setPart(late ? now - now % HOUR_S : 0);
        Bytes key = key(name);
        var known = store.get(key);
        if (known == null && isFull(name)) {
            metrics.kpiOfOthers();
            key = key(name.setValue(OTHER).setMinuteS(late ? name.getPart() : name.getMinuteS()));
            known = store.get(key);
        }
        if (known == null) {
            countValue(name);
        }
        var sum = known == null ? name : known.toBuilder();
        var counts = new KpiCounts().add(sum.getAmounts()).add(change.getAmounts());
        store.put(
                key,
                sum.setAmounts(counts.amounts())
                        .setRevision(Math.max(sum.getRevision() + 1, context.currentSystemTimeMs() * 1_000))
                        .build());
        var toPublish = changed(dimension);
        (change.getMinuteS() >= now - LATEST_S ? toPublish.latest : toPublish.older)
                .putIfAbsent(key, context.currentSystemTimeMs());
    }

    private Changed changed(String dimension) {
        return changed.computeIfAbsent(dimension, ignored -> new Changed());
    }

    private boolean isFull(Sum.Builder name) {
        int counted = values.getOrDefault(keptBy(name), Map.of()).getOrDefault(group(name), 0);
        return counted >= (name.getPart() == 0 ? MOST_VALUES : MOST_LATE);
    }

    private void countValue(Sum.Builder name) {
        values.computeIfAbsent(keptBy(name), ignored -> new HashMap<>()).merge(group(name), 1, Integer::sum);
    }

    /** What has a bound of its own. */
    private static String group(Sum.Builder name) {
        return name.getPart() == 0 ? name.getDimension() : "";
    }

    private static long keptBy(Sum.Builder name) {
        return name.getPart() == 0 ? name.getMinuteS() : name.getPart();
    }

    /** What it is kept by comes first, so that the oldest are found first. */
    private static Bytes key(Sum.Builder name) {
        byte[] rest = (name.getDimension() + '/' + name.getValue() + '/' + name.getMinuteS() + '/' + name.getPart())
                .getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(keptBy(name))
                .put(rest)
                .array());
    }

    private void tick() {
        changed.values().forEach(dimension -> publish(dimension.latest, LATEST_A_TICK));
        if (++ticks % TICKS_OF_OLDER == 0) {
            changed.values().forEach(dimension -> publish(dimension.older, OLDER_A_TICK));
            forget();
        }
        long unpublished =
                changed.values().stream().mapToLong(Changed::oldest).min().orElse(Long.MAX_VALUE);
        metrics.publishedUpTo(this, Math.min(unpublished, context.currentSystemTimeMs()));
    }

    private void publish(Map<Bytes, Long> keys, int most) {
        Iterator<Bytes> toPublish = keys.keySet().iterator();
        for (int i = 0; i < most && toPublish.hasNext(); i++) {
            Bytes key = toPublish.next();
            toPublish.remove();
            var sum = store.get(key);
            if (sum != null && sum.getRevision() != sum.getPublishedRevision()) {
                publish(sum);
                store.put(
                        key,
                        sum.toBuilder().setPublishedRevision(sum.getRevision()).build());
            }
        }
    }

    private void publish(Sum sum) {
        var kpi = record(sum);
        byte[] key = KpiFigures.key(kpi).getBytes(StandardCharsets.UTF_8);
        context.forward(new Record<>(Bytes.wrap(key), kpi, context.currentSystemTimeMs()));
        metrics.kpiPublished();
    }

    /** As the topic has it. */
    static Kpi record(Sum sum) {
        var kpi = Kpi.newBuilder()
                .setDimension(sum.getDimension())
                .setValue(sum.getValue())
                .setMinuteS(sum.getMinuteS())
                .setPart(sum.getPart())
                .setRevision(sum.getRevision());
        new KpiCounts().add(sum.getAmounts()).addTo(kpi);
        KpiFigures.derive(kpi);
        return kpi.build();
    }

    private void forget() {
        long horizon = nowSeconds() - KEPT_S - HOUR_S;
        var from = Bytes.wrap(new byte[Long.BYTES]);
        var to = Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(horizon).array());
        var old = new ArrayList<Bytes>();
        try (var sums = store.range(from, to)) {
            for (int i = 0; i < FORGOTTEN_A_TICK && sums.hasNext(); i++) {
                old.add(sums.next().key);
            }
        }
        old.forEach(store::delete);
        values.headMap(horizon).clear();
    }

    @Override
    public void close() {
        metrics.publishesNoMore(this);
    }

    private long nowSeconds() {
        return context.currentSystemTimeMs() / 1_000;
    }
}
