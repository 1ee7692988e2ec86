/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line: {@code up}, {@code demo}, {@code send}, {@code import},
 * {@code replay-dead-letters}, {@code recompute}, {@code agent}, {@code help}. */
@Command(
        name = "rhapsode",
        description = "SIP capture: every packet on Kafka, every call searchable.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            SendCommand.class,
            ImportCommand.class,
            ReplayDeadLettersCommand.class,
            RecomputeCommand.class,
            AgentCommand.class,
            HelpCommand.class
        })
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        int exit = new CommandLine(new Main())
                // The one of now: later it is a log file.
                .setErr(new PrintWriter(System.err, true))
                .setExecutionExceptionHandler((e, command, parsed) -> refuse(e, command))
                .execute(arguments);
        System.exit(exit);
    }

    /** What the person at the keyboard can mend is one sentence; anything else shows where it happened. */
    private static int refuse(Exception e, CommandLine command) throws Exception {
        if (e instanceof StartRefused || e instanceof IllegalArgumentException) {
            command.getErr().println("rhapsode: " + e.getMessage());
            return 1;
        }
        throw e;
    }
}
