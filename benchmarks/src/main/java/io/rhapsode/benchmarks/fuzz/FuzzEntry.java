/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import com.sun.management.ThreadMXBean;
import io.rhapsode.wire.MalformedPacket;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** What Jazzer calls. A target that takes far more memory than its input warrants has failed, too. */
public final class FuzzEntry {

    static final String TARGET = "rhapsode.fuzz.target";

    /** Tables and buffers that are there for any input, and the largest message that may be inflated, some times over. */
    private static final long MOST_BYTES = 4 << 20;

    private static final int MOST_BYTES_AN_OCTET = 256;

    private static final FuzzTarget FUZZED = FuzzTarget.named(System.getProperty(TARGET));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private FuzzEntry() {}

    public static void fuzzerTestOneInput(byte[] input) {
        long most = MOST_BYTES + (long) MOST_BYTES_AN_OCTET * input.length;
        // Once more, because classes that are loaded and instrumented on the way count, too.
        if (allocated(input) > most && allocated(input) > most) {
            throw new AssertionError("over " + most + " bytes allocated for an input of " + input.length);
        }
    }

    private static long allocated(byte[] input) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            FUZZED.decode(input);
        } catch (MalformedPacket | IOException declared) {
            if (declared.getMessage() == null) {
                throw new AssertionError("no reason given", declared);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
