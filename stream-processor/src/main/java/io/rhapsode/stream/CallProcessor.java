/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.Message;
import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.MediaReport;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Share;
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
 * Keeps the open calls of one partition, and publishes them: a call that changed at most once a second, less often while
 * a backlog is read, and each a last time when nothing more is waited for. What must survive a restart is in the store;
 * the rest is made from it.
 *
 * <p>With its record a call is announced under its join keys ({@link LegKey}); what {@link LegProcessor} makes of that
 * comes back as links, which are a part of the call like its messages; so are the reports on its media. With the
 * records goes by how much they change the key figures ({@link KpiChanges}).
 */
final class CallProcessor implements Processor<Bytes, Message, Bytes, Followed> {

    static final String STORE = "open-calls";

    private static final Logger LOG = LoggerFactory.getLogger(CallProcessor.class);

    private static final Duration TICK = Duration.ofMillis(100);

    /** This long without a tick, the thread was kept from its work: by a rebalance, by Kafka, or by the machine. */
    private static final long STANDSTILL_MICROS = 2_000_000;

    private static final long ROUND_MICROS = 1_000_000;

    /** What one tick may do: 50,000 records and 20,000 closings a second, far above what a partition takes in. */
    private static final int PUBLISHED_A_TICK = 5_000;

    private static final int CLOSED_A_TICK = 2_000;

    /** Kafka takes no record of over 1 MiB, in the changelog either; a call has a hundredth of this. */
    private static final int LONGEST_STATE = 500_000;

    private static final int MOST_ANNOUNCED = 32;

    /**
     * From a call's first message to the links of it, far behind: a round of publishing, two commits, and a few rounds of
     * sessions.
     */
    private static final long ROUND_TRIP_MICROS = 10_000_000;

    private final CallLimits limits;
    private final int mostOpen;
    private final KpiDimensions dimensions;
    private final long firstRevision;
    private final StreamMetrics metrics;

    // These begin anew in init: a task that was a standby meanwhile, or is restored after a failed commit, has the
    // processors it had before.
    private KpiChanges kpis;
    private ExpiryBuckets expiry;
    private Set<Bytes> changed;
    private Set<Bytes> toPublish;
    private BacklogWait waiting;
    private long roundEndedAt;
    private long tickedAt;

    /** What is in changed, and in toPublish, came there after these. */
    private long changedAfter;

    private long publishingAfter;

    private ProcessorContext<Bytes, Followed> context;
    private OpenCalls openCalls;
    private KeyValueStore<Bytes, Legs> legs;
    private ArrivalClock clock;

