/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.ip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.pcap.CaptureFile;
import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every SIP message that tshark finds in UDP: the same frame completes it, from and to the same, at the same time. */
class UdpOracleTest {

    /** Network Monitor's own format, which is no pcap. */
    private static final Set<String> OTHER_FORMATS = Set.of("c07-sip-r2.cap");

    private record Seen(IpDatagram datagram, long atNanos) {}

    @TestFactory
    Stream<DynamicTest> captures() {
        return OracleFile.tests(".oracle.jsonl", UdpOracleTest::isWanted, UdpOracleTest::compare);
    }

    private static boolean isWanted(OracleFile file) {
        return !OTHER_FORMATS.contains(file.toString())
                && Files.exists(file.capture())
                && !file.rows("transport", "udp").isEmpty();
    }

    private static void compare(OracleFile file) throws Exception {
        var datagrams = datagrams(file);
        var softly = new SoftAssertions();
        for (var row : file.rows("transport", "udp")) {
            int frame = row.getInt("frame");
            var seen = datagrams.get(frame);
            softly.assertThat(seen).as("frame " + frame).isNotNull();
            if (seen != null) {
                softly.assertThat(place(seen)).as("frame " + frame).isEqualTo(place(row));
                softly.assertThat(payload(seen)).as("frame " + frame).contains(texts(row));
            }
        }
        softly.assertAll();
    }

    private static Map<Integer, Seen> datagrams(OracleFile file) throws Exception {
        var datagrams = new HashMap<Integer, Seen>();
        var decoder = new IpDecoder();
        int frame = 0;
        try (var capture = CaptureFile.open(file.capture())) {
            for (var record : capture) {
                int number = ++frame;
                try {
                    decoder.decode(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1000)
                            .ifPresent(datagram -> datagrams.put(number, new Seen(datagram, record.atNanos())));
                } catch (MalformedPacket e) {
                    assertThat(e.reason()).isNotEqualTo("ip-unknown-link-type");
                }
            }
        }
        return datagrams;
    }

    private static List<Object> place(Seen seen) throws Exception {
        var datagram = seen.datagram;
        return Arrays.asList(
                InetAddress.getByAddress(datagram.sourceAddress()),
                InetAddress.getByAddress(datagram.destinationAddress()),
                datagram.sourcePort(),
                datagram.destinationPort(),
                datagram.protocol(),
                seen.atNanos);
    }

    private static List<Object> place(JsonObject row) throws Exception {
        String[] at = row.getString("ts_ns", row.getString("ts")).split("\\.");
        return Arrays.asList(
                InetAddress.getByName(row.getString("src_ip")),
                InetAddress.getByName(row.getString("dst_ip")),
                row.getInt("src_port"),
                row.getInt("dst_port"),
                17,
                Long.parseLong(at[0]) * 1_000_000_000 + Long.parseLong((at[1] + "000").substring(0, 9)));
    }

    private static String payload(Seen seen) {
        var datagram = seen.datagram;
        return new String(datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength(), UTF_8);
    }

    // tshark writes control characters as escapes: such texts are left out.
    private static String[] texts(JsonObject row) {
        return Stream.of("method", "ruri", "call_id", "from_tag", "via_branch")
                .map(name -> row.isNull(name) ? "" : row.getString(name))
                .filter(text -> text.indexOf('\\') < 0)
                .toArray(String[]::new);
    }
}
