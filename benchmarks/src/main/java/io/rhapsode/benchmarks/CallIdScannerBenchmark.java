/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.sip.CallIdScanner;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The gateway's quick look, on one thread: one message of the captures an operation. */
@State(Scope.Thread)
public class CallIdScannerBenchmark {
    private byte[][] messages;
    private int at;

    @Setup
    public void load() throws IOException {
        messages = CaptureMix.messages().toArray(byte[][]::new);
    }

    @Benchmark
    public long scan() {
        at = at + 1 == messages.length ? 0 : at + 1;
        byte[] message = messages[at];
        return CallIdScanner.scan(message, 0, message.length);
    }
}
