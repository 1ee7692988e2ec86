/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.rhapsode.ingest.CaptureImport.FileReport;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.IpAddress;
import io.rhapsode.wire.pcap.PcapWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
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
import org.junit.jupiter.params.provider.ValueSource;

class CaptureImportTest {

    private static final Path EXTRA =
            Path.of(System.getenv().getOrDefault("RHAPSODE_EXTRA_CAPTURES", "../../shared/data"));

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
            assertThat(totals.sent()).isEqualTo(report.messages() + report.rtcp());
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

    private static String[] columns(String line) {
        return line.split("\t", -1);
    }

    private static String line(RawPacket raw) {
        return raw.getCapturedAtUs() + " " + place(raw.getSourceAddress(), raw.getSourcePort()) + " "
                + place(raw.getDestinationAddress(), raw.getDestinationPort()) + " " + raw.getCorrelationId();
    }

    private static String place(ByteString address, int port) {
        return HexFormat.of().formatHex(address.toByteArray()) + ":" + port;
    }

    /** The same of "192.0.2.1:5004" or "[2001:db8::1]:5004". */
    private static String place(String text) {
        int colon = text.lastIndexOf(':');
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        return place(
                ByteString.copyFrom(IpAddress.of(address).orElseThrow()), Integer.parseInt(text.substring(colon + 1)));
    }

    /** tshark knows, too, which description named a port: a line has the Call-ID of the SIP message it was in. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "negbie+heplify/rtp_rtcp_sip_ipv4_udp.pcap",
                "negbie+heplify/sip_ipv4_tcp.pcap",
                "ntop+nDPI/sip.pcap",
                "NormB+sipnab/Asterisk_ZFONE_XLITE.pcap",
                "open5gs+open5gs/nonipsec_to_ipsec_call.pcapng",
                "arkime+arkime/gtp-iphone.pcap"
            })
    void rtcpOfCallsIsWhatTsharkFinds(String name) throws Exception {
        Path capture = EXTRA.resolve("files").resolve(name);
        assumeTrue(Files.exists(capture), "no " + capture.toAbsolutePath());
        Path found = Path.of("src/test/resources/rtcp").resolve(capture.getFileName() + ".tsv");
        var rows = Files.readAllLines(found).stream()
                .map(CaptureImportTest::columns)
                .toList();
        var ofCalls = rows.stream().filter(row -> !row[4].isEmpty()).toList();

        FileReport report = take(capture);

        assertThat(kafka.raw().stream()
                        .filter(raw -> raw.getProtocolType() == 5)
                        .map(CaptureImportTest::line))
                .containsExactlyElementsOf(ofCalls.stream()
                        .map(row -> String.join(" ", row[0], place(row[1]), place(row[2]), row[4]))
                        .toList());
        assertThat(report.rtcp()).isEqualTo(ofCalls.size());
        // tshark takes for RTCP only what goes between places it knows to have it.
        assertThat(report.leftOut().getOrDefault("rtcp-unknown", 0L))
                .isGreaterThanOrEqualTo(rows.size() - ofCalls.size());
    }

    /** tshark finds 16 packets of RTCP in it, eight of them between ports 40001 and 30017. */
    @Test
    void descriptionInOneFileAndRtcpInTheNext() throws Exception {
        byte[] address = {127, 0, 0, 1};
        Path sip = folder.resolve("sip.pcap");
        try (var out = new PcapWriter(Files.newOutputStream(sip))) {
            String offer = "INVITE sip:bob@example.org SIP/2.0\r\nCall-ID: two-files\r\nCSeq: 1 INVITE\r\n"
                    + "Content-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 40000 RTP/AVP 8\r\n";
            out.write(1_795_445_460_000_000L, 17, address, address, 5060, 5080, offer.getBytes(UTF_8));
        }
        try (var running = new CaptureImport(kafka.sink, 10)) {
            assertThat(running.file(sip, "n", bytes -> {}).messages()).isEqualTo(1);
            FileReport report = running.file(CAPTURES.resolve("rtpengine10_rtp_rtcp_xr.pcap"), "n", bytes -> {});
            assertThat(report.messages()).isZero();
            assertThat(report.rtcp()).isEqualTo(8);
            assertThat(report.leftOut()).containsEntry("rtcp-unknown", 8L);
            assertThat(running.finish().sent()).isEqualTo(9);
        }
        assertThat(kafka.rawRecords())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsOnly("two-files");
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
            assertThat(running.file(empty, "n", bytes -> {}).trouble()).contains("the file is empty");
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
