/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The JMH benchmarks of the wire formats. */
@Command(name = "codecs", description = "JMH: HEP, Call-ID scan, SIP parser (figure: messages parsed a second).")
final class Codecs implements Callable<Integer> {

    @Option(names = "--only", defaultValue = "", description = "Part of the benchmark names to run.")
    private String only;

    @Override
    public Integer call() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(".*" + only + ".*")
                        .exclude(HepDecodeBenchmark.class.getSimpleName())
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(2))
                        .build())
                .run();
        double parsed = score(results, "SipMessageBenchmark");
        Result result = new Result("codecs", parsed, "messages/s");
        for (RunResult each : results) {
            String name = each.getParams().getBenchmark();
            result.with(
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    each.getPrimaryResult().getScore());
        }
        result.print();
        return 0;
    }

    private static double score(Collection<RunResult> results, String benchmark) {
        return results.stream()
                .filter(each -> each.getParams().getBenchmark().contains(benchmark))
                .mapToDouble(each -> each.getPrimaryResult().getScore())
                .max()
                .orElse(Double.NaN);
    }
}
