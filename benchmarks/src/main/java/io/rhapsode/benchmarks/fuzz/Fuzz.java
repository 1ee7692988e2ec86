/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks.fuzz;

import io.rhapsode.benchmarks.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A long run by hand. */
@Command(
        name = "fuzz",
        description = "Fuzzes a decoder with Jazzer (figure: inputs tried); ends with code 1 if one does harm.")
public final class Fuzz implements Callable<Integer> {

    @Option(names = "--target", required = true, description = "One of ${COMPLETION-CANDIDATES}, in any case.")
    private FuzzTarget target;

    @Option(names = "--minutes", defaultValue = "30", description = "How long; ${DEFAULT-VALUE} if not given.")
    private double minutes;

    @Option(
            names = "--folder",
            description = "Where inputs are kept from run to run, and what was found; a temporary one if not given.")
    private Path folder;

    @Override
    public Integer call() throws Exception {
        Path kept = folder == null ? Files.createTempDirectory("rhapsode-fuzz") : Files.createDirectories(folder);
        var run = FuzzRun.of(target, Math.round(minutes * 60), kept);
        System.out.println(run.output());
        System.out.println("Inputs and findings are in " + kept);
        new Result("fuzz-" + target.name().toLowerCase(Locale.ROOT), run.executions(), "inputs")
                .with("minutes", minutes)
                .with("found", String.valueOf(run.found()))
                .print();
        return run.found() ? 1 : 0;
    }
}
