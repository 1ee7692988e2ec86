/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.ingest.HepSender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends the SIP of a capture file as HEP, the way an agent in the network would. */
@Command(
        name = "send",
        description = "Send the SIP of a capture file (pcap, pcapng) as HEP version 3 over UDP, with its recorded times"
                + " unless --now is given.")
final class SendCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "capture file, pcap or pcapng")
    private Path file;

    @Option(names = "--to", paramLabel = "HOST:PORT", description = "receiver, 127.0.0.1:9060 if not given")
    private String to = "127.0.0.1:9060";

    @Option(names = "--now", description = "give the packets the times at which they are sent")
    private boolean now;

    @Option(
            names = "--pace",
            paramLabel = "FACTOR",
            description = "1 as recorded, 2 twice as fast; 0, the default, as fast as 1000 packets/s or --rate")
    private double pace;

    @Option(names = "--rate", paramLabel = "N", description = "packets a second, when --pace is not given")
    private double rate = 1000;

    @Option(names = "--node", paramLabel = "NAME", description = "name of the capture agent")
    private String node;

    @Option(names = "--agent", paramLabel = "ID", description = "number of the capture agent")
    private long agent = -1;

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isReadable(file)) {
            throw new StartRefused("The file " + file + " cannot be read.");
        }
        double packetsPerSecond = pace > 0 ? 0 : rate;
        var options = new HepSender.Options(pace, packetsPerSecond, Duration.ofDays(365), now, "", node, agent);
        try {
            var result = HepSender.send(file, receiver(), options);
            System.out.printf(
                    "%d packets in the file, %d sent as HEP in %.1f s, not sent: %s%n",
                    result.packets(),
                    result.sent(),
                    result.took().toMillis() / 1e3,
                    result.skipped().isEmpty() ? "none" : result.skipped());
            return 0;
        } catch (IOException e) {
            throw new StartRefused("The file " + file + " was not sent: " + e.getMessage() + ".");
        }
    }

    private InetSocketAddress receiver() {
        int colon = to.lastIndexOf(':');
        String port = to.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new StartRefused("--to wants HOST:PORT, not '" + to + "'.");
        }
        var address = new InetSocketAddress(to.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw new StartRefused("The host of --to " + to + " is not known.");
        }
        return address;
    }
}