    /**
     * @param mostOpen how many calls may be open in this partition; beyond it the one next to close is closed early
     * @param firstRevision added to the revisions of what is published
     */
    CallProcessor(
            CallLimits limits, int mostOpen, KpiDimensions dimensions, long firstRevision, StreamMetrics metrics) {
        this.limits = limits;
        this.mostOpen = mostOpen;
        this.dimensions = dimensions;
        this.firstRevision = firstRevision;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Bytes, Followed> context) {
        this.context = context;
        kpis = new KpiChanges();
        expiry = new ExpiryBuckets();
        changed = new LinkedHashSet<>();
        toPublish = new LinkedHashSet<>();
        waiting = new BacklogWait();
        roundEndedAt = 0;
        tickedAt = wallMicros();
        changedAfter = tickedAt;
        publishingAfter = tickedAt;
        openCalls = new OpenCalls(context.getStateStore(STORE));
        legs = context.getStateStore(LegProcessor.STORE);
        clock = new ArrivalClock(readOpenCalls(), wallMicros());
        metrics.publishedUpTo(this, tickedAt / 1_000);
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, ignored -> tick());
    }

    private long readOpenCalls() {
        long latest = 0;
        var unusable = new ArrayList<Bytes>();
        try (var calls = openCalls.all()) {
            while (calls.hasNext()) {
                var entry = calls.next();
                if (entry.value == null || !isTakenUp(entry.key, entry.value)) {
                    unusable.add(entry.key);
                } else {
                    latest = Math.max(latest, entry.value.getLastArrivalUs());
                }
            }
        }
        unusable.forEach(openCalls::delete);
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
    public void process(Record<Bytes, Message> record) {
        if (record.value() instanceof CallLink link) {
            link(record.key(), link);
        } else if (record.value() instanceof MediaReport report) {
            addQuality(record.key(), report);
        } else {
            follow(record.key(), (SipMessage) record.value());
        }
    }

    private void follow(Bytes callId, SipMessage message) {
        long wall = wallMicros();
        clock.record(message.getPacket().getReceivedAtUs(), wall);
        int open = expiry.size();
        var before = open(callId);
        var call = CallAggregator.add(before, message, clock.now(wall));
        if (before == null) {
            call = call.toBuilder().setFollowedSinceUs(wall).build();
            linkThoseThatName(callId, call);
        }
        if (call.getSerializedSize() > LONGEST_STATE) {
            throw new IllegalStateException("the call's state would be too long: " + call.getSerializedSize());
        }
        long closesAt = closesAt(call);
        openCalls.put(callId, call);
        changed(callId, before == null, wall);
        expiry.notLaterThan(callId, closesAt);
        try {
            if (expiry.size() > mostOpen) {
                metrics.closedEarly();
                lookAt(expiry.poll(), this::close);
                forwardKpis();
            }
        } finally {
            metrics.openCalls(expiry.size() - open);
        }
    }

    /** Null if the call is not open, for which the store need not be asked. */
    private OpenCall open(Bytes callId) {
        return expiry.contains(callId) ? openCalls.get(callId) : null;
    }

    /** What came too late for its call is in the record of the other one. */
    private void link(Bytes callId, CallLink link) {
        var call = open(callId);
        if (call == null) {
            metrics.linkTooLate();
            return;
        }
        var linked = CallLinks.add(text(callId), call, link);
        if (linked != call) {
            openCalls.put(
                    callId,
                    linked.toBuilder().setRevision(call.getRevision() + 1).build());
            changed.add(callId);
        }
    }

    /** Of a call that is not open the report is on its own topic alone: it came late, or nobody sends its SIP here. */
    private void addQuality(Bytes callId, MediaReport report) {
        var call = open(callId);
        if (call == null) {
            metrics.reportOfNoCall();
            return;
        }
        openCalls.put(callId, CallQuality.add(call, report));
        changed(callId, false, wallMicros());
    }

    /** By a message or report; what links change does not wait, since they go on from call to call. */
    private void changed(Bytes callId, boolean isNew, long wall) {
        if (BacklogWait.isFor(behind(wall))) {
            waiting.add(callId, isNew, wall);
        } else {
            changed.add(callId);
        }
    }

    /** Other calls may name one before its first message is here: an agent's may be late. */
    private void linkThoseThatName(Bytes callId, OpenCall call) {
        var naming = legs.get(callId);
        if (naming == null) {
            return;
        }
        var named = LegProcessor.named(callId, call);
        for (var leg : naming.getLegsList()) {
            var rule = LinkRules.rule(leg);
            if (LinkRules.namesCall(rule) && !leg.getCallId().equals(named.getCallId())) {
                tell(LinkRules.link(leg, named, rule));
                tell(LinkRules.link(named, leg, rule));
            }
        }
    }

    private void tell(CallLink link) {
        context.forward(new Record<>(LegProcessor.key(link.getCallId()), Followed.of(link), arrivalMillis()));
        metrics.linked();
    }

    /** Announces the call under what is new of its keys, and tells its session where that has become earlier. */
    private OpenCall announce(Bytes callId, OpenCall call) {
        String text = text(callId);
        OpenCall.Builder announced = null;
        for (LegKey key : LegKey.of(text, call)) {
            int hash = key.hash();
            if (!call.getAnnouncedList().contains(hash) && call.getAnnouncedCount() < MOST_ANNOUNCED) {
                context.forward(new Record<>(LegProcessor.key(key.key()), Followed.of(key.leg()), arrivalMillis()));
                metrics.announced();
                announced = announced == null ? call.toBuilder() : announced;
                announced.addAnnounced(hash);
            }
        }
        if (announced != null && call.getAnnouncedBeginUs() == 0) {
            announced.setAnnouncedBeginUs(call.getBeginAtUs());
        }
        return CallLinks.tell(text, announced == null ? call : announced.build(), this::tell);
    }

    private void tick() {
        long wall = wallMicros();
        if (wall - tickedAt > STANDSTILL_MICROS) {
            clock.stoodStill(wall - tickedAt, wall);
        }
        tickedAt = wall;
        int open = expiry.size();
        try {
            publishChanged();
            closeExpired();
        } finally {
            forwardKpis();
            metrics.openCalls(expiry.size() - open);
        }
        metrics.publishedUpTo(this, unpublishedSince(wall) / 1_000);
    }

    /** No change that was made before is still to be published. */
    private long unpublishedSince(long wall) {
        if (changed.isEmpty()) {
            changedAfter = wall;
        }
        long since = Math.min(changedAfter, waiting.oldest());
        return toPublish.isEmpty() ? since : Math.min(since, publishingAfter);
    }

    /** A round starts a second after the last one ended, so that no call is published twice within one second. */
    private void publishChanged() {
        if (toPublish.isEmpty()) {
            long wall = wallMicros();
            if (wall - roundEndedAt < ROUND_MICROS) {
                return;
            }
            openCalls.forgetOld();
            publishingAfter = Math.min(changedAfter, waiting.oldest());
            waiting.takeInto(changed, wall, behind(wall));
            if (changed.isEmpty()) {
                return;
            }
            changedAfter = wall;
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

    private long behind(long wall) {
        return wall - clock.now(wall);
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
        } else if (mayStillBeLinked(call)) {
            expiry.notLaterThan(callId, now + CallLimits.LINGER);
        } else {
            close(callId, call);
        }
    }

    /** A backlog passes faster than links come round: what is read fast is kept for as long as they need. */
    private boolean mayStillBeLinked(OpenCall call) {
        return wallMicros() - call.getFollowedSinceUs() < ROUND_TRIP_MICROS && CallOutcome.isCall(call);
    }

    /** Gives the call up, with a dead letter of its state, if this program fails at it: else it would again and again. */
    private void lookAt(Bytes callId, BiConsumer<Bytes, OpenCall> look) {
        var call = openCalls.get(callId);
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
        openCalls.delete(callId);
        changed.remove(callId);
        toPublish.remove(callId);
        waiting.remove(callId);
    }

    private void publish(Bytes callId, OpenCall call) {
        if (call.getPublishedRevision() == call.getRevision()) {
            return;
        }
        var share = publish(callId, call, CallOutcome.of(call, false));
        openCalls.put(
                callId,
                announce(callId, call).toBuilder()
                        .setPublishedRevision(call.getRevision())
                        .setShare(share)
                        .build());
    }

    /** Returns what the record counts for in the key figures. */
    private Share publish(Bytes callId, OpenCall call, CallOutcome outcome) {
        var record = outcome.record(text(callId), call);
        if (firstRevision > 0) {
            record = record.toBuilder()
                    .setRevision(firstRevision + record.getRevision())
                    .build();
        }
        forward(callId, Followed.of(record));
        metrics.published();
        var share = CallShare.of(record, dimensions);
        kpis.replace(call.getShare(), share);
        return share;
    }

    private void forwardKpis() {
        kpis.takeOut((dimension, changes) -> forward(dimension, Followed.of(changes)));
    }

    private void forward(Bytes key, Followed value) {
        context.forward(new Record<>(key, value, context.currentSystemTimeMs()));
    }

    private static String text(Bytes callId) {
        return new String(callId.get(), StandardCharsets.UTF_8);
    }

    /** What goes around has the time of what it came of: a task takes the oldest first, and a backlog must not stand before it. */
    private long arrivalMillis() {
        return clock.now(wallMicros()) / 1_000;
    }

    private long wallMicros() {
        return context.currentSystemTimeMs() * 1_000;
    }

    @Override
    public void close() {
        metrics.openCalls(-expiry.size());
        metrics.publishesNoMore(this);
    }
}
