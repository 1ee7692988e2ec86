/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** HEP that real programs sent, and odd HEP, against an independent decoder. */
class HepOracleTest {

    /** Frames that the other decoder reads worse: HEP 2 with big-endian time, and without padding. */
    private static final Map<String, Set<Integer>> DOUBTFUL = Map.of("hep_odd_and_malformed.pcap", Set.of(38, 41));

    @TestFactory
    Stream<DynamicTest> captures() {
        return OracleFile.tests(
                ".hep.oracle.jsonl", file -> !file.rows("hep_transport", "udp").isEmpty(), HepOracleTest::compare);
    }

    private static void compare(OracleFile file) throws Exception {
        var records = new ArrayList<CaptureRecord>();
        try (var capture = CaptureFile.open(file.capture())) {
            capture.forEach(records::add);
        }
        var doubtful = DOUBTFUL.getOrDefault(file.toString(), Set.of());
        var softly = new SoftAssertions();
        for (var row : file.rows("hep_transport", "udp")) {
            if (!doubtful.contains(row.getInt("frame"))) {
                compare(softly, row, records.get(row.getInt("frame") - 1));
            }
        }
        softly.assertAll();
    }

    private static void compare(SoftAssertions softly, JsonObject row, CaptureRecord record) throws Exception {
        var datagram = new IpDecoder()
                .decode(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1000)
                .orElseThrow();
        String frame = "frame " + row.getInt("frame");
        HepPacket packet;
        try {
            packet = HepDecoder.decode(datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength());
        } catch (MalformedPacket e) {
            softly.assertThat(e.reason()).as(frame).isIn(reasons(row));
            return;
        }
        softly.assertThat(reasons(row)).as(frame).isEmpty();
        softly.assertThat(seen(packet)).as(frame).isEqualTo(expected(row));
    }

    private static Set<String> reasons(JsonObject row) {
        if (row.containsKey("not_hep") || "EEP1".equals(row.getString("magic", ""))) {
            return Set.of("not-hep", "hep-unknown-family", "hep-truncated");
        }
        if (row.containsKey("error")) {
            return Set.of("hep-truncated");
        }
        if (row.containsKey("length_mismatch")) {
            return Set.of("hep-bad-length");
        }
        if (row.containsKey("chunks") && 6 + lengthOf(row.getJsonArray("chunks")) != row.getInt("len")) {
            return Set.of("hep-bad-chunk");
        }
        return row.getInt("payload_len") > Inflated.LONGEST ? Set.of("hep-payload-too-long") : Set.of();
    }

    private static int lengthOf(JsonArray chunks) {
        return chunks.getValuesAs(JsonArray.class).stream()
                .mapToInt(chunk -> chunk.getInt(2))
                .sum();
    }

    private static List<Object> seen(HepPacket packet) throws Exception {
        var sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(packet.bytes(), packet.payloadOffset(), packet.payloadLength());
        return Arrays.asList(
                packet.version(),
                packet.ipProtocol(),
                packet.sourceAddress() == null ? null : InetAddress.getByAddress(packet.sourceAddress()),
                packet.destinationAddress() == null ? null : InetAddress.getByAddress(packet.destinationAddress()),
                packet.sourcePort(),
                packet.destinationPort(),
                packet.capturedAtMicros(),
                packet.protocolType(),
                packet.agentId(),
                packet.nodeName(),
                packet.correlationId(),
                packet.vlan(),
                packet.authKey() == null ? null : new String(packet.authKey(), ISO_8859_1),
                packet.payloadLength(),
                HexFormat.of().formatHex(sha256.digest()));
    }

    private static List<Object> expected(JsonObject row) throws Exception {
        return Arrays.asList(
                row.getInt("hep_version"),
                row.getInt("ip_proto", -1),
                address(row.getString("src_ip", null)),
                address(row.getString("dst_ip", null)),
                row.getInt("src_port", -1),
                row.getInt("dst_port", -1),
                micros(row.getString("ts", null)),
                row.getInt("proto_type", -1),
                agentId(row),
                row.getString("node_name", null),
                row.getString("correlation_id", null),
                row.getInt("vlan", -1),
                row.getString("auth_key", null),
                row.getInt("payload_len"),
                row.getString("payload_sha256"));
    }

    private static InetAddress address(String text) throws Exception {
        return text == null ? null : InetAddress.getByName(text);
    }

    private static long micros(String seconds) {
        if (seconds == null) {
            return -1;
        }
        int dot = seconds.indexOf('.');
        return Long.parseLong(seconds.substring(0, dot)) * 1_000_000 + Long.parseLong(seconds.substring(dot + 1));
    }

    private static long agentId(JsonObject row) {
        if (!row.containsKey("capture_id")) {
            return -1;
        }
        long id = row.getJsonNumber("capture_id").longValue();
        return row.containsKey("capture_id_note") ? id >> 16 : id;
    }
}
