/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.StageCount;
import io.rhapsode.stream.state.Tally;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Counts what became of each raw record, by capture node and minute of receipt, and publishes what changed each
 * second. The store is written with every record, so that a count and the offset it speaks of are committed together.
 */
final class CountProcessor implements Processor<Bytes, Parsed, String, StageCount> {

    static final String STORE = "counts";
    static final String STAGE = "stream-processor";

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int PUBLISHED_A_TICK = 5_000;
    private static final int FORGOTTEN_A_TICK = 5_000;
    private static final int MOST_NODES = 1_000;
    private static final int MOST_IN_MEMORY = 10_000;
    private static final String OTHER_NODES = "(other)";

    /** So long a minute can still be counted up; what comes later is counted under an instance of its own. */
    private static final long KEPT_S = Duration.ofHours(24).toSeconds();

    private static final long HOUR_S = 3_600;

    private final String stage;
    private final Set<String> nodes = new HashSet<>();
    private final Set<Bytes> changed = new LinkedHashSet<>();
    private final Map<Name, Bytes> keys = new HashMap<>();

    /** What the store has, of the keys in use. */
    private final Map<Bytes, Tally> tallies = new HashMap<>();

    private ProcessorContext<String, StageCount> context;
    private KeyValueStore<Bytes, Tally> store;
    private long latestMinute;

    /** @param stage under which it is counted, {@value #STAGE} in the first generation */
    CountProcessor(String stage) {
        this.stage = stage;
    }

    private record Name(String node, long minute, String outcome, String reason) {}

    @Override
    public void init(ProcessorContext<String, StageCount> context) {
        // A task that was a standby meanwhile, or is restored after a failed commit, has the processors it had before.
        nodes.clear();
        changed.clear();
        keys.clear();
        tallies.clear();
        latestMinute = 0;
        this.context = context;
        store = context.getStateStore(STORE);
        var unreadable = new LinkedHashSet<Bytes>();
        try (var tallies = store.all()) {
            while (tallies.hasNext()) {
                var entry = tallies.next();
                if (entry.value == null) {
                    unreadable.add(entry.key);
                    continue;
                }
                latestMinute = Math.max(latestMinute, entry.value.getMinuteS());
                bounded(entry.value.getCaptureNode());
                if (entry.value.getCount() != entry.value.getPublished()) {
                    changed.add(entry.key);
                }
            }
        }
        unreadable.forEach(store::delete);
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    }

    @Override
    public void process(Record<Bytes, Parsed> record) {
        var parsed = record.value();
        // A gateway whose clock is ahead must not make the others' minutes old.
        long seconds = Math.min(parsed.receivedMicros() / 1_000_000, context.currentSystemTimeMs() / 1_000 + 60);
        long minute = seconds - seconds % 60;
        advance(minute);
        boolean dead = parsed.deadLetter() != null;
        var name = new Name(
                bounded(parsed.captureNode()),
                minute,
                dead ? "dead-lettered" : "parsed",
                dead ? parsed.deadLetter().getReason() : "");
        Bytes key = keys.get(name);
        if (key == null) {
            key = key(name, instance(minute));
            keys.put(name, key);
        }
        var tally = get(key);
        put(
                key,
                (tally == null ? first(name) : tally.toBuilder())
                        .setCount(tally == null ? 1 : tally.getCount() + 1)
                        .build());
        changed.add(key);
    }

    private Tally get(Bytes key) {
        var tally = tallies.get(key);
        return tally == null ? store.get(key) : tally;
    }

    private void put(Bytes key, Tally tally) {
        store.put(key, tally);
        tallies.put(key, tally);
    }

    private void advance(long minute) {
        if (minute / HOUR_S > latestMinute / HOUR_S) {
            nodes.clear();
        }
        if (minute > latestMinute || tallies.size() >= MOST_IN_MEMORY) {
            keys.clear();
            tallies.clear();
        }
        latestMinute = Math.max(latestMinute, minute);
    }

    private String bounded(String node) {
        if (nodes.size() < MOST_NODES) {
            nodes.add(node);
        }
        return nodes.contains(node) ? node : OTHER_NODES;
    }

    private Tally.Builder first(Name name) {
        return Tally.newBuilder()
                .setInstance(instance(name.minute))
                .setCaptureNode(name.node)
                .setMinuteS(name.minute)
                .setOutcome(name.outcome)
                .setReason(name.reason);
    }

    /** A minute that was forgotten would begin at 0 again; under another instance's name it adds up all the same. */
    private String instance(long minute) {
        String partition = "partition-" + context.taskId().partition();
        return minute >= latestMinute - KEPT_S ? partition : partition + "-late-" + latestMinute / HOUR_S;
    }

    /** The minute first, so that the oldest are found first. Late ones are filed under the hour they came in. */
    private Bytes key(Name name, String instance) {
        boolean late = name.minute < latestMinute - KEPT_S;
        byte[] rest = (instance + '/' + name.node + '/' + name.minute + '/' + name.outcome + '/' + name.reason)
                .getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(late ? latestMinute - latestMinute % HOUR_S : name.minute)
                .put(rest)
                .array());
    }

    private void tick() {
        var keysToPublish = changed.iterator();
        for (int i = 0; i < PUBLISHED_A_TICK && keysToPublish.hasNext(); i++) {
            Bytes key = keysToPublish.next();
            keysToPublish.remove();
            var tally = get(key);
            if (tally != null) {
                publish(tally);
                put(key, tally.toBuilder().setPublished(tally.getCount()).build());
            }
        }
        if (changed.isEmpty()) {
            forget();
        }
    }

    private void publish(Tally tally) {
        var count = StageCount.newBuilder()
                .setStage(stage)
                .setInstance(tally.getInstance())
                .setCaptureNode(tally.getCaptureNode())
                .setMinuteS(tally.getMinuteS())
                .setOutcome(tally.getOutcome())
                .setReason(tally.getReason())
                .setCount(tally.getCount())
                .build();
        context.forward(new Record<>(key(count), count, context.currentSystemTimeMs()));
    }

    /** The key on the topic, as stage_count.proto says. */
    static String key(StageCount count) {
        return String.join(
                "/",
                count.getStage(),
                count.getInstance(),
                count.getCaptureNode(),
                Long.toString(count.getMinuteS()),
                count.getOutcome(),
                count.getReason());
    }

    private void forget() {
        long horizon = latestMinute - KEPT_S - HOUR_S;
        if (horizon <= 0) {
            return;
        }
        var from = Bytes.wrap(new byte[Long.BYTES]);
        var to = Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(horizon).array());
        var old = new LinkedHashSet<Bytes>();
        try (var tallies = store.range(from, to)) {
            while (tallies.hasNext() && old.size() < FORGOTTEN_A_TICK) {
                old.add(tallies.next().key);
            }
        }
        old.forEach(store::delete);
    }
}
