/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.service.Mistakes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The interfaces that are captured, none or several, all of one capture node. */
public final class LiveCaptures implements AutoCloseable {

    private final List<LiveCapture> captures = new ArrayList<>();
    private final String node;

    private LiveCaptures(String node) {
        this.node = node;
    }

    /** @throws IllegalArgumentException if some cannot be captured, with one sentence each that says why */
    static void check(CaptureConfig config) {
        var mistakes = new Mistakes();
        config.interfaces()
                .forEach(name -> mistakes.note(() -> {
                    LiveCapture.check(name, config);
                    return name;
                }));
        mistakes.refuse();
    }

    /**
     * Begins to capture.
     *
     * @param clock microseconds since 1970-01-01 UTC
     * @throws IllegalArgumentException if one of them cannot be captured, with one sentence that says why
     */
    public static LiveCaptures open(
            CaptureConfig config, String node, Account account, PacketSink sink, LongSupplier clock) {
        var captures = new LiveCaptures(node);
        var calls = new RtcpCalls();
        try {
            for (String name : config.interfaces()) {
                var intake = new FrameIntake(account, sink, clock, node, FrameIntake.From.INTERFACE, calls);
                captures.captures.add(LiveCapture.open(name, config, intake));
            }
            return captures;
        } catch (IllegalArgumentException e) {
            captures.close();
            throw e;
        }
    }

    /** Counts what the kernel dropped since the last call. */
    public void countDrops(Account account, long nowMicros) {
        for (LiveCapture capture : captures) {
            long drops = capture.newDrops();
            if (drops > 0) {
                account.of(node, nowMicros).dropped(drops, "capture-buffer-full");
            }
        }
    }

    /** What keeps one of them from capturing, if anything does. */
    public Optional<String> trouble() {
        return captures.stream().flatMap(capture -> capture.trouble().stream()).findFirst();
    }

    @Override
    public void close() {
        captures.forEach(LiveCapture::close);
    }
}
