/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A minute for all of them; the long ones are {@code ./rhapsode bench fuzz}. */
class FuzzTest {

    private static final int SECONDS = 5;

    /** Far below what any machine does: fewer means that Jazzer did not run as meant. */
    private static final int FEWEST = 1_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void nothingButTheDeclaredComesOfAnyInput(FuzzTarget target) throws Exception {
        var run = FuzzRun.of(target, SECONDS, folder);
        if (!run.found() && run.executions() <= FEWEST) {
            // A machine with much else to do gets more time, and not fewer inputs.
            run = FuzzRun.of(target, 6 * SECONDS, folder);
        }
        assertThat(run.found()).as(run.output()).isFalse();
        assertThat(run.executions()).as(run.output()).isGreaterThan(FEWEST);
    }
}
