/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts everything with an empty data folder, and plays recorded calls in. */
@Command(
        name = "demo",
        description = "Start everything with an empty data folder, play recorded calls in as if they happened now, and"
                + " keep more of them coming.")
final class DemoCommand implements Callable<Integer> {

    @Mixin
    private ServerOptions servers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder, ./data-demo if not given; what an earlier demo left there is deleted first")
    private Path data = Path.of("data-demo");

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = servers.environment();
        environment.put("RHAPSODE_DATA", data.toString());
        var config = StandaloneConfig.from(environment);
        var console = new Console();
        empty(data, console);
        console.logTo(data);
        var standalone = console.start(config);
        console.introduce(standalone);
        var calls = DemoCalls.start(
                Installation.find().demoCaptures(), new InetSocketAddress("127.0.0.1", standalone.hepPort()));
        console.say("Playing the " + calls.size() + " recordings of the demo folder, over and over with new Call-IDs.");
        console.say("Open http://127.0.0.1:" + standalone.httpPort() + "/ and look for a call.");
        return console.watch(calls);
    }

    /** Deletes what an earlier demo left, and nothing else: a folder without its mark is left alone. */
    private static void empty(Path data, Console console) throws IOException {
        Path mark = data.resolve("demo");
        if (Files.exists(data)) {
            if (!Files.exists(mark) && !isEmpty(data)) {
                throw new StartRefused("The folder " + data.toAbsolutePath()
                        + " is not from an earlier demo, and the demo begins by deleting: choose another with --data.");
            }
            try (DataFolder ours = DataFolder.open(data)) {
                console.say("Emptying " + ours.path());
                deleteAllBut(ours.path().resolve("lock"), ours.path());
            }
        }
        Files.createDirectories(data);
        Files.writeString(mark, "A demo may delete this folder.\n");
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static void deleteAllBut(Path kept, Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(kept) && !file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}
