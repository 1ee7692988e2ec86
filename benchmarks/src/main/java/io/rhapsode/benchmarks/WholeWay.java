/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Calls at an even rate through the whole standalone; what was sent against what the API finds afterwards. */
@Command(
        name = "whole-way",
        description = "Calls at an even rate from the wire to the index: lost, doubled, lag at the end.")
final class WholeWay implements Callable<Integer> {

    private static final long GIVE_UP_NANOS = 120_000_000_000L;

    @Option(names = "--rate", defaultValue = "5000", description = "Messages a second (default ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--seconds", defaultValue = "300", description = "How long (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "240",
            description = "Seconds before, in which the servers' code is compiled: two thirds at half the rate, since"
                    + " at the full one the compilers wait for the servers, then at the full one (default"
                    + " ${DEFAULT-VALUE}).")
    private int warmUp;

    @Override
    public Integer call() throws Exception {
        try (Target target = Target.start()) {
            int calls = Math.toIntExact((long) rate * seconds / CallLoad.MESSAGES_PER_CALL);
            int slow = Math.max(1, rate / 2);
            int slowCalls = Math.toIntExact((long) slow * warmUp * 2 / 3 / CallLoad.MESSAGES_PER_CALL);
            int warmUpCalls = Math.toIntExact((long) rate * warmUp / 3 / CallLoad.MESSAGES_PER_CALL);
            System.out.printf(
                    "%d s to warm up, then %,d calls at %,d messages/s for %d s.%n", warmUp, calls, rate, seconds);
            long before = new CallLoad(target.gateway(), "warm-slow").send(slowCalls, slow, null)
                    + new CallLoad(target.gateway(), "warm-full").send(warmUpCalls, rate, null);
            long warmed = System.nanoTime();
            awaitTotal(target, "callid:warm-*", before);
            double coldLag = (System.nanoTime() - warmed) / 1e9;

            Duration busyBefore = target.processorTime();
            long begin = System.nanoTime();
            long sent = new CallLoad(target.gateway(), "load").send(calls, rate, null);
            long end = System.nanoTime();
            long found = awaitTotal(target, "callid:load-*", sent);
            double lag = (System.nanoTime() - end) / 1e9;
            double perSecond = sent / ((end - begin) / 1e9);

            double cpuMicros = target.processorTime().minus(busyBefore).toNanos() / 1e3 / sent;
            long whole = awaitWhole(target, calls);
            System.out.printf(
                    "Sent %,d in %.1f s (%,.0f/s); found %,d, all of them %.1f s after the last was sent; %,d of %,d calls"
                            + " with their %d messages.%n",
                    sent, (end - begin) / 1e9, perSecond, found, lag, whole, calls, CallLoad.MESSAGES_PER_CALL);
            new Result("whole-way", perSecond, "messages/s")
                    .with("sent", sent)
                    .with("lost", Math.max(0, sent - found))
                    .with("doubled", Math.max(0, found - sent))
                    .with("lag_s", lag)
                    .with("warm_up_lag_s", coldLag)
                    .with("calls", calls)
                    .with("calls_whole", whole)
                    .with("cpu_us_per_message", cpuMicros)
                    .with("resident_mb", target.residentBytes() >> 20)
                    .with("disk_bytes_per_message", (double) target.bytesOnDisk("") / (sent + before))
                    .print();
            return found == sent && whole == calls ? 0 : 1;
        }
    }

    /** Waits until as many are found, or no more come for two minutes; then what is found. */
    private static long awaitTotal(Target target, String query, long expected) throws Exception {
        long found = target.messages(query);
        long lastGrowth = System.nanoTime();
        long pause = 100;
        while (found < expected && System.nanoTime() - lastGrowth < GIVE_UP_NANOS) {
            Thread.sleep(pause);
            long asked = System.nanoTime();
            long now = target.messages(query);
            // Asking takes processor time from what is waited for: a tenth of it at most.
            pause = Math.max(100, (System.nanoTime() - asked) / 1_000_000 * 9);
            lastGrowth = now > found ? System.nanoTime() : lastGrowth;
            found = now;
        }
        return found;
    }

    /** Calls whose record says that all their messages were seen; the last records come up to a second later. */
    private static long awaitWhole(Target target, long expected) throws Exception {
        String query = "callid:load-* AND rhapsode.call.messages:" + CallLoad.MESSAGES_PER_CALL;
        long until = System.nanoTime() + 30_000_000_000L;
        long found = target.calls(query);
        while (found < expected && System.nanoTime() < until) {
            Thread.sleep(200);
            found = target.calls(query);
        }
        return found;
    }
}
