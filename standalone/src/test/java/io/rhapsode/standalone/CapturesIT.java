/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.Captures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.rhapsode.ingest.HepSender;
import io.rhapsode.standalone.Captures.Capture;
import jakarta.json.JsonObject;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Captures played in as HEP, and what the API then says, against what tshark read in them: every message, every field. */
@ExtendWith(StandaloneExtension.class)
class CapturesIT {

    /** Fields that tshark reads differently, and why it is not followed. */
    private static final Map<String, Set<String>> TSHARK_DIFFERS = Map.of(
            // IPv6 without brackets in From, To and Via: tshark ends the host at its first colon and loses the branch.
            "sip_ipv6_udp.pcap", Set.of("from_host", "to_host", "via_branch"),
            "dlt229_ipv6_sip.pcap", Set.of("from_host", "to_host", "via_branch"),
            "pcapng_with_comment_sip_ipv6.pcapng", Set.of("from_host", "to_host", "via_branch"),
            // tshark shows the control characters in these tags as escapes, and cuts them.
            "FAX-Call-t38-CA-TDM-SIP-FB-1.pcap", Set.of("to_tag"),
            // tshark misses the user of one letter in an addr-spec without brackets.
            "sip-488-codec-reject.pcapng", Set.of("to_user"));

    /** The contract's field for each of tshark's. */
    private static final Map<String, String> FIELDS = fields();

    private final RunningStandalone rhapsode;

    CapturesIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @TestFactory
    Stream<DynamicTest> capturesOfTheProject() throws Exception {
        return tests("bundled", Captures.BUNDLED);
    }

    @TestFactory
    Stream<DynamicTest> extraCaptures() throws Exception {
        assumeTrue(Captures.extrasAreThere(), "no folder " + Captures.EXTRA.toAbsolutePath());
        return tests("extra", Captures.EXTRA.resolve("files"));
    }

