/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;

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
        int exit = commandLine()
                // The one of now: later it is a log file.
                .setErr(new PrintWriter(System.err, true))
                .setExecutionExceptionHandler((e, command, parsed) -> refuse(e, command))
                .execute(arguments);
        System.exit(exit);
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new Main());
        addHelp(line);
        line.getSubcommands().values().forEach(Main::addHelp);
        return line;
    }

    /**
     * For commands that need Kafka and say it in a sentence where it is not there: its clients would log every attempt to
     * connect, to the same terminal. To be called before the first of them is made.
     */
    static void leaveConnectionsOut() {
        System.setProperty("org.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient", "error");
    }

    /** To each by hand: an inherited option would meet that of the help command, which has its own. */
    private static void addHelp(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("show this help, and do nothing")
                            .build());
        }
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
