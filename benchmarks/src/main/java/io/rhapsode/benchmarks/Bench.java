/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.benchmarks.fuzz.Fuzz;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code ./rhapsode bench NAME}: runs one measurement; its last line is one JSON object with the figure. */
@Command(
        name = "bench",
        description = "Measurements. Each prints what it did and found, and as its last line one JSON object.",
        subcommands = {
            WholeWay.class,
            Latency.class,
            Codecs.class,
            HepDecode.class,
            GatewayUdp.class,
            GatewayTcp.class,
            GatewayTls.class,
            SipParse.class,
            CallIdScan.class,
            ImportSpeed.class,
            TopologyLoad.class,
            BulkLoad.class,
            SearchSpeed.class,
            Fuzz.class
        })
public final class Bench {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help, and measures nothing.")
    private boolean help;

    private Bench() {}

    @Command(name = "list", description = "Names the measurements.")
    int list() {
        for (Map.Entry<String, CommandLine> each :
                new CommandLine(this).getSubcommands().entrySet()) {
            if (!each.getKey().equals("list")) {
                System.out.printf(
                        "%-12s %s%n",
                        each.getKey(),
                        String.join(
                                " ",
                                each.getValue().getCommandSpec().usageMessage().description()));
            }
        }
        return 0;
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }
}
