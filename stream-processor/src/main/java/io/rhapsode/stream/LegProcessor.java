/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.stream.state.Leg;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Where calls of one join key meet: each that is announced is linked to those that were, lately, and both are told. A key
 * that is a Call-ID comes to the partition of that call, and so meets the call itself among the open ones.
 */
final class LegProcessor implements Processor<Bytes, Leg, Bytes, CallLink> {

    static final String STORE = "legs";

    /** More calls of one key within the window than any that belong together: the key says nothing, or is a test's. */
    private static final int MOST_LEGS = 32;

    private static final int MOST_LEGS_BY_BEGIN = 8;

    /** Longer than agents differ in how late they are; the rules themselves go by the calls' own times. */
    private static final long BEGIN_WINDOW = Duration.ofMinutes(2).toMillis() * 1_000;

    /** So long a key is kept by the wall clock as well: the partitions of a backlog are not read side by side. */
    private static final long KEPT = Duration.ofMinutes(1).toMillis() * 1_000;

    private static final Duration TICK = Duration.ofSeconds(10);

    /** A tick looks at so many keys and two for each that came, so that more go than come. */
    private static final int SWEPT_A_TICK = 1_000;

    private final long windowMicros;
    private final StreamMetrics metrics;

    private ProcessorContext<Bytes, CallLink> context;
    private KeyValueStore<Bytes, Legs> store;
    private KeyValueStore<Bytes, OpenCall> openCalls;
    private ArrivalClock clock;
    private Bytes sweptTo;
    private int toSweep;

    /** @param windowMicros how long a call is remembered under a key that names one session */
    LegProcessor(long windowMicros, StreamMetrics metrics) {
        this.windowMicros = windowMicros;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, CallLink> context) {
        this.context = context;
        store = context.getStateStore(STORE);
        openCalls = context.getStateStore(CallProcessor.STORE);
        clock = new ArrivalClock(0, wallMicros());
        sweptTo = null;
        toSweep = 0;
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, ignored -> sweep());
    }

    @Override
    public void process(Record<Bytes, Leg> record) {
        long arrival = record.timestamp() * 1_000;
        clock.record(arrival, wallMicros());
        toSweep += 2;
        Bytes key = record.key();
        Leg leg = record.value().toBuilder()
                .setArrivalUs(arrival)
                .setStoredUs(wallMicros())
                .build();
        Legs before = store.get(key);
        var after = Legs.newBuilder();
        Leg known = null;
        for (Leg other : before == null ? Legs.getDefaultInstance().getLegsList() : before.getLegsList()) {
            if (other.getCallId().equals(leg.getCallId())) {
                known = other;
            } else if (!isOver(other, arrival)) {
                after.addLegs(other);
            }
        }
        if (after.getLegsCount() >= most(leg)) {
            metrics.legKeyFull();
            return;
        }
        for (Leg other : after.getLegsList()) {
            join(leg, known, other, record.timestamp());
        }
        if (known == null) {
            joinNamed(key, leg, record.timestamp());
        }
        store.put(key, after.addLegs(leg).build());
    }

    /** Those that were joined before are only told where they are joined by a surer rule now. */
    private void join(Leg leg, Leg known, Leg other, long timestamp) {
        LinkRule rule = LinkRules.between(leg, other);
        LinkRule before = known == null ? null : LinkRules.between(known, other);
        if (rule != null && (before == null || rule.getNumber() < before.getNumber())) {
            link(leg, other, rule, timestamp);
        }
    }

    private void joinNamed(Bytes key, Leg leg, long timestamp) {
        if (LinkRules.namesCall(LinkRules.rule(leg))) {
            var named = openCalls.get(key);
            if (named != null) {
                link(leg, named(key, named), LinkRules.rule(leg), timestamp);
            }
        }
    }

    /** A call as a leg under its own Call-ID. */
    static Leg named(Bytes callId, OpenCall call) {
        return Leg.newBuilder()
                .setCallId(new String(callId.get(), StandardCharsets.UTF_8))
                .setBeginUs(call.getBeginAtUs())
                .build();
    }

    private void link(Leg one, Leg other, LinkRule rule, long timestamp) {
        forward(LinkRules.link(one, other, rule), timestamp);
        forward(LinkRules.link(other, one, rule), timestamp);
    }

    private void forward(CallLink link, long timestamp) {
        context.forward(new Record<>(key(link.getCallId()), link, timestamp));
        metrics.linked();
    }

    static Bytes key(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static int most(Leg leg) {
        return LinkRules.isOfBegin(LinkRules.rule(leg)) ? MOST_LEGS_BY_BEGIN : MOST_LEGS;
    }

    private boolean isOver(Leg leg, long now) {
        return leg.getArrivalUs() + (LinkRules.isOfBegin(LinkRules.rule(leg)) ? BEGIN_WINDOW : windowMicros) < now;
    }

    /**
     * Walks through the store, from where the last tick stopped, and drops keys when the window of their last call is
     * over. So nothing is in memory for when each is due.
     */
    private void sweep() {
        long wall = wallMicros();
        long now = clock.now(wall);
        Bytes from = sweptTo;
        sweptTo = null;
        int most = SWEPT_A_TICK + toSweep;
        toSweep = 0;
        try (var keys = store.range(from, null)) {
            for (int i = 0; keys.hasNext(); i++) {
                var entry = keys.next();
                if (i == most) {
                    sweptTo = entry.key;
                    return;
                }
                if (entry.value == null
                        || entry.value.getLegsList().stream()
                                .allMatch(leg -> isOver(leg, now) && leg.getStoredUs() + KEPT < wall)) {
                    store.put(entry.key, null);
                }
            }
        }
    }

    private long wallMicros() {
        return context.currentSystemTimeMs() * 1_000;
    }
}
