/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From raw bytes to the message of the topic, beside two other parsers. */
@Command(
        name = "sip-parse",
        description = "JMH: raw bytes to the filled SipMessage of the topic, on captures (figure: messages/s).")
final class SipParse implements Callable<Integer> {

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Seconds to measure each, after as much to warm up.")
    private int seconds;

    @Override
    public Integer call() throws Exception {
        List<byte[]> messages = CaptureMix.messages();
        long bytes = messages.stream().mapToLong(message -> message.length).sum();
        int common = SipParseBenchmark.common().size();
        System.out.printf(
                "%d messages of %s, %d bytes on average; %d of them all three can read%n",
                messages.size(), CaptureMix.folder(), bytes / messages.size(), common);
        Collection<RunResult> results = run(SipParseBenchmark.class, seconds);
        double figure = score(results, "message", "all");
        double ours = score(results, "fields", null);
        double pkts = score(results, "pkts", null);
        double jain = score(results, "jain", null);
        new Result("sip-parse", figure, "messages/s")
                .with("messages", messages.size())
                .with("bytes_on_average", bytes / messages.size())
                .with("common_messages", common)
                .with("step", score(results, "step", "all"))
                .with("message_of_common", score(results, "message", "common"))
                .with("fields", ours)
                .with("pkts", pkts)
                .with("jain", jain)
                .with("times_pkts", ours / pkts)
                .with("times_jain", ours / jain)
                .with("bytes_allocated_a_message", allocated(results))
                .print();
        return 0;
    }

    /** Runs a class of benchmarks in a JVM of its own, and looks at what it allocates. */
    static Collection<RunResult> run(Class<?> benchmarks, int seconds) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(benchmarks.getName() + ".*")
                        .addProfiler(GCProfiler.class)
                        .forks(1)
                        .warmupIterations(5)
                        .warmupTime(TimeValue.milliseconds(seconds * 200L))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.milliseconds(seconds * 200L))
                        .build())
                .run();
    }

    private static double score(Collection<RunResult> results, String method, String messages) {
        return of(results, method, messages).getPrimaryResult().getScore();
    }

    private static double allocated(Collection<RunResult> results) {
        return of(results, "message", "all")
                .getSecondaryResults()
                .get("gc.alloc.rate.norm")
                .getScore();
    }

    private static RunResult of(Collection<RunResult> results, String method, String messages) {
        return results.stream()
                .filter(each -> each.getParams().getBenchmark().endsWith("." + method))
                .filter(each ->
                        messages == null || messages.equals(each.getParams().getParam("messages")))
                .findFirst()
                .orElseThrow();
    }
}
