/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.CaptureImport.FileReport;
import io.rhapsode.ingest.sink.FakeKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CaptureImportTest {

    private static final Path CAPTURES = Path.of("../wire-formats/src/test/resources/captures");
    private static final Path FLOWS = CAPTURES.resolve("kam_hep3_udp_flows.sip.pcap");

    @TempDir
    Path folder;

    private final FakeKafka kafka = new FakeKafka(true, 0);

    /** Captures that tshark has read: one line a SIP message. */
    static List<Path> captures() throws IOException {
        try (Stream<Path> files = Files.list(CAPTURES)) {
            return files.filter(file -> file.toString().endsWith(".pcap"))
                    .filter(file -> Files.exists(oracle(file)))
                    .sorted()
                    .toList();
        }
    }

    private static Path oracle(Path capture) {
        return capture.resolveSibling(capture.getFileName() + ".oracle.jsonl");
    }

    private static long messages(Path capture) throws IOException {
        return Files.readAllLines(oracle(capture)).size();
    }

    private FileReport take(Path file) {
        try (var running = new CaptureImport(kafka.sink, 10)) {
            var report = running.file(file, "node-1", bytes -> {});
            var totals = running.finish();
            assertThat(totals.sent()).isEqualTo(report.messages());
            assertThat(totals.failed()).isEmpty();
            return report;
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyMessageOfTheCaptureIsOnKafkaWithItsTime(Path capture) throws Exception {
        FileReport report = take(capture);

        assertThat(report.trouble()).isEmpty();
        assertThat(report.messages()).isEqualTo(messages(capture)).isPositive();
        long modified = Files.getLastModifiedTime(capture).toMillis() * 1_000;
        assertThat(kafka.raw()).hasSize((int) report.messages()).allSatisfy(raw -> {
            assertThat(raw.getSource()).isEqualTo("file");
            assertThat(raw.getCaptureNode()).isEqualTo("node-1");
            assertThat(raw.getSender()).isEmpty();
            assertThat(raw.getCapturedAtUs()).isPositive().isLessThan(raw.getReceivedAtUs());
            assertThat(raw.getReceivedAtUs()).isGreaterThan(modified);
        });
        assertThat(kafka.counts())
                .containsEntry("node-1 received", report.messages())
                .containsEntry("node-1 sent", report.messages());
    }

    @Test
    void gzipIsReadThroughAndProgressEndsAtTheSizeOfTheFile() throws Exception {
        Path zipped = folder.resolve("flows.pcap.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(FLOWS, out);
        }
        var done = new AtomicLong();
        try (var running = new CaptureImport(kafka.sink, 10)) {
            assertThat(running.file(zipped, "n", done::set).messages()).isEqualTo(messages(FLOWS));
        }
        assertThat(done).hasValue(Files.size(zipped));
    }

    @Test
    void cutFileGivesWhatIsBeforeTheCut() throws Exception {
        byte[] whole = Files.readAllBytes(FLOWS);
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, whole.length - 5));

        FileReport report = take(cut);

        assertThat(report.trouble()).contains("the capture file ends within a packet");
        assertThat(report.messages()).isEqualTo(messages(FLOWS) - 1);
    }

    @Test
    void whatIsNoCaptureIsSaid() throws Exception {
        Path notes = Files.writeString(folder.resolve("notes.pcap"), "no capture");
        Path empty = Files.createFile(folder.resolve("empty.pcap"));

        try (var running = new CaptureImport(kafka.sink, 10)) {
            assertThat(running.file(notes, "n", bytes -> {}).trouble()).contains("neither pcap nor pcapng");
            assertThat(running.file(empty, "n", bytes -> {}).trouble()).isPresent();
            assertThat(running.file(folder, "n", bytes -> {}).trouble()).isPresent();
            assertThat(running.finish().sent()).isZero();
        }
        assertThat(kafka.raw()).isEmpty();
    }

    @Test
    void framesWithoutSipAreListedByReasonForEachFile() {
        Path hep = CAPTURES.resolve("kam_hep3_udp_flows.hep.pcap");
        try (var running = new CaptureImport(kafka.sink, 10)) {
            FileReport first = running.file(hep, "n", bytes -> {});
            FileReport second = running.file(hep, "n", bytes -> {});
            assertThat(first.messages()).isZero();
            assertThat(first.leftOut()).isEqualTo(Map.of("not-sip", first.frames()));
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void whatKafkaRefusesIsCountedAsFailed() throws Exception {
        var refusing = new FakeKafka(false, 0);
        try (var running = new CaptureImport(refusing.sink, 10)) {
            long messages = running.file(FLOWS, "n", bytes -> {}).messages();
            while (refusing.packets.errorNext(new TimeoutException("late"))) {
                continue;
            }
            var totals = running.finish();
            assertThat(totals.sent()).isZero();
            assertThat(totals.failed()).isEqualTo(Map.of("kafka-timeout", messages));
        }
    }
}
