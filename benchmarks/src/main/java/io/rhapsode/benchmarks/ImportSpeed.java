/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.ingest.CaptureImport;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.source.FrameIntake;
import io.rhapsode.ingest.source.RtcpCalls;
import io.rhapsode.standalone.LocalKafka;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import io.rhapsode.wire.pcap.PcapWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A large capture file into a local Kafka: the import on the first core, Kafka on the second. */
@Command(
        name = "import",
        description = "A capture file into a local Kafka, on one core: packets/s with and without Kafka.")
final class ImportSpeed implements Callable<Integer> {

    @Option(
            names = "--packets",
            defaultValue = "2000000",
            description = "Packets in the file (default ${DEFAULT-VALUE}).")
    private int packets;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("rhapsode-bench");
        Path file = folder.resolve("calls.pcap");
        try (LocalKafka kafka = LocalKafka.start(folder)) {
            pin(ProcessHandle.current().pid(), 0);
            pin(kafka.pid(), 1);
            long written = write(file);
            System.out.printf("%,d packets, %,d MB.%n", written, Files.size(file) >> 20);
            double decoded = decodeAlone(file);
            System.out.printf("Reading and decoding alone: %,.0f packets/s.%n", decoded);
            double imported = importAll(file, kafka.address(), written);
            System.out.printf("Import, confirmed by Kafka: %,.0f packets/s.%n", imported);
            new Result("import", imported, "packets/s")
                    .with("packets", written)
                    .with("decode_alone", decoded)
                    .print();
            return 0;
        } finally {
            Target.delete(folder);
        }
    }

    /** Binds all threads of a process, and those it will start, to one core. */
    private static void pin(long pid, int core) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("taskset", "-a", "-c", "-p", Integer.toString(core), Long.toString(pid))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("taskset (of util-linux) cannot bind a process to a core");
        }
    }

    private long write(Path file) throws IOException {
        try (var writer = new PcapWriter(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            int calls = packets / CallLoad.MESSAGES_PER_CALL;
            return CallLoad.record(writer, "import", calls, System.currentTimeMillis() * 1_000 - 3_600_000_000L);
        }
    }

    private static double decodeAlone(Path file) throws IOException {
        var sink = new Counting();
        var account = new Account(10, count -> {});
        var intake = new FrameIntake(account, sink, () -> 0, "bench", FrameIntake.From.FILE, new RtcpCalls());
        long begin = System.nanoTime();
        try (var capture = CaptureFile.open(file)) {
            for (CaptureRecord record : capture) {
                intake.frame(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos());
            }
        }
        return sink.packets / ((System.nanoTime() - begin) / 1e9);
    }

    private static double importAll(Path file, String kafka, long expected) throws IOException, InterruptedException {
        try (var running = CaptureImport.open(Map.of("RHAPSODE_KAFKA", kafka), Set.of())) {
            long begin = System.nanoTime();
            running.file(file, "bench", bytes -> {});
            var totals = running.finish();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (totals.sent() != expected) {
                throw new IOException("of " + expected + " packets Kafka confirmed " + totals.sent());
            }
            return totals.sent() / seconds;
        }
    }

    private static final class Counting implements PacketSink {
        long packets;

        @Override
        public void packet(HepPacket packet, Origin origin, int length, long atMicros, NodeMinute account) {
            packets++;
        }

        @Override
        public void deadLetter(
                byte[] datagram,
                int length,
                String reason,
                String detail,
                long atMicros,
                String sender,
                NodeMinute account) {
            throw new IllegalStateException(reason);
        }
    }
}
