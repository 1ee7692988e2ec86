/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.Message;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Share;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps the open calls of one partition, and publishes them: a call that changed at most once a second, and each a
 * last time when nothing more is waited for. What must survive a restart is in the store; the rest is made from it.
 *
 * <p>With the calls it gives out by how much they change the key figures ({@link KpiChanges}), keyed by dimension.
 */
final class CallProcessor implements Processor<Bytes, SipMessage, Bytes, Message> {

    static final String STORE = "open-calls";

    private static final Duration TICK = Duration.ofMillis(100);
    private static final long ROUND_MICROS = 1_000_000;

    /** What one tick may do: 50,000 records and 20,000 closings a second, far above what a partition takes in. */
    private static final int PUBLISHED_A_TICK = 5_000;

    private static final int CLOSED_A_TICK = 2_000;

    private final CallLimits limits;
    private final int mostOpen;
    private final KpiDimensions dimensions;
    private final StreamMetrics metrics;

    private final KpiChanges kpis = new KpiChanges();
    private final ExpiryBuckets expiry = new ExpiryBuckets();
    private Set<Bytes> changed = new LinkedHashSet<>();
    private Set<Bytes> toPublish = new LinkedHashSet<>();
    private long roundEndedAt;

    private ProcessorContext<Bytes, Message> context;
    private KeyValueStore<Bytes, OpenCall> store;
    private ArrivalClock clock;

    /** @param mostOpen how many calls may be open in this partition; beyond it the one next to close is closed early */
    CallProcessor(CallLimits limits, int mostOpen, KpiDimensions dimensions, StreamMetrics metrics) {
        this.limits = limits;
        this.mostOpen = mostOpen;
        this.dimensions = dimensions;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, Message> context) {
        this.context = context;
        store = context.getStateStore(STORE);
        clock = new ArrivalClock(readOpenCalls(), wallMicros());
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    }

    private long readOpenCalls() {
        long latest = 0;
        try (var calls = store.all()) {
            while (calls.hasNext()) {
                var entry = calls.next();
                var call = entry.value;
                latest = Math.max(latest, call.getLastArrivalUs());
                expiry.notLaterThan(entry.key, limits.closesAt(call, CallOutcome.of(call, false)));
                if (call.getPublishedRevision() != call.getRevision()) {
                    changed.add(entry.key);
                }
            }
        }
        metrics.openCalls(expiry.size());
        return latest;
    }

    @Override
    public void process(Record<Bytes, SipMessage> record) {
        Bytes callId = record.key();
        long wall = wallMicros();
        clock.record(record.value().getPacket().getReceivedAtUs(), wall);
        int open = expiry.size();
        var call = CallAggregator.add(store.get(callId), record.value(), clock.now(wall));
        store.put(callId, call);
        changed.add(callId);
        expiry.notLaterThan(callId, limits.closesAt(call, CallOutcome.of(call, false)));
        if (expiry.size() > mostOpen) {
            metrics.closedEarly();
            close(expiry.poll());
            forwardKpis();
        }
        metrics.openCalls(expiry.size() - open);
    }

    private void tick() {
        int open = expiry.size();
        publishChanged();
        closeExpired();
        forwardKpis();
        metrics.openCalls(expiry.size() - open);
    }

    /** A round starts a second after the last one ended, so that no call is published twice within one second. */
    private void publishChanged() {
        if (toPublish.isEmpty()) {
            if (changed.isEmpty() || wallMicros() - roundEndedAt < ROUND_MICROS) {
                return;
            }
            var empty = toPublish;
            toPublish = changed;
            changed = empty;
        }
        Iterator<Bytes> calls = toPublish.iterator();
        for (int i = 0; i < PUBLISHED_A_TICK && calls.hasNext(); i++) {
            Bytes callId = calls.next();
            calls.remove();
            var call = store.get(callId);
            if (call != null) {
                var share = publish(callId, call, CallOutcome.of(call, false));
                store.put(
                        callId,
                        call.toBuilder()
                                .setPublishedRevision(call.getRevision())
                                .setShare(share)
                                .build());
            }
        }
        roundEndedAt = wallMicros();
    }

    private void closeExpired() {
        long now = clock.now(wallMicros());
        for (int i = 0; i < CLOSED_A_TICK; i++) {
            Bytes callId = expiry.pollDue(now);
            if (callId == null) {
                return;
            }
            var call = store.get(callId);
            long closesAt = limits.closesAt(call, CallOutcome.of(call, false));
            if (closesAt > now) {
                expiry.notLaterThan(callId, closesAt);
            } else {
                close(callId);
            }
        }
    }

    private void close(Bytes callId) {
        var call = store.get(callId);
        var known = CallOutcome.of(call, false);
        var outcome = CallOutcome.of(call, true);
        if (!known.equals(outcome)) {
            publish(callId, call.toBuilder().setRevision(call.getRevision() + 1).build(), outcome);
        } else if (call.getPublishedRevision() != call.getRevision()) {
            publish(callId, call, outcome);
        }
        store.delete(callId);
        changed.remove(callId);
        toPublish.remove(callId);
        metrics.closed(outcome.state());
    }

    /** Returns what the record counts for in the key figures. */
    private Share publish(Bytes callId, OpenCall call, CallOutcome outcome) {
        String text = new String(callId.get(), StandardCharsets.UTF_8);
        var record = outcome.record(text, call);
        forward(callId, record);
        metrics.published();
        var share = CallShare.of(record, dimensions);
        kpis.replace(call.getShare(), share);
        return share;
    }

    private void forwardKpis() {
        kpis.takeOut(this::forward);
    }

    private void forward(Bytes key, Message value) {
        context.forward(new Record<>(key, value, context.currentSystemTimeMs()));
    }

    private long wallMicros() {
        return context.currentSystemTimeMs() * 1_000;
    }

    @Override
    public void close() {
        metrics.openCalls(-expiry.size());
    }
}
