/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RTCP as JSON that agents sent by HEP: all of it can be read and tells of a stream, but what was made to be broken. */
class CapturedReportsTest {

    private static final int RTCP_TYPE = 5;

    /** Frames whose JSON ends after its first key. */
    private static final Map<String, Set<Integer>> BROKEN = Map.of("hep_odd_and_malformed.pcap", Set.of(32));

    @TestFactory
    Stream<DynamicTest> captures() {
        return OracleFile.tests(".hep.oracle.jsonl", file -> !rows(file).isEmpty(), CapturedReportsTest::check);
    }

    private static List<JsonObject> rows(OracleFile file) {
        return file.rows("hep_transport", "udp").stream()
                .filter(row -> row.getInt("proto_type", 0) == RTCP_TYPE)
                .toList();
    }

    private static void check(OracleFile file) throws Exception {
        var records = new ArrayList<CaptureRecord>();
        try (var capture = CaptureFile.open(file.capture())) {
            capture.forEach(records::add);
        }
        for (var row : rows(file)) {
            var record = records.get(row.getInt("frame") - 1);
            var datagram = new IpDecoder()
                    .decode(record.linkType(), record.bytes(), 0, record.bytes().length, record.atNanos() / 1000)
                    .orElseThrow();
            var packet = HepDecoder.decode(datagram.bytes(), datagram.payloadOffset(), datagram.payloadLength());
            if (BROKEN.getOrDefault(file.toString(), Set.of()).contains(row.getInt("frame"))) {
                assertThatThrownBy(
                                () -> JsonReader.read(packet.bytes(), packet.payloadOffset(), packet.payloadLength()))
                        .hasMessage("json-malformed");
                continue;
            }
            var json = JsonReader.read(packet.bytes(), packet.payloadOffset(), packet.payloadLength());
            assertThat(RtcpQuality.of(RtcpJson.decode(json), packet.capturedAtMicros()))
                    .as("frame " + row.getInt("frame"))
                    .isNotEmpty();
        }
    }
}
