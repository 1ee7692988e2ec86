/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import io.rhapsode.ingest.HepSender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recorded calls played in as if they happened now: all recordings side by side at once, then one after the other, each
 * time with Call-IDs of its own, until closed.
 */
final class DemoCalls implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DemoCalls.class);

    /** Long ringing and long talk are no fun to wait for; retransmissions keep their intervals. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

    private final List<Path> recordings;
    private final InetSocketAddress to;
    private final ExecutorService players;

    private DemoCalls(List<Path> recordings, InetSocketAddress to) {
        this.recordings = recordings;
        this.to = to;
        this.players = Executors.newFixedThreadPool(recordings.size(), runnable -> {
            var thread = new Thread(runnable, "demo-player");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * @param folder with the recordings, {@code *.pcap} and {@code *.pcapng}
     * @param to where HEP is received
     * @throws StartRefused if there are none
     */
    static DemoCalls start(Path folder, InetSocketAddress to) throws IOException {
        List<Path> recordings = recordings(folder);
        if (recordings.isEmpty()) {
            throw new StartRefused("There are no captures in " + folder + " to play.");
        }
        var calls = new DemoCalls(recordings, to);
        for (int i = 0; i < recordings.size(); i++) {
            int agent = i;
            calls.players.execute(() -> calls.playAgainAndAgain(agent));
        }
        return calls;
    }

    static List<Path> recordings(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return new ArrayList<>(files.filter(file -> file.toString().matches(".*\\.pcap(ng)?"))
                    .sorted()
                    .toList());
        }
    }

    /** One recording, one agent of the network. */
    private void playAgainAndAgain(int agent) {
        Path recording = recordings.get(agent);
        String node = recording.getFileName().toString().replaceAll("\\.pcap(ng)?$", "");
        for (int round = 0; !players.isShutdown(); round++) {
            // The first as recorded, so that what the documentation shows can be found.
            String suffix = round == 0 ? "" : "-" + round;
            var options = new HepSender.Options(1, 0, LONGEST_PAUSE, true, suffix, node, 101 + agent);
            try {
                HepSender.send(recording, to, options);
                // Different for each, so that they drift apart and calls keep coming.
                TimeUnit.SECONDS.sleep(5 + 3L * agent);
            } catch (IOException e) {
                LOG.warn("Not played to its end: {}: {}", recording, e.getMessage());
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    int size() {
        return recordings.size();
    }

    @Override
    public void close() {
        players.shutdownNow();
    }
}
