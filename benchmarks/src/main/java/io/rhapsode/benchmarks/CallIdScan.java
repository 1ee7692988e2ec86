/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many messages a second the gateway can find the key of. */
@Command(
        name = "call-id-scan",
        description = "JMH: the gateway's scan for the Call-ID, on captures (figure: messages/s).")
final class CallIdScan implements Callable<Integer> {

    @Option(names = "--seconds", defaultValue = "10", description = "Seconds to measure, after as much to warm up.")
    private int seconds;

    @Override
    public Integer call() throws Exception {
        Collection<RunResult> results = SipParse.run(CallIdScannerBenchmark.class, seconds);
        RunResult result = results.iterator().next();
        new Result("call-id-scan", result.getPrimaryResult().getScore(), "messages/s")
                .with("messages", CaptureMix.messages().size())
                .with(
                        "bytes_allocated_a_message",
                        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore())
                .print();
        return 0;
    }
}
