/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts everything on a data folder, and goes on where the last run stopped. */
@Command(name = "up", description = "Start everything on a data folder; a second start on it goes on where it stopped.")
final class UpCommand implements Callable<Integer> {

    @Mixin
    private ServerOptions servers;

    @Option(names = "--data", paramLabel = "DIR", description = "data folder, ./data if not given (RHAPSODE_DATA)")
    private Path data;

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = servers.environment();
        if (data != null) {
            environment.put("RHAPSODE_DATA", data.toString());
        }
        var config = StandaloneConfig.from(environment);
        var console = new Console();
        console.logTo(config.data());
        var standalone = console.start(config);
        console.introduce(standalone);
        return console.watch();
    }
}
