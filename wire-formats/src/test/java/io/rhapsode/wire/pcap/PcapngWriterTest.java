/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.wire.ip.IpDecoder;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapngWriterTest {

    private static final byte[] A = {10, 0, 0, 1};
    private static final byte[] B = {10, 0, 0, 2};
    private static final byte[] OPTIONS = ("OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n"
                    + "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
            .getBytes(US_ASCII);

    private static byte[] written() throws IOException {
        var file = new ByteArrayOutputStream();
        try (var writer = new PcapngWriter(file, "Rhapsode")) {
            writer.write(1_700_000_000_123_456L, 17, A, B, 5060, 5061, OPTIONS, "edge-1", "of site düs");
            writer.write(1_700_000_000_123_457L, 6, A, B, 5060, 5061, OPTIONS, "edge-2", "");
            writer.write(1_700_000_000_123_458L, 17, B, A, 5061, 5060, OPTIONS, "edge-1", "odd");
        }
        return file.toByteArray();
    }

    @Test
    void packetsComeBackAsTheyWent(@TempDir Path folder) throws Exception {
        Path written = folder.resolve("a.pcapng");
        Files.write(written, written());
        var records = new ArrayList<CaptureRecord>();
        try (var file = CaptureFile.open(written)) {
            file.iterator().forEachRemaining(records::add);
        }
        assertThat(records)
                .extracting(CaptureRecord::atNanos)
                .containsExactly(1_700_000_000_123_456_000L, 1_700_000_000_123_457_000L, 1_700_000_000_123_458_000L);
        var first = new IpDecoder()
                .decode(
                        records.get(0).linkType(),
                        records.get(0).bytes(),
                        0,
                        records.get(0).bytes().length,
                        0)
                .orElseThrow();
        assertThat(first.sourceAddress()).isEqualTo(A);
        assertThat(new String(first.bytes(), first.payloadOffset(), first.payloadLength(), US_ASCII))
                .isEqualTo(new String(OPTIONS, US_ASCII));
    }

    @Test
    void namesFromTheNetworkMakeABoundedNumberOfInterfaces() throws Exception {
        var file = new ByteArrayOutputStream();
        try (var writer = new PcapngWriter(file, "Rhapsode")) {
            for (int i = 0; i < 1_500; i++) {
                writer.write(i, 17, A, B, 1, 2, OPTIONS, "node-" + i, "");
            }
        }
        assertThat(new String(file.toByteArray(), US_ASCII))
                .contains("node-999")
                .doesNotContain("node-1000");
    }

    @Test
    void wiresharkReadsPlaceAndComment(@TempDir Path folder) throws Exception {
        assumeTrue(new File("/usr/bin/tshark").canExecute(), "tshark is not installed");
        Path file = folder.resolve("a.pcapng");
        Files.write(file, written());
        var command = List.of(
                "tshark",
                "-r",
                file.toString(),
                "-T",
                "fields",
                "-e",
                "frame.interface_name",
                "-e",
                "sip.Method",
                "-e",
                "frame.comment");
        Process tshark = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(tshark.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(tshark.waitFor()).isZero();
        assertThat(said.lines())
                .containsExactly("edge-1\tOPTIONS\tof site düs", "edge-2\tOPTIONS\t", "edge-1\tOPTIONS\todd");
    }
}
