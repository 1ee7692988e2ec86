/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;

/** JMH with the garbage profiler: one packet from the socket's bytes to what Kafka is given. */
@Command(
        name = "hep-decode",
        description = "JMH: HEPv3 to the bytes of a RawPacket and its key, one thread (figure: ns a packet).")
final class HepDecode implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        RunResult result = new Runner(new OptionsBuilder()
                        .include(HepDecodeBenchmark.class.getSimpleName())
                        .addProfiler(GCProfiler.class)
                        .forks(2)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(2))
                        .build())
                .run()
                .iterator()
                .next();
        double allocated =
                result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
        new Result("hep-decode", result.getPrimaryResult().getScore(), "ns")
                .with("packet_bytes", HepDecodeBenchmark.packetBytes())
                .with("allocated_bytes", allocated)
                .with("handed_to_kafka_bytes", HepDecodeBenchmark.handedBytes())
                .with("garbage_bytes", Math.max(0, allocated - HepDecodeBenchmark.handedBytes()))
                .print();
        return 0;
    }
}
