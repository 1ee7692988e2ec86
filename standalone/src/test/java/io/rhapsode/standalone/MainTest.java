/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"up", "demo", "send", "import", "replay-dead-letters", "recompute", "agent", "help", ""})
    void everyCommandShowsItsOptions(String command) {
        for (String option : new String[] {"--help", "-h"}) {
            var out = new StringWriter();
            String line = (command + " " + option).strip();
            int exit = Main.commandLine().setOut(new PrintWriter(out)).execute(line.split(" "));
            assertThat(exit).as(line).isZero();
            assertThat(out.toString()).contains(("Usage: rhapsode " + command).strip(), "--help");
        }
    }
}
