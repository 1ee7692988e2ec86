/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.benchmarks.ParserTurns.Turn;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From raw bytes to the message of the topic with JMH; of the fields that two other parsers have, beside these. */
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
        List<byte[]> common = SipParseBenchmark.common();
        System.out.printf(
                "%d messages of %s, %d bytes on average; %d of them all three can read%n",
                messages.size(), CaptureMix.folder(), bytes / messages.size(), common.size());
        Collection<RunResult> results = run(SipParseBenchmark.class, seconds);
        double figure = score(results, "message", "all");
        List<Turn> turns = new ParserTurns(common).take(2 * seconds);
        say("times pkts-sip", turns, Turn::timesPkts);
        say("times jain-sip-ri", turns, Turn::timesJain);
        new Result("sip-parse", figure, "messages/s")
                .with("messages", messages.size())
                .with("bytes_on_average", bytes / messages.size())
                .with("common_messages", common.size())
                .with("step", score(results, "step", "all"))
                .with("message_of_common", score(results, "message", "common"))
                .with("fields", 1e9 / ParserTurns.quantile(turns, Turn::ours, 0.5))
                .with("pkts", 1e9 / ParserTurns.quantile(turns, Turn::pkts, 0.5))
                .with("jain", 1e9 / ParserTurns.quantile(turns, Turn::jain, 0.5))
                .with("times_pkts", ParserTurns.quantile(turns, Turn::timesPkts, 0.5))
                .with("times_jain", ParserTurns.quantile(turns, Turn::timesJain, 0.5))
                .with("bytes_allocated_a_message", allocated(results))
                .print();
        return 0;
    }

    private static void say(String what, List<Turn> turns, ToDoubleFunction<Turn> value) {
        System.out.printf(
                "On the same fields, in %d turns: %.1f %s (the middle half of the turns: %.1f to %.1f)%n",
                turns.size(),
                ParserTurns.quantile(turns, value, 0.5),
                what,
                ParserTurns.quantile(turns, value, 0.25),
                ParserTurns.quantile(turns, value, 0.75));
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
                .filter(each -> messages.equals(each.getParams().getParam("messages")))
                .findFirst()
                .orElseThrow();
    }
}
