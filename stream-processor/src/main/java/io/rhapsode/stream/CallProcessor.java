/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the open calls of one partition, and publishes them: a call that changed at most once a second, and each a
 * last time when nothing more is waited for. What must survive a restart is in the store; the rest is made from it.
 */
final class CallProcessor implements Processor<Bytes, SipMessage, Bytes, Call> {

    static final String STORE = "open-calls";

    private static final Logger LOG = LoggerFactory.getLogger(CallProcessor.class);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final long ROUND_MICROS = 1_000_000;

    /** What one tick may do: 50,000 records and 20,000 closings a second, far above what a partition takes in. */
    private static final int PUBLISHED_A_TICK = 5_000;

    private static final int CLOSED_A_TICK = 2_000;

    /** Kafka takes no record of over 1 MiB, in the changelog either; a call has a hundredth of this. */
    private static final int LONGEST_STATE = 500_000;

    private final CallLimits limits;
    private final int mostOpen;
    private final long firstRevision;
    private final StreamMetrics metrics;

    private final ExpiryBuckets expiry = new ExpiryBuckets();
    private Set<Bytes> changed = new LinkedHashSet<>();
    private Set<Bytes> toPublish = new LinkedHashSet<>();
    private long roundEndedAt;

    private ProcessorContext<Bytes, Call> context;
    private KeyValueStore<Bytes, OpenCall> store;
    private ArrivalClock clock;

    /**
     * @param mostOpen how many calls may be open in this partition; beyond it the one next to close is closed early
     * @param firstRevision added to the revisions of what is published
     */
    CallProcessor(CallLimits limits, int mostOpen, long firstRevision, StreamMetrics metrics) {
        this.limits = limits;
        this.mostOpen = mostOpen;
        this.firstRevision = firstRevision;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, Call> context) {
        this.context = context;
        store = context.getStateStore(STORE);
        clock = new ArrivalClock(readOpenCalls(), wallMicros());
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    }

    private long readOpenCalls() {
        long latest = 0;
        var unusable = new ArrayList<Bytes>();
        try (var calls = store.all()) {
            while (calls.hasNext()) {
                var entry = calls.next();
                if (entry.value == null || !isTakenUp(entry.key, entry.value)) {
                    unusable.add(entry.key);
                } else {
                    latest = Math.max(latest, entry.value.getLastArrivalUs());
                }
            }
        }
        unusable.forEach(store::delete);
        if (!unusable.isEmpty()) {
            LOG.error("{} calls cannot be gone on with and begin anew with their next message", unusable.size());
        }
        metrics.openCalls(expiry.size());
        return latest;
    }

    /** False if there is something about the call that this program fails at: it must not keep the others from going on. */
    private boolean isTakenUp(Bytes callId, OpenCall call) {
        try {
            expiry.notLaterThan(callId, closesAt(call));
        } catch (RuntimeException e) {
            metrics.unusableState();
            return false;
        }
        if (call.getPublishedRevision() != call.getRevision()) {
            changed.add(callId);
        }
        return true;
    }

    private long closesAt(OpenCall call) {
        return limits.closesAt(call, CallOutcome.of(call, false));
    }

    @Override
    public void process(Record<Bytes, SipMessage> record) {
        Bytes callId = record.key();
        long wall = wallMicros();
        clock.record(record.value().getPacket().getReceivedAtUs(), wall);
        int open = expiry.size();
        var call = CallAggregator.add(store.get(callId), record.value(), clock.now(wall));
        if (call.getSerializedSize() > LONGEST_STATE) {
            throw new IllegalStateException("the call's state would be too long: " + call.getSerializedSize());
        }
        long closesAt = closesAt(call);
        store.put(callId, call);
        changed.add(callId);
        expiry.notLaterThan(callId, closesAt);
        try {
            if (expiry.size() > mostOpen) {
                metrics.closedEarly();
                lookAt(expiry.poll(), this::close);
            }
        } finally {
            metrics.openCalls(expiry.size() - open);
        }
    }

    private void tick() {
        int open = expiry.size();
        try {
            publishChanged();
            closeExpired();
        } finally {
            metrics.openCalls(expiry.size() - open);
        }
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
            lookAt(callId, this::publish);
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
            lookAt(callId, (id, call) -> closeIfExpired(id, call, now));
        }
    }

    private void closeIfExpired(Bytes callId, OpenCall call, long now) {
        long closesAt = closesAt(call);
        if (closesAt > now) {
            expiry.notLaterThan(callId, closesAt);
        } else {
            close(callId, call);
        }
    }

    /** Gives the call up, with a dead letter of its state, if this program fails at it: else it would again and again. */
    private void lookAt(Bytes callId, BiConsumer<Bytes, OpenCall> look) {
        var call = store.get(callId);
        if (call == null) {
            return;
        }
        try {
            look.accept(callId, call);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) {
            forget(callId);
            expiry.remove(callId);
            throw new PoisonRecords.CallFailed(callId.get(), call.toByteArray(), e);
        }
    }

    private void close(Bytes callId, OpenCall call) {
        var known = CallOutcome.of(call, false);
        var outcome = CallOutcome.of(call, true);
        if (!known.equals(outcome)) {
            publish(callId, call.toBuilder().setRevision(call.getRevision() + 1).build(), outcome);
        } else if (call.getPublishedRevision() != call.getRevision()) {
            publish(callId, call, outcome);
        }
        forget(callId);
        metrics.closed(outcome.state());
    }

    private void forget(Bytes callId) {
        store.delete(callId);
        changed.remove(callId);
        toPublish.remove(callId);
    }

    private void publish(Bytes callId, OpenCall call) {
        publish(callId, call, CallOutcome.of(call, false));
        store.put(
                callId,
                call.toBuilder().setPublishedRevision(call.getRevision()).build());
    }

    private void publish(Bytes callId, OpenCall call, CallOutcome outcome) {
        String text = new String(callId.get(), StandardCharsets.UTF_8);
        var record = outcome.record(text, call);
        if (firstRevision > 0) {
            record = record.toBuilder()
                    .setRevision(firstRevision + record.getRevision())
                    .build();
        }
        context.forward(new Record<>(callId, record, context.currentSystemTimeMs()));
        metrics.published();
    }

    private long wallMicros() {
        return context.currentSystemTimeMs() * 1_000;
    }

    @Override
    public void close() {
        metrics.openCalls(-expiry.size());
    }
}
