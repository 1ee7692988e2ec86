/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.Topic;
import io.rhapsode.standalone.JsonClient.Assertion;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two legs through a back-to-back user agent, one through a second that names its first, and a call like them. */
@ExtendWith(StandaloneExtension.class)
class LegsIT {

    private static final String FIRST = "legs-first@10.0.1.1";
    private static final String SECOND = "legs-second@10.0.1.5";
    private static final String THIRD = "legs-third@10.0.1.9";
    private static final String LIKE = "legs-like@10.0.1.20";
    private static final int CALLS = 40;

    private static boolean sent;

    private final RunningStandalone rhapsode;

    LegsIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    /** The numbers and hosts in common join first and second, X-CID joins the third; the numbers alone join no more. */
    @BeforeEach
    void send() throws Exception {
        if (!sent) {
            sent = true;
            invite(FIRST, 1, 5, "+493012345678", "");
            invite(SECOND, 5, 9, "03012345678", "");
            invite(THIRD, 9, 12, "4711", "X-CID: " + SECOND + "\r\n");
            invite(LIKE, 20, 21, "+493012345678", "");
            for (int i = 0; i < CALLS; i++) {
                invite("legs-in-" + i, 1, 5, "9000" + i, "");
                invite("legs-out-" + i, 5, 9, "9000" + i, "X-CID: legs-in-" + i + "\r\n");
            }
        }
        eventually(
                (Assertion) () -> assertThat(callIds("callid:legs-* session:*")).hasSize(3 + 2 * CALLS));
        // The third hears of the first from the second, a round later.
        eventually((Assertion)
                () -> assertThat(callIds("session:\"" + FIRST + "\"")).hasSize(3));
    }

    private void invite(String callId, int from, int to, String caller, String headers) throws IOException {
        String text = "INVITE sip:+492215556667@callee.test SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.1." + from
                + ";branch=z9hG4bK" + callId.hashCode() + "\r\nFrom: <sip:" + caller
                + "@caller.test>;tag=a\r\nTo: <sip:+492215556667@callee.test>\r\nCall-ID: " + callId
                + "\r\nCSeq: 1 INVITE\r\n" + headers + "Content-Length: 0\r\n\r\n";
        byte[] datagram = TestCalls.datagram(text.getBytes(UTF_8), host(from), host(to));
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    datagram, datagram.length, InetAddress.getLoopbackAddress(), rhapsode.hepPort()));
        }
    }

    private static byte[] host(int last) {
        return new byte[] {10, 0, 1, (byte) last};
    }

    private List<String> callIds(String query) throws Exception {
        return rhapsode.api().get("/api/v1/calls?size=1000&q=" + encode(query)).getJsonArray("hits").stream()
                .map(hit -> Captures.text(hit.asJsonObject(), "sip.call_id"))
                .toList();
    }

    @Test
    void legsAreFoundByEachOthersCallIds() throws Exception {
        assertThat(callIds("b2b:\"" + FIRST + "\"")).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(callIds("b2b:\"" + SECOND + "\"")).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(callIds("leg:\"" + THIRD + "\"")).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(callIds("session:\"" + FIRST + "\"")).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(callIds("leg:\"" + LIKE + "\"")).containsExactly(LIKE);
    }

    @Test
    void manyPairsAtOnceAreEachASession() throws Exception {
        for (int i = 0; i < CALLS; i++) {
            assertThat(callIds("session:legs-in-" + i)).containsExactlyInAnyOrder("legs-in-" + i, "legs-out-" + i);
        }
    }

    @Test
    void recordSaysByWhichRule() throws Exception {
        JsonObject call = rhapsode.api()
                .get("/api/v1/calls/" + encode(SECOND))
                .getJsonObject("rhapsode")
                .getJsonObject("call");
        assertThat(call.getString("session")).isEqualTo(FIRST);
        assertThat(call.getJsonArray("links"))
                .hasToString("[{\"call_id\":\"" + THIRD + "\",\"rule\":\"header\",\"confidence\":0.95},"
                        + "{\"call_id\":\"" + FIRST + "\",\"rule\":\"numbers-and-host\",\"confidence\":0.7}]");
        assertThat(call.getJsonArray("perhaps"))
                .hasToString("[{\"call_id\":\"" + LIKE + "\",\"rule\":\"numbers\",\"confidence\":0.4}]");
    }

    @Test
    void pageListsTheLegsAndDrawsAllInOneLadder() throws Exception {
        String page = page("/calls/" + encode(FIRST));
        assertThat(page)
                .contains("href=\"/calls/" + encode(SECOND) + "\"", "one ends where the other begins")
                .contains("href=\"/calls/" + encode(THIRD) + "\"", "through another leg")
                .contains("perhaps", "href=\"/calls/" + encode(LIKE) + "\"")
                .contains("href=\"/calls/" + encode(FIRST) + "?legs=true\"");
        String all = page("/calls/" + encode(FIRST) + "?legs=true");
        assertThat(all)
                .contains("INVITE  · leg 1", "INVITE  · leg 2", "INVITE  · leg 3")
                .contains("10.0.1.1:5060", "10.0.1.5:5060", "10.0.1.9:5060", "10.0.1.12:5060")
                .doesNotContain("10.0.1.20:5060");
    }

    @Test
    void apiGivesTheMessagesAndPacketsOfAllLegs() throws Exception {
        String path = "/api/v1/calls/" + encode(THIRD);
        assertThat(rhapsode.api().get(path + "/messages").getInt("total")).isEqualTo(1);
        assertThat(rhapsode.api().get(path + "/messages?legs=true").getInt("total"))
                .isEqualTo(3);
        assertThat(rhapsode.api().response(path + "/flow.svg?legs=true").body()).contains("leg 3");
        int one = rhapsode.api().bytes(path + "/pcap").body().length;
        assertThat(rhapsode.api().bytes(path + "/pcap?legs=true").body()).hasSizeGreaterThan(2 * one);
        assertThat(rhapsode.api().response(path + "/messages?legs=perhaps").statusCode())
                .isEqualTo(400);
    }

    private String page(String path) throws Exception {
        var response = rhapsode.api().response(path);
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /** A link is in the partition of its call, where the call's messages are. */
    @Test
    void topicOfLinksHasBothDirectionsAndAHandfulForAPair() throws Exception {
        var links = links();
        assertThat(links)
                .extracting(link -> link.getCallId() + " " + link.getLink().getCallId() + " "
                        + link.getLink().getRule())
                .contains(
                        FIRST + " " + SECOND + " " + LinkRule.NUMBERS_AND_HOST,
                        SECOND + " " + FIRST + " " + LinkRule.NUMBERS_AND_HOST,
                        SECOND + " " + THIRD + " " + LinkRule.HEADER,
                        THIRD + " " + SECOND + " " + LinkRule.HEADER);
        long ofPairs = links.stream()
                .filter(link -> link.getCallId().matches("legs-(in|out)-.*"))
                .count();
        System.out.printf("%d records of links for %d pairs%n", ofPairs, CALLS);
        assertThat(ofPairs).isBetween(2L * CALLS, 6L * CALLS);
    }

    private List<CallLink> links() throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", rhapsode.kafka(), "isolation.level", "read_committed");
        var links = new ArrayList<CallLink>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topic.LINKS.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    links.add(CallLink.parseFrom(record.value()));
                }
            }
        }
        return links;
    }
}
