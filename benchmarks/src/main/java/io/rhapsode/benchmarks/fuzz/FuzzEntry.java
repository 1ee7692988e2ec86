/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import com.sun.management.ThreadMXBean;
import io.rhapsode.wire.MalformedPacket;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** What Jazzer calls. A target that takes far more memory or time than its input warrants has failed, too. */
public final class FuzzEntry {

    static final String TARGET = "rhapsode.fuzz.target";

    /** Tables and buffers that are there for any input, and the largest message that may be inflated, some times over. */
    private static final long MOST_BYTES = 4 << 20;

    private static final int MOST_BYTES_AN_OCTET = 256;

    /** Of the processor: a machine with much else to do makes no input slow. */
    private static final long MOST_NANOS = 1_000_000_000;

    private static final FuzzTarget FUZZED = FuzzTarget.named(System.getProperty(TARGET));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private FuzzEntry() {}

    /** Classes that are loaded and instrumented on the way are not to count as an input's time. */
    public static void fuzzerInitialize() {
        FUZZED.seeds().forEach(FuzzEntry::cost);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        long most = MOST_BYTES + (long) MOST_BYTES_AN_OCTET * input.length;
        // Once more, because of classes that only this input needs.
        if (cost(input).isOver(most) && cost(input).isOver(most)) {
            throw new AssertionError(cost(input) + " for an input of " + input.length);
        }
    }

    /** What decoding took. */
    private record Cost(long bytes, long nanos) {
        boolean isOver(long mostBytes) {
            return bytes > mostBytes || nanos > MOST_NANOS;
        }
    }

    private static Cost cost(byte[] input) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        try {
            FUZZED.decode(input);
        } catch (MalformedPacket | IOException declared) {
            if (declared.getMessage() == null) {
                throw new AssertionError("no reason given", declared);
            }
        }
        return new Cost(THREADS.getCurrentThreadAllocatedBytes() - bytes, THREADS.getCurrentThreadCpuTime() - nanos);
    }
}
