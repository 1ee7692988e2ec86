/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.sip.CallIdScanner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The gateway's quick look, on one thread. */
@State(Scope.Thread)
public class CallIdScannerBenchmark {
    private final byte[] message = SampleSip.invite();

    @Benchmark
    public long scan() {
        return CallIdScanner.scan(message, 0, message.length);
    }
}
