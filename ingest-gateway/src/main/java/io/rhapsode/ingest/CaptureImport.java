/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.Tally;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.ingest.source.FrameIntake;
import io.rhapsode.ingest.source.RtcpCalls;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;

/**
 * Puts the SIP of capture files on Kafka, and the RTCP of its calls, with the times of the files, as a gateway would have that had been there. It
 * keeps its own account, under an instance of its own.
 */
public final class CaptureImport implements AutoCloseable {

    private static final Duration KAFKA_WITHIN = Duration.ofSeconds(30);
    private static final int GZIP_MAGIC = 0x1f8b;

    /**
     * What became of one file.
     *
     * @param frames in the file
     * @param messages SIP messages found in them
     * @param rtcp packets of RTCP found whose call is known
     * @param leftOut frames that brought neither, by reason
     * @param incomplete places where a message was not captured whole, by reason
     * @param trouble why the file was not read, or not to its end; empty if it was
     */
    public record FileReport(
            long frames,
            long messages,
            long rtcp,
            Map<String, Long> leftOut,
            Map<String, Long> incomplete,
            Optional<String> trouble) {}

    /**
     * What became of all of it: sent + failed = the messages and RTCP of all files.
     *
     * @param failed how many did not get to Kafka, by reason
     */
    public record Totals(long sent, Map<String, Long> failed) {}

    private final KafkaSink sink;
    private final Account account;
    private final RtcpCalls calls = new RtcpCalls();
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(runnable -> new Thread(runnable, "import-clockwork"));

    /** @param nodes counted by name in a minute */
    CaptureImport(KafkaSink sink, int nodes) {
        this.sink = sink;
        this.account = new Account(nodes, count -> {});
        clockwork.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Connects to Kafka, and makes the topics if they are not there.
     *
     * @param environment the settings of a gateway, of which those of Kafka count
     * @param alsoKnown settings of others in the same environment
     * @throws IllegalArgumentException naming every wrong setting
     * @throws IllegalStateException if Kafka is not there
     */
    public static CaptureImport open(Map<String, String> environment, Set<String> alsoKnown)
            throws InterruptedException {
        var config = IngestConfig.read(environment, alsoKnown);
        KafkaSink.createTopics(config.kafka(), config.partitions(), config.replicas());
        var sink = KafkaSink.patient(config.kafka(), config.buffer(), "import-" + config.run());
        long end = System.nanoTime() + KAFKA_WITHIN.toNanos();
        Optional<String> missing = sink.missing();
        while (missing.isPresent() && System.nanoTime() < end) {
            Thread.sleep(50);
            missing = sink.missing();
        }
        if (missing.isPresent()) {
            sink.close();
            throw new IllegalStateException(missing.get());
        }
        return new CaptureImport(sink, config.captureNodes());
    }

    /**
     * Imports a file: pcap or pcapng, as it is or by gzip. Whatever is wrong with it stands in the report.
     *
     * @param node the capture node to file it under
     * @param progress told now and then how many bytes of the file are done
     */
    public FileReport file(Path file, String node, LongConsumer progress) {
        var before = outcomes();
        var frames = new FrameIntake(account, sink, IngestGateway::nowMicros, node, FrameIntake.From.FILE, calls);
        var counted = new long[1];
        Optional<String> trouble = Optional.empty();
        try (var bytes = new CountedBytes(Files.newInputStream(file), progress);
                var capture = new CaptureFile(unzipped(bytes))) {
            for (CaptureRecord record : capture) {
                counted[0]++;
                frames.frame(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos());
            }
        } catch (IOException e) {
            trouble = Optional.of(reason(e));
        } catch (UncheckedIOException e) {
            trouble = Optional.of(reason(e.getCause()));
        }
        frames.end();
        var after = outcomes();
        return new FileReport(
                counted[0],
                after.received - before.received - frames.rtcp(),
                frames.rtcp(),
                difference(after.ignored, before.ignored),
                difference(after.incomplete, before.incomplete),
                trouble);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static InputStream unzipped(InputStream bytes) throws IOException {
        var ahead = new BufferedInputStream(bytes, 1 << 16);
        ahead.mark(2);
        boolean isGzip = (ahead.read() << 8 | ahead.read()) == GZIP_MAGIC;
        ahead.reset();
        return isGzip ? new GZIPInputStream(ahead, 1 << 16) : ahead;
    }

    private record Outcomes(long received, Map<String, Long> ignored, Map<String, Long> incomplete) {}

    private Outcomes outcomes() {
        Tally total = account.total();
        return new Outcomes(total.received.value(), total.reasons("ignored"), total.reasons("incomplete"));
    }

    private static Map<String, Long> difference(Map<String, Long> after, Map<String, Long> before) {
        var difference = new TreeMap<String, Long>();
        after.forEach((reason, count) -> difference.put(reason, count - before.getOrDefault(reason, 0L)));
        difference.values().removeIf(count -> count == 0);
        return difference;
    }

    private void tell() {
        account.publish(sink, Integer.MAX_VALUE, IngestGateway.nowMicros());
    }

    /** Waits until Kafka has confirmed or refused everything so far, the counts included. */
    public Totals finish() {
        sink.flush();
        tell();
        sink.flush();
        Tally total = account.total();
        return new Totals(total.sent.value(), total.reasons("failed"));
    }

    @Override
    public void close() {
        clockwork.shutdown();
        sink.close();
    }

    /** Counts what is read. */
    private static final class CountedBytes extends FilterInputStream {
        private final LongConsumer progress;
        private long count;

        CountedBytes(InputStream in, LongConsumer progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(read);
            return read;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public long skip(long length) throws IOException {
            long skipped = super.skip(length);
            count(skipped);
            return skipped;
        }

        private void count(long more) {
            if (more > 0) {
                count += more;
                progress.accept(count);
            }
        }
    }
}
