/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BenchTest {

    @Test
    void everyMeasurementShowsItsOptions() {
        assertThat(Bench.commandLine().getSubcommands().keySet()).contains("whole-way", "list");
        for (String name : Bench.commandLine().getSubcommands().keySet()) {
            var out = new StringWriter();
            int exit = Bench.commandLine().setOut(new PrintWriter(out)).execute(name, "--help");
            assertThat(exit).as(name).isZero();
            assertThat(out.toString()).contains(name, "--help");
        }
    }
}
