/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.stream.StreamProcessor;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * Waits until a stream-processor has done with what was there. That is more than reading it: calls of a backlog are
 * published up to half a minute after their last message, what they link comes round by topics of its own and changes
 * other calls, and key figures go by one more topic and are written once in ten seconds.
 */
final class Recomputation {

    private static final long LOOK_MS = 500;
    private static final long TOLD_EVERY_MS = 2_000;
    private static final long NOTHING_FOR_MS = 300_000;

    /** A thread commits three times a second: who is at work this long after has committed what was written before. */
    private static final long COMMITTED_WITHIN_MS = 1_000;

    /** While new calls come in nothing is ever at rest; links go round some three times. */
    private static final int MOST_ROUNDS = 5;

    private final StreamProcessor processor;
    private final GroupOffsets raw;
    private final GroupOffsets returns;
    private final Consumer<String> progress;

    /** How far it is, as one number, when that last was another, and when it was told last. */
    private long measure;

    private long measuredAt;
    private long toldAt = System.nanoTime() - TOLD_EVERY_MS * 1_000_000;

    /** When all packets were read. */
    private long readAt;

    /**
     * @param returns the topics that the stream-processor writes and reads again
     * @param progress told now and then how far it is
     */
    Recomputation(StreamProcessor processor, GroupOffsets raw, GroupOffsets returns, Consumer<String> progress) {
        this.processor = processor;
        this.raw = raw;
        this.returns = returns;
        this.progress = progress;
    }

    /**
     * Returns, when what was there at the begin is read and published, how many packets came in since.
     *
     * @throws StartRefused if it does not get any further
     */
    long await() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = raw.ends();
        awaitRead(raw, ends, "%,d packets to read"::formatted);
        awaitPublished();
        return GroupOffsets.left(raw.ends(), raw.read());
    }

    /** Round by round, until one has moved nothing. */
    private void awaitPublished() throws ExecutionException, InterruptedException {
        readAt = System.nanoTime();
        Map<TopicPartition, Long> before = Map.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            awaitPublishedUpTo(System.currentTimeMillis());
            // What an earlier run had left counts as changed when the state was read again: by now that is past.
            awaitPublishedUpTo(System.currentTimeMillis() + COMMITTED_WITHIN_MS);
            Map<TopicPartition, Long> ends = returns.ends();
            awaitRead(returns, ends, "%,d links, reports and changes of key figures to read"::formatted);
            if (ends.equals(before)) {
                return;
            }
            before = ends;
        }
    }

    private void awaitPublishedUpTo(long millis) throws InterruptedException {
        begin();
        for (long upTo = processor.publishedUpTo(); upTo < millis; upTo = processor.publishedUpTo()) {
            goOn(upTo, "All of it is read; calls and key figures are being written (%d s)".formatted(seconds()));
        }
    }

    private void awaitRead(GroupOffsets topics, Map<TopicPartition, Long> ends, LongFunction<String> what)
            throws ExecutionException, InterruptedException {
        begin();
        Map<TopicPartition, Long> read = topics.read();
        while (!topics.isRead(ends, read)) {
            long left = GroupOffsets.left(ends, read);
            goOn(left, what.apply(left));
            read = topics.read();
        }
    }

    private long seconds() {
        return (System.nanoTime() - readAt) / 1_000_000_000;
    }

    private void begin() {
        measuredAt = System.nanoTime();
    }

    private void goOn(long measure, String state) throws InterruptedException {
        processor.trouble().ifPresent(trouble -> {
            throw new StartRefused("It does not go on: " + trouble + ".");
        });
        long now = System.nanoTime();
        if (measure != this.measure) {
            this.measure = measure;
            measuredAt = now;
        }
        if (now - measuredAt > NOTHING_FOR_MS * 1_000_000) {
            throw new StartRefused("It is not done, and has not got any further for " + NOTHING_FOR_MS / 1_000 + " s ("
                    + state + "). What is done is kept: the same command goes on from there.");
        }
        if (now - toldAt >= TOLD_EVERY_MS * 1_000_000) {
            progress.accept(state);
            toldAt = now;
        }
        Thread.sleep(LOOK_MS);
    }
}
