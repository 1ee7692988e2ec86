/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.json.JsonReader;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RTCP as JSON that real agents sent by HEP: every one of them can be read, and tells of a stream. */
class CapturedReportsTest {

    private static final int RTCP_TYPE = 5;

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
            var json = JsonReader.read(packet.bytes(), packet.payloadOffset(), packet.payloadLength());
            assertThat(RtcpQuality.of(RtcpJson.decode(json), packet.capturedAtMicros()))
                    .as("frame " + row.getInt("frame"))
                    .isNotEmpty();
        }
    }
}
