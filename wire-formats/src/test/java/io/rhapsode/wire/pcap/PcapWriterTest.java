/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.wire.ip.IpDatagram;
import io.rhapsode.wire.ip.IpDecoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapWriterTest {

    private static final byte[] A = {10, 0, 0, 1};
    private static final byte[] B = {10, 0, 0, 2};
    private static final byte[] OPTIONS = ("OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n"
                    + "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
            .getBytes(US_ASCII);

    private interface Writing {
        void to(PcapWriter writer) throws IOException;
    }

    @Test
    void datagramsComeBackAsTheyWent() throws Exception {
        byte[] six = InetAddress.getByName("2001:db8::1").getAddress();
        byte[] file = written(writer -> {
            writer.write(1_700_000_000_123_456L, 17, A, B, 5060, 5061, OPTIONS);
            writer.write(1_700_000_001_000_000L, 17, six, six, 5060, 5061, new byte[0]);
        });
        var records = records(file);
        assertThat(records).extracting(CaptureRecord::linkType).containsOnly(101);
        assertThat(records.get(0).atNanos()).isEqualTo(1_700_000_000_123_456_000L);
        var first = datagram(records.get(0));
        assertThat(first.sourceAddress()).isEqualTo(A);
        assertThat(first.destinationAddress()).isEqualTo(B);
        assertThat(first.sourcePort()).isEqualTo(5060);
        assertThat(first.destinationPort()).isEqualTo(5061);
        assertThat(payload(first)).isEqualTo(OPTIONS);
        var second = datagram(records.get(1));
        assertThat(second.sourceAddress()).isEqualTo(six);
        assertThat(second.payloadLength()).isZero();
    }

    @Test
    void addressesOfTwoFamiliesBecomeIpv6() throws Exception {
        byte[] six = InetAddress.getByName("2001:db8::1").getAddress();
        var datagram = datagram(records(written(writer -> writer.write(0, 17, A, six, 1, 2, OPTIONS)))
                .get(0));
        assertThat(datagram.sourceAddress()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1);
    }

    @Test
    void whatIsNotKnownBecomesZero() throws Exception {
        var datagram = datagram(records(written(writer -> writer.write(0, -1, null, null, -1, -1, OPTIONS)))
                .get(0));
        assertThat(datagram.protocol()).isEqualTo(17);
        assertThat(datagram.sourceAddress()).containsExactly(0, 0, 0, 0);
        assertThat(datagram.sourcePort()).isZero();
    }

    @Test
    void payloadTooLongForOnePacketGoesOnInTheNext() throws Exception {
        byte[] payload = new byte[70_000];
        Arrays.fill(payload, (byte) 'x');
        var records = records(written(writer -> writer.write(0, 17, A, B, 1, 2, payload)));
        assertThat(records).hasSize(2);
        assertThat(payload(datagram(records.get(0))).length + payload(datagram(records.get(1))).length)
                .isEqualTo(70_000);
    }

    @Test
    void tsharkFindsRightChecksumsAndWholeStreams(@TempDir Path folder) throws Exception {
        assumeTrue(hasTshark(), "tshark is not installed");
        byte[] six = InetAddress.getByName("2001:db8::1").getAddress();
        byte[] odd = Arrays.copyOf(OPTIONS, OPTIONS.length);
        byte[] file = written(writer -> {
            for (byte[] address : new byte[][] {A, six}) {
                byte[] other = address == A ? B : address;
                writer.write(1_000_000, 17, address, other, 5060, 5062, odd);
                writer.write(2_000_000, 6, address, other, 5060, 5064, Arrays.copyOf(OPTIONS, 20));
                writer.write(2_500_000, 6, address, other, 5060, 5064, Arrays.copyOfRange(OPTIONS, 20, OPTIONS.length));
                writer.write(2_700_000, 6, other, address, 5064, 5060, OPTIONS);
                writer.write(3_000_000, 132, address, other, 5060, 5066, odd);
                writer.write(3_500_000, 132, address, other, 5060, 5066, Arrays.copyOf(OPTIONS, OPTIONS.length - 1));
            }
        });
        var capture = Files.write(folder.resolve("written.pcap"), file);
        // 1 is "good"
        assertThat(tshark(capture, "udp.checksum.status")).containsExactly("1", "1");
        assertThat(tshark(capture, "tcp.checksum.status")).containsExactly("1", "1", "1", "1", "1", "1");
        assertThat(tshark(capture, "sctp.checksum.status")).containsExactly("1", "1", "1", "1");
        assertThat(tshark(capture, "ip.checksum.status")).hasSize(6).containsOnly("1");
        assertThat(tshark(capture, "tcp.analysis.flags")).isEmpty();
        assertThat(tshark(capture, "sip.Method")).hasSize(10).containsOnly("OPTIONS");
        assertThat(tshark(capture, "_ws.malformed")).isEmpty();
    }

    private static List<String> tshark(Path capture, String field) throws Exception {
        var process = new ProcessBuilder(
                        "tshark",
                        "-r",
                        capture.toString(),
                        "-o",
                        "udp.check_checksum:TRUE",
                        "-o",
                        "tcp.check_checksum:TRUE",
                        "-o",
                        "ip.check_checksum:TRUE",
                        "-o",
                        "sctp.checksum:CRC 32c",
                        "-T",
                        "fields",
                        "-e",
                        field)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var lines = new String(process.getInputStream().readAllBytes(), US_ASCII);
        assertThat(process.waitFor()).isZero();
        return lines.lines().filter(line -> !line.isEmpty()).toList();
    }

    private static boolean hasTshark() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "tshark")));
    }

    private static byte[] written(Writing writing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new PcapWriter(bytes)) {
            writing.to(writer);
        }
        return bytes.toByteArray();
    }

    private static List<CaptureRecord> records(byte[] file) throws IOException {
        var records = new ArrayList<CaptureRecord>();
        new CaptureFile(new ByteArrayInputStream(file)).forEach(records::add);
        return records;
    }

    private static IpDatagram datagram(CaptureRecord record) throws Exception {
        return new IpDecoder()
                .decode(record.linkType(), record.bytes(), 0, record.bytes().length, 0)
                .orElseThrow();
    }

    private static byte[] payload(IpDatagram datagram) {
        int from = datagram.payloadOffset();
        return Arrays.copyOfRange(datagram.bytes(), from, from + datagram.payloadLength());
    }
}
