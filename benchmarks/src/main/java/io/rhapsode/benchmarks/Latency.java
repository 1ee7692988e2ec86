/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time from the sending of a message to its being found through the API. Every message is measured: the number found is
 * asked for every 25 ms, and the n-th message counts as found when n are. Messages that overtake each other are thereby
 * told wrongly by as much as they overtake; one that is lost would delay all after it, so a loss cannot hide.
 */
@Command(name = "latency", description = "Time from the wire to a search result, at an even rate (figure: p99).")
final class Latency implements Callable<Integer> {

    private static final long GIVE_UP_NANOS = 60_000_000_000L;

    @Option(names = "--rate", defaultValue = "500", description = "Messages a second (default ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--seconds", defaultValue = "60", description = "How long (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "120",
            description =
                    "Seconds of the same rate before, until the servers' code is compiled (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Override
    public Integer call() throws Exception {
        try (Target target = Target.start()) {
            System.out.printf("%,d messages/s: %d s to warm up, then %d s.%n", rate, warmUp, seconds);
            double[] cold = measure(target, "warm", rate * warmUp / CallLoad.MESSAGES_PER_CALL);
            double[] millis = measure(target, "load", rate * seconds / CallLoad.MESSAGES_PER_CALL);
            System.out.printf(
                    "%,d messages: median %.0f ms, p99 %.0f ms, slowest %.0f ms.%n",
                    millis.length, at(millis, 0.5), at(millis, 0.99), at(millis, 1));
            new Result("latency", at(millis, 0.99), "ms")
                    .with("median_ms", at(millis, 0.5))
                    .with("slowest_ms", at(millis, 1))
                    .with("warm_up_p99_ms", at(cold, 0.99))
                    .with("messages", millis.length)
                    .with("rate", rate)
                    .print();
            return 0;
        }
    }

    /** Milliseconds from sent to found for each message, sorted. */
    private double[] measure(Target target, String run, int calls) throws Exception {
        long[] sentAt = new long[calls * CallLoad.MESSAGES_PER_CALL];
        long[] foundAt = new long[sentAt.length];
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try {
            Future<Long> sending = sender.submit(() -> new CallLoad(target.gateway(), run).send(calls, rate, sentAt));
            watch(target, "callid:" + run + "-*", foundAt);
            sending.get();
        } finally {
            sender.shutdownNow();
        }
        return millis(sentAt, foundAt);
    }

    private static void watch(Target target, String query, long[] foundAt) throws Exception {
        int found = 0;
        long lastGrowth = System.nanoTime();
        while (found < foundAt.length) {
            int total = (int) Math.min(foundAt.length, target.messages(query));
            long now = System.nanoTime();
            if (total > found) {
                Arrays.fill(foundAt, found, total, now);
                found = total;
                lastGrowth = now;
            } else if (now - lastGrowth > GIVE_UP_NANOS) {
                throw new IllegalStateException("only %d of %d messages were found".formatted(found, foundAt.length));
            }
            Thread.sleep(25);
        }
    }

    private static double[] millis(long[] sentAt, long[] foundAt) {
        double[] millis = new double[sentAt.length];
        Arrays.setAll(millis, n -> (foundAt[n] - sentAt[n]) / 1e6);
        Arrays.sort(millis);
        return millis;
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
    }
}
