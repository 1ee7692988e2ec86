/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.OracleFile;
import io.rhapsode.wire.ip.IpDatagram;
import io.rhapsode.wire.ip.IpDecoder;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every field of every SIP message over UDP, against what tshark read in the same capture. */
class CaptureOracleTest {
    private static final int UDP = 17;

    /** Fields that tshark reads differently, and why it is not followed. */
    private static final Map<String, Set<String>> TSHARK_DIFFERS = Map.of(
            // IPv6 without brackets in From, To and Via: tshark ends the host at its first colon and loses the branch.
            "sip_ipv6_udp.pcap", Set.of("from_host", "to_host", "via_branch"),
            "dlt229_ipv6_sip.pcap", Set.of("from_host", "to_host", "via_branch"),
            "pcapng_with_comment_sip_ipv6.pcapng", Set.of("from_host", "to_host", "via_branch"),
            // tshark shows the control characters in these tags as escapes, and cuts them.
            "erspan_sip_ipv4_udp.pcapng", Set.of("to_tag"),
            // tshark misses the user of one letter in an addr-spec without brackets.
            "sip-488-codec-reject.pcapng", Set.of("to_user"),
            // "Content-Length: -1" is no length; tshark says 0.
            "invalid-content-length.pcap", Set.of("content_length"));

    /**
     * Frames that complete a datagram whose fragments came in two tunnels and outside: each way is a sighting, where
     * tshark joins fragments of all of them into one.
     */
    private static final Map<String, Set<Long>> SEEN_ON_ANOTHER_WAY =
            Map.of("ipsec_reg.pcapng", Set.of(951L, 952L), "volte.pcapng", Set.of(18L));

    /** Damaged on purpose, so tshark's reading is no measure (the torture messages have their own test), or NetMon. */
    private static final List<String> NO_MEASURE = List.of("fuzz-", "rfc4475_all", "c07-sip-r2.cap");

    @TestFactory
    Stream<DynamicTest> agreesWithTsharkOnEveryMessageOverUdp() {
        return OracleFile.tests(
                ".oracle.jsonl",
                file -> Files.exists(file.capture())
                        && !file.rows("transport", "udp").isEmpty()
                        && NO_MEASURE.stream().noneMatch(file.toString()::startsWith),
                CaptureOracleTest::compare);
    }

    private static void compare(OracleFile file) throws IOException {
        Map<Long, SipMessage> messages = messages(file.capture());
        var differences = new ArrayList<String>();
        var expectedFrames = new HashSet<Long>();
        for (JsonObject expected : file.rows("transport", "udp")) {
            long frame = expected.getInt("frame");
            SipMessage message = messages.get(frame);
            if (message == null) {
                differences.add("frame " + frame + " is not seen as SIP");
            } else if (expectedFrames.add(frame)) {
                new Comparison(file.toString(), expected, differences).compare(message);
            }
        }
        assertThat(differences).isEmpty();
        expectedFrames.addAll(SEEN_ON_ANOTHER_WAY.getOrDefault(file.toString(), Set.of()));
        assertThat(messages.keySet()).isEqualTo(expectedFrames);
    }

    private record Comparison(String file, JsonObject expected, List<String> differences) {
        void compare(SipMessage message) {
            note("is_request", String.valueOf(message.isRequest()));
            note("method", message.method());
            note("ruri", message.requestUri().original());
            note("status", message.statusCode() == 0 ? "" : String.valueOf(message.statusCode()));
            note("reason", message.reasonPhrase());
            note("call_id", message.callId());
            note("cseq", message.cseqNumber() < 0 ? "" : String.valueOf(message.cseqNumber()));
            note("cseq_method", message.cseqMethod());
            note("from_tag", message.from().tag());
            note("to_tag", message.to().tag());
            uri("from", message.from().uri());
            uri("to", message.to().uri());
            note(
                    "via_branch",
                    message.vias().isEmpty() ? "" : message.vias().get(0).branch());
            // tshark counts the lines, not the values on them, and shows the whole first line of Contact.
            note("via_count", String.valueOf(message.headers("Via").size()));
            note("contact", message.header("Contact"));
            note("content_type", message.contentType());
            note("content_length", message.contentLength() < 0 ? "" : String.valueOf(message.contentLength()));
            note(text(expected, "user_agent").isEmpty() ? "server" : "user_agent", message.userAgent());
        }

        private void uri(String party, SipUri uri) {
            note(party + "_user", uri.scheme().startsWith("sip") ? uri.user() : "");
            note(party + "_host", uri.host());
        }

        private void note(String field, String actual) {
            String wanted = text(expected, field).strip();
            if (field.endsWith("_host")) {
                wanted = wanted.toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
            }
            boolean unread = expected.containsKey("truncated_frame") && (wanted.isEmpty() || wanted.equals("0"));
            if (!wanted.equals(actual)
                    && !unread
                    && !TSHARK_DIFFERS.getOrDefault(file, Set.of()).contains(field)) {
                differences.add("frame %d %s: tshark <%s>, read <%s>"
                        .formatted(expected.getInt("frame"), field, wanted, actual));
            }
        }
    }

    private static String text(JsonObject object, String field) {
        JsonValue value = object.get(field);
        if (value == null || value == JsonValue.NULL) {
            return "";
        }
        return value.getValueType() == JsonValue.ValueType.STRING ? object.getString(field) : value.toString();
    }

    /** The SIP messages over UDP by the number of the frame that holds or completes them. */
    static Map<Long, SipMessage> messages(Path capture) throws IOException {
        var messages = new HashMap<Long, SipMessage>();
        var decoder = new IpDecoder();
        long frame = 0;
        try (CaptureFile file = CaptureFile.open(capture)) {
            for (CaptureRecord packet : file) {
                frame++;
                IpDatagram datagram = datagram(decoder, packet);
                if (datagram != null && datagram.protocol() == UDP) {
                    byte[] bytes = datagram.bytes();
                    int at = datagram.payloadOffset();
                    int length = datagram.payloadLength();
                    if (SipMessage.looksLikeSip(bytes, at, length)) {
                        messages.put(frame, SipMessage.of(bytes, at, length));
                    }
                }
            }
        }
        return messages;
    }

    private static IpDatagram datagram(IpDecoder decoder, CaptureRecord packet) {
        try {
            return decoder.decode(packet.linkType(), packet.bytes(), 0, packet.bytes().length, packet.atNanos() / 1000)
                    .orElse(null);
        } catch (MalformedPacket noDatagram) {
            return null;
        }
    }
}