    /** All are sent before the first is looked at: waiting for each by itself would take a second each. */
    private Stream<DynamicTest> tests(String folder, Path captures) throws Exception {
        var tests = new ArrayList<DynamicTest>();
        for (Capture capture : Captures.withSip(captures)) {
            String node = folder + "-" + tests.size();
            var options = new HepSender.Options(0, 4_000, Duration.ofDays(1), false, "", node, -1);
            HepSender.send(capture.file(), new InetSocketAddress("127.0.0.1", rhapsode.hepPort()), options);
            tests.add(dynamicTest(folder + " " + capture.name(), () -> compare(capture, node)));
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private void compare(Capture capture, String node) throws Exception {
        Map<String, List<JsonObject>> expected = new HashMap<>();
        for (JsonObject row : capture.rows()) {
            // A datagram is one message, whatever stands behind it (RFC 3261 section 18.3).
            boolean isFirst =
                    row.getInt("nth_in_frame") == 1 || !text(row, "transport").equals("udp");
            if (Captures.isReadable(row) && isFirst) {
                expected.computeIfAbsent(key(row), none -> new ArrayList<>()).add(row);
            }
        }
        long all = expected.values().stream()
                .flatMap(List::stream)
                .filter(CapturesIT::isMessage)
                .count();
        JsonClient.eventually(() -> assertThat(total(node)).isGreaterThanOrEqualTo((int) all));
        var sightings = new HashSet<String>();
        capture.rows().forEach(row -> sightings.add(sighting(key(row))));
        var differences = new ArrayList<String>();
        for (JsonObject message : messages(node)) {
            List<JsonObject> rows =
                    expected.getOrDefault(documentKey(message, text(message, "sip.call_id")), List.of());
            if (rows.isEmpty()) {
                rows = expected.getOrDefault(documentKey(message, ""), List.of());
            }
            if (rows.isEmpty()) {
                // What went through two tunnels is two sightings; to tshark it is one stream, or a retransmission.
                if (!sightings.contains(sighting(documentKey(message, text(message, "sip.call_id"))))) {
                    differences.add("not known to tshark: " + message);
                }
            } else {
                compare(capture.name(), rows.remove(0), message, differences);
            }
        }
        expected.values().stream()
                .flatMap(List::stream)
                .filter(CapturesIT::isMessage)
                .forEach(row -> differences.add("not found: " + key(row)));
        assertThat(differences).isEmpty();
    }

    /** Without a Call-ID it is a dead letter; in a frame that was cut tshark may miss one that is there. */
    private static boolean isMessage(JsonObject row) {
        return !text(row, "call_id").isEmpty();
    }

    private int total(String node) throws Exception {
        return rhapsode.api()
                .get("/api/v1/messages?size=0&facets=false&q=observer.name:" + node)
                .getInt("total");
    }

    /** All pages. */
    private List<JsonObject> messages(String node) throws Exception {
        var messages = new ArrayList<JsonObject>();
        String path = "/api/v1/messages?size=500&facets=false&q=observer.name:" + node;
        while (path != null) {
            JsonObject page = rhapsode.api().get(path);
            messages.addAll(page.getJsonArray("hits").getValuesAs(JsonObject.class));
            String next = text(page, "next");
            path = next.isEmpty() ? null : "/api/v1/messages?cursor=" + JsonClient.encode(next);
        }
        return messages;
    }

    private static void compare(String file, JsonObject row, JsonObject message, List<String> differences) {
        Set<String> ignored = TSHARK_DIFFERS.getOrDefault(file, Set.of());
        FIELDS.forEach((theirs, ours) -> {
            String wanted = text(row, theirs).strip();
            if (theirs.endsWith("_host")) {
                wanted = wanted.toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
            }
            if (theirs.equals("transport") && wanted.equals("ws")) {
                wanted = "tcp";
            }
            if (theirs.equals("user_agent") && wanted.isEmpty()) {
                wanted = text(row, "server").strip();
            }
            String actual = text(message, ours);
            // tshark reads no field that the frame was cut in, and shows control characters as escapes.
            boolean unread = row.containsKey("truncated_frame") && (wanted.isEmpty() || wanted.equals("0"))
                    || wanted.contains("\\x");
            if (!wanted.equals(actual) && !unread && !ignored.contains(theirs) && !isOtherScheme(theirs, message)) {
                differences.add(
                        "frame %s %s: tshark <%s>, the API <%s>".formatted(text(row, "frame"), ours, wanted, actual));
            }
        });
    }

    /** tshark splits SIP URIs only. */
    private static boolean isOtherScheme(String field, JsonObject message) {
        String party = field.substring(0, Math.max(0, field.indexOf('_')));
        return field.endsWith("_user")
                && !text(message, "sip." + party + ".uri.scheme").startsWith("sip");
    }

    /** A key without its time. */
    private static String sighting(String key) {
        return key.substring(key.indexOf(' '));
    }

    private static String key(JsonObject row) {
        var at = new BigDecimal(text(row, "ts")).movePointRight(6).longValue();
        return key(
                at,
                text(row, "src_ip") + " " + text(row, "src_port"),
                text(row, "dst_ip") + " " + text(row, "dst_port"),
                text(row, "call_id"),
                text(row, "method") + text(row, "status"));
    }

    private static String documentKey(JsonObject message, String callId) {
        Instant at = Instant.parse(text(message, "@timestamp"));
        // An absurd time is filed under the time of receipt, and kept.
        String captured = text(message, "rhapsode.captured_at_us");
        return key(
                captured.isEmpty() ? at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000 : Long.parseLong(captured),
                text(message, "source.ip") + " " + text(message, "source.port"),
                text(message, "destination.ip") + " " + text(message, "destination.port"),
                callId,
                text(message, "sip.method") + text(message, "sip.code"));
    }

    private static String key(long at, String source, String destination, String... rest) {
        return at + " " + address(source) + " > " + address(destination) + " " + Arrays.toString(rest);
    }

    /** An address in one way of writing it. */
    private static String address(String addressAndPort) {
        String[] parts = addressAndPort.split(" ");
        try {
            return InetAddress.getByName(parts[0]).getHostAddress() + " " + (parts.length > 1 ? parts[1] : "");
        } catch (UnknownHostException e) {
            throw new AssertionError("no address: " + addressAndPort, e);
        }
    }

    private static Map<String, String> fields() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("transport", "network.transport");
        fields.put("ruri", "sip.uri.original");
        fields.put("reason", "sip.status");
        fields.put("cseq", "sip.cseq.code");
        fields.put("cseq_method", "sip.cseq.method");
        fields.put("from_user", "sip.from.uri.username");
        fields.put("from_host", "sip.from.uri.host");
        fields.put("from_tag", "sip.from.tag");
        fields.put("to_user", "sip.to.uri.username");
        fields.put("to_host", "sip.to.uri.host");
        fields.put("to_tag", "sip.to.tag");
        fields.put("via_branch", "sip.via.branch");
        fields.put("user_agent", "sip.user_agent.original");
        fields.put("content_type", "sip.content_type");
        return fields;
    }
}
