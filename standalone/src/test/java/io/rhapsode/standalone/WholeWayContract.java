/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.Captures.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What must hold from the socket to the API, whoever runs the servers. */
interface WholeWayContract {

    int hepPort();

    JsonClient api();

    @Test
    default void callsAreJoinedAndFound() throws Exception {
        TestCalls.send(hepPort(), "joined", 50);
        JsonClient.eventually(() -> {
            assertThat(total("messages", "callid:joined-*")).isEqualTo(50 * TestCalls.MESSAGES_PER_CALL);
            assertThat(total("calls", "callid:joined-* state:ended")).isEqualTo(50);
        });
        JsonObject call = api().get("/api/v1/calls/joined-7");
        assertThat(call.toString()).contains("\"alice\"", "\"bob\"", "joined-7");
        JsonObject messages = api().get("/api/v1/calls/joined-7/messages");
        assertThat(messages.getJsonArray("hits").getValuesAs(JsonObject.class))
                .extracting(hit -> text(hit, "sip.method") + text(hit, "sip.code"))
                .containsExactly("INVITE", "180", "200", "BYE", "200");
        assertThat(api().response("/api/v1/calls/joined-7/flow.svg").body())
                .contains("<svg", "INVITE", "10.0.0.1:5060");
        assertThat(api().bytes("/api/v1/calls/joined-7/pcap").body()).startsWith(0xa1, 0xb2, 0xc3, 0xd4);
    }

    @Test
    default void badInputIsCountedByReasonAndStopsNothing() throws Exception {
        Map<String, Long> before = reasons();
        send("this is not HEP".getBytes(StandardCharsets.US_ASCII));
        byte[] wrongLength = hep("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: bad-length\r\n\r\n", 0);
        wrongLength[5] += 7;
        send(wrongLength);
        byte[] emptyChunk = hep("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: bad-chunk\r\n\r\n", 0);
        emptyChunk[10] = 0;
        emptyChunk[11] = 0;
        send(emptyChunk);
        send(hep("GET / HTTP/1.1\r\n\r\n", 0));
        send(hep("OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n", 0));
        send(hep("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: bad-1970\r\nCSeq: 1 OPTIONS\r\n\r\n", 1));
        send(hep("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: bad-2100\r\nCSeq: 1 OPTIONS\r\n\r\n", 4_102_444_800_000_000L));
        TestCalls.send(hepPort(), "after-bad", 1);
        JsonClient.eventually(() -> {
            assertThat(total("messages", "callid:after-bad-*")).isEqualTo(TestCalls.MESSAGES_PER_CALL);
            assertThat(total("messages", "callid:bad-1970")).isEqualTo(1);
            assertThat(total("messages", "callid:bad-2100")).isEqualTo(1);
            Map<String, Long> now = reasons();
            for (String reason : List.of("not-hep", "hep-bad-length", "hep-bad-chunk", "not-sip", "no-call-id")) {
                assertThat(now.getOrDefault(reason, 0L) - before.getOrDefault(reason, 0L))
                        .as(reason)
                        .isEqualTo(1);
            }
        });
        JsonObject message = api().get("/api/v1/messages?q=callid:bad-2100")
                .getJsonArray("hits")
                .getJsonObject(0);
        assertThat(text(message, "@timestamp"))
                .startsWith(text(message, "event.created").substring(0, 19));
    }

    private Map<String, Long> reasons() throws Exception {
        var reasons = new TreeMap<String, Long>();
        collect(api().get("/api/v1/status"), reasons);
        return reasons;
    }

    /** Numbers by name, however deep. */
    private static void collect(JsonObject status, Map<String, Long> reasons) {
        status.forEach((name, value) -> {
            switch (value.getValueType()) {
                case OBJECT -> collect(value.asJsonObject(), reasons);
                case NUMBER -> reasons.merge(name, ((jakarta.json.JsonNumber) value).longValue(), Long::sum);
                default -> {}
            }
        });
    }

    private int total(String kind, String query) throws Exception {
        return api().get("/api/v1/" + kind + "?size=0&facets=false&q=" + JsonClient.encode(query))
                .getInt("total");
    }

    private void send(byte[] datagram) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), hepPort()));
        }
    }

    /** @param atMicros capture time, 0 for now */
    private static byte[] hep(String payload, long atMicros) {
        byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
        long at = atMicros == 0 ? System.currentTimeMillis() * 1_000 : atMicros;
        byte[] address = {10, 0, 0, 9};
        return HepEncoder.encode(new HepPacket(
                3,
                17,
                address,
                address,
                5060,
                5060,
                at,
                1,
                9,
                "bad-input",
                null,
                -1,
                null,
                bytes,
                0,
                bytes.length,
                List.of()));
    }
}
