/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.sip.SipMessage;
import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every SIP message that tshark finds, over whatever transport: the same frame completes it, from and to the same, at the
 * same time; and over TCP, WebSocket and SCTP there are no others.
 */
class DissectorOracleTest {

    /** Network Monitor's own format, which is no pcap; a copy that is damaged on purpose. */
    private static final Set<String> NO_MEASURE = Set.of("c07-sip-r2.cap", "fuzz-2006-06-26-2594.pcap");

    private static final Set<String> TRANSPORTS = Set.of("udp", "tcp", "ws", "sctp");

    private record Seen(int frame, TransportMessage message, byte[] payload, long atMicros) {}

    @TestFactory
    Stream<DynamicTest> captures() {
        return OracleFile.tests(
                ".oracle.jsonl",
                file -> !NO_MEASURE.contains(file.toString())
                        && Files.exists(file.capture())
                        && file.rows().stream().anyMatch(DissectorOracleTest::isWanted),
                DissectorOracleTest::compare);
    }

    @TestFactory
    Stream<DynamicTest> tlsIsCountedAndGivesNothing() {
        return OracleFile.tests(
                ".oracle.jsonl", file -> !file.rows("transport", "tls").isEmpty(), file -> {
                    var dissector = new Dissector();
                    assertThat(seen(file, dissector)).isEmpty();
                    assertThat(dissector.leftovers().get(Leftover.TLS)).isGreaterThan(48);
                });
    }

    private static boolean isWanted(JsonObject row) {
        return TRANSPORTS.contains(row.getString("transport", ""));
    }

    private static void compare(OracleFile file) throws Exception {
        var seen = seen(file, new Dissector());
        var softly = new SoftAssertions();
        for (var row :
                file.rows().stream().filter(DissectorOracleTest::isWanted).toList()) {
            // Of a frame that the capture cut, tshark reads the start line only.
            int fields = row.containsKey("truncated_frame") ? 8 : 9;
            var alike = seen.stream()
                    .filter(each -> describe(each)
                            .subList(0, fields)
                            .equals(describe(row).subList(0, fields)))
                    .findFirst();
            softly.assertThat(alike)
                    .as(() -> describe(row) + " among "
                            + seen.stream()
                                    .filter(each -> each.frame == row.getInt("frame"))
                                    .map(DissectorOracleTest::describe)
                                    .toList())
                    .isPresent();
            alike.ifPresent(seen::remove);
        }
        // What is seen in two tunnels, or in one and outside, is two sightings; to tshark it is one stream.
        var messages = file.rows().stream()
                .filter(DissectorOracleTest::isWanted)
                .map(row -> describe(row).subList(2, 9))
                .toList();
        softly.assertThat(seen)
                .as("more than tshark finds")
                .filteredOn(each -> each.message.transport() != Transport.UDP)
                .extracting(DissectorOracleTest::describe)
                .filteredOn(each -> !messages.contains(each.subList(2, 9)))
                .isEmpty();
        softly.assertAll();
    }

    private static List<Seen> seen(OracleFile file, Dissector dissector) throws Exception {
        var seen = new ArrayList<Seen>();
        int[] frame = {0};
        Consumer<TransportMessage> out = message -> {
            if (SipMessage.looksLikeSip(message.bytes(), message.payloadOffset(), message.payloadLength())) {
                seen.add(new Seen(frame[0], message, message.payload(), message.atMicros()));
            }
        };
        try (var capture = CaptureFile.open(file.capture())) {
            for (var record : capture) {
                frame[0]++;
                try {
                    byte[] bytes = record.bytes();
                    dissector.frame(record.linkType(), bytes, 0, bytes.length, record.atNanos() / 1000, out);
                } catch (MalformedPacket e) {
                    assertThat(e.reason()).isNotEqualTo("ip-unknown-link-type");
                }
            }
        }
        dissector.end(out);
        return seen;
    }

    private static List<Object> describe(Seen seen) {
        var message = seen.message;
        var sip = SipMessage.of(seen.payload, 0, seen.payload.length);
        String transport = message.transport().name().toLowerCase(Locale.ROOT);
        return Arrays.asList(
                seen.frame,
                seen.atMicros,
                transport,
                address(message.sourceAddress()),
                address(message.destinationAddress()),
                message.sourcePort(),
                message.destinationPort(),
                sip.isRequest() ? clean(sip.method()) : "" + sip.statusCode(),
                clean(sip.callId()));
    }

    private static List<Object> describe(JsonObject row) {
        String[] at = row.getString("ts").split("\\.");
        boolean isRequest = row.getBoolean("is_request");
        return Arrays.asList(
                row.getInt("frame"),
                Long.parseLong(at[0]) * 1_000_000 + Long.parseLong((at[1] + "000000").substring(0, 6)),
                row.getString("transport"),
                address(row.getString("src_ip")),
                address(row.getString("dst_ip")),
                row.getInt("src_port"),
                row.getInt("dst_port"),
                isRequest ? text(row, "method") : row.get("status").toString(),
                text(row, "call_id"));
    }

    private static String text(JsonObject row, String field) {
        return row.isNull(field) ? "" : clean(row.getString(field));
    }

    // tshark writes control characters as escapes.
    private static String clean(String text) {
        return text.indexOf('\\') >= 0 ? "" : new String(text.strip().getBytes(UTF_8), UTF_8);
    }

    private static Object address(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object address(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
