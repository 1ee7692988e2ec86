/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import java.sql.Timestamp;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.RawPacketListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames of one interface, by libpcap, on a thread of their own. This class is the only one that knows pcap4j: whoever
 * does not capture needs no libpcap.
 */
public final class LiveCapture implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveCapture.class);

    /** How long the kernel may collect frames before it hands them over. */
    private static final int COLLECT_MILLIS = 50;

    private static final int FRAMES_A_TURN = 4_096;

    /** At the end the kernel's buffer is emptied, but more may come than can be taken. */
    private static final int LAST_TURNS = 64;

    private final String name;
    private final PcapHandle handle;
    private final FrameIntake intake;
    private final int linkType;
    private final Thread thread;
    private volatile String trouble;
    private long drops;

    private LiveCapture(String name, PcapHandle handle, FrameIntake intake) {
        this.name = name;
        this.handle = handle;
        this.intake = intake;
        this.linkType = handle.getDlt().value();
        this.thread = new Thread(this::run, "capture-" + name);
    }

    /**
     * Looks whether the interface can be opened, and closes it again.
     *
     * @throws IllegalArgumentException if not, with one sentence that says why
     */
    public static void check(String name, CaptureConfig config) {
        handle(name, config).close();
    }

    /**
     * Begins to capture.
     *
     * @throws IllegalArgumentException if that cannot be, with one sentence that says why
     */
    public static LiveCapture open(String name, CaptureConfig config, FrameIntake intake) {
        var capture = new LiveCapture(name, handle(name, config), intake);
        capture.thread.start();
        return capture;
    }

    private static PcapHandle handle(String name, CaptureConfig config) {
        PcapHandle handle;
        try {
            handle = new PcapHandle.Builder(name)
                    .snaplen(config.snapLength())
                    .promiscuousMode(
                            config.promiscuous() ? PromiscuousMode.PROMISCUOUS : PromiscuousMode.NONPROMISCUOUS)
                    .timeoutMillis(COLLECT_MILLIS)
                    .bufferSize(config.buffer())
                    .timestampPrecision(TimestampPrecision.NANO)
                    .build();
        } catch (PcapNativeException e) {
            throw new IllegalArgumentException("cannot capture on interface " + name + ": " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IllegalArgumentException(
                    "live capture needs libpcap, which is not there: on Debian install it with apt install libpcap0.8",
                    e);
        }
        try {
            handle.setFilter(config.filter(), BpfCompileMode.OPTIMIZE);
            return handle;
        } catch (PcapNativeException | NotOpenException e) {
            handle.close();
            throw new IllegalArgumentException(
                    "the capture filter '" + config.filter() + "' cannot be used on interface " + name + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private void run() {
        try {
            try {
                handle.loop(-1, (RawPacketListener) this::frame);
            } catch (InterruptedException broken) {
                LOG.debug("Capturing on interface {} ends", name);
            }
            // What the kernel has not handed over yet.
            Thread.sleep(2 * COLLECT_MILLIS);
            handle.setBlockingMode(BlockingMode.NONBLOCKING);
            int turns = 0;
            while (turns < LAST_TURNS && handle.dispatch(FRAMES_A_TURN, (RawPacketListener) this::frame) > 0) {
                turns++;
            }
            intake.end();
        } catch (PcapNativeException | NotOpenException | RuntimeException e) {
            trouble = "capturing on interface " + name + " failed: " + e.getMessage();
            LOG.error("Capturing on interface {} failed", name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void frame(byte[] bytes) {
        intake.frame(linkType, bytes, 0, bytes.length, nanos(handle.getTimestamp()));
    }

    private static long nanos(Timestamp at) {
        return Math.floorDiv(at.getTime(), 1_000L) * TimeUnit.SECONDS.toNanos(1) + at.getNanos();
    }

    /** Frames the kernel dropped since the last call, because nobody fetched them in time. */
    public long newDrops() {
        try {
            long sinceOpen = handle.getStats().getNumPacketsDropped();
            // The kernel's count is of 32 bits and goes round; the difference is right all the same.
            long drops = sinceOpen - this.drops & 0xffff_ffffL;
            this.drops = sinceOpen;
            return drops;
        } catch (PcapNativeException | NotOpenException e) {
            trouble = "interface " + name + " does not tell its drops: " + e.getMessage();
            return 0;
        }
    }

    /** What keeps it from capturing, if anything does. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Takes what the kernel has collected, and ends. */
    @Override
    public void close() {
        try {
            handle.breakLoop();
            thread.join(TimeUnit.SECONDS.toMillis(5));
            if (thread.isAlive()) {
                LOG.warn("Capturing on interface {} does not stop", name);
                return;
            }
        } catch (NotOpenException e) {
            LOG.debug("Capturing on interface {} had ended", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        handle.close();
    }
}
