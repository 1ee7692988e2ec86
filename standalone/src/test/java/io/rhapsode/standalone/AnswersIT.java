/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.Topic;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says to what is asked half, wrongly, or in another way than usual. */
@ExtendWith(StandaloneExtension.class)
class AnswersIT {

    /** More than one answer of messages has. */
    private static final int LONG_CALL = 2_300;

    private final RunningStandalone rhapsode;

    AnswersIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @Test
    void anEndWithoutABeginIsEverythingBefore() throws Exception {
        long at = secondsAgo(120);
        send("until-1", "a", at);
        send("until-2", "a", at + 10_000_000);
        String query = "callid:until-*";
        eventually(() -> assertThat(total("messages", query, "")).isEqualTo(2));
        eventually(() -> assertThat(total("calls", query, "")).isEqualTo(2));
        String to = "&to=" + Instant.ofEpochSecond(at / 1_000_000 + 5);
        for (String kind : List.of("messages", "calls")) {
            assertThat(total(kind, query, to)).as(kind).isEqualTo(1);
            assertThat(total(kind, query + " time:<" + Instant.ofEpochSecond(at / 1_000_000 + 5), ""))
                    .as(kind)
                    .isEqualTo(1);
            assertThat(rhapsode.api()
                            .response("/?range=custom&kind=" + kind + "&q=" + encode(query) + to)
                            .body())
                    .contains("1 found");
        }
    }

    /** To the microsecond, and a date is a whole day. */
    @Test
    void timesAreComparedAsTheyAreWritten() throws Exception {
        long second = Instant.now().getEpochSecond() - 90;
        send("moment-1", "a", second * 1_000_000 + 52_659);
        eventually(() -> assertThat(total("messages", "callid:moment-1", "")).isEqualTo(1));
        String whole = Instant.ofEpochSecond(second).toString();
        String day = whole.substring(0, 10);
        assertThat(total("messages", "callid:moment-1 time:>" + whole, "")).isEqualTo(1);
        assertThat(total("messages", "callid:moment-1 time:<=" + whole, "")).isZero();
        assertThat(total("messages", "callid:moment-1 time:[" + day + " TO " + day + "]", ""))
                .isEqualTo(1);
        assertThat(total("messages", "callid:moment-1 time:>" + day, "")).isZero();
        assertThat(total(
                        "messages",
                        "callid:moment-1",
                        "&from=" + whole.replace("T", "%20").replace("Z", "")))
                .isEqualTo(1);
    }

    /** A NOTIFY half a minute after the end has a record of its own, newer than the call's. */
    @Test
    void aCallIdIsTheCallWhateverCameAfterIt() throws Exception {
        long at = secondsAgo(300);
        record("stray-it", "INVITE", at - 60_000_000);
        record("stray-it", "INVITE", at);
        record("stray-it", "NOTIFY", at + 60_000_000);
        eventually(() -> assertThat(total("calls", "callid:stray-it", "")).isEqualTo(3));
        JsonObject call = rhapsode.api().get("/api/v1/calls/stray-it");
        assertThat(call.getJsonObject("sip").getString("method")).isEqualTo("INVITE");
        assertThat(call.getJsonObject("rhapsode").getJsonObject("call").getString("opened"))
                .startsWith(Instant.ofEpochSecond(at / 1_000_000).toString().replace("Z", ""));
        assertThat(call.getJsonArray("earlier")).hasSize(1);
        assertThat(call.getJsonArray("later")).singleElement().satisfies(later -> assertThat(later.toString())
                .contains("NOTIFY"));
    }

    private void record(String callId, String method, long atMicros) {
        var call = Call.newBuilder()
                .setCallId(callId)
                .setMethod(method)
                .setOpenedAtUs(atMicros)
                .setBeginAtUs(atMicros)
                .setRevision(1)
                .build();
        Map<String, Object> settings = Map.of("bootstrap.servers", rhapsode.kafka());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topic.CALLS.topicName(), null, callId.getBytes(UTF_8), call.toByteArray(), Topic.CALLS.headers()));
        }
    }

    @Test
    void timesThatAreTypedIntoThePageCount() throws Exception {
        long at = secondsAgo(300);
        send("typed-1", "a", at);
        send("typed-2", "a", at + 60_000_000);
        eventually(() -> assertThat(total("messages", "callid:typed-*", "")).isEqualTo(2));
        String times = "&to=" + Instant.ofEpochSecond(at / 1_000_000 + 30) + "&from="
                + Instant.ofEpochSecond(at / 1_000_000 - 30);
        String page = "/?kind=messages&q=callid:typed-*&range=";
        assertThat(rhapsode.api().response(page + "24h" + times).body()).contains("1 found");
        assertThat(rhapsode.api().response(page + "all" + times).body()).contains("1 found");
        assertThat(rhapsode.api().response(page + "24h&was=custom" + times).body())
                .contains("2 found");
    }

    @Test
    void lettersBeyondAsciiAreTheSameInAnyCase() throws Exception {
        send("umlaut-1", "Jörg ÜNAL", secondsAgo(60));
        for (String name : List.of("jörg", "JÖRG", "Jörg", "~\"jörg ünal\"", "ünal")) {
            eventually(() -> assertThat(total("messages", "callid:umlaut-1 name:" + name, ""))
                    .as(name)
                    .isEqualTo(1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/readyz,200",
        "/metrics,200",
        "/api/v1/messages?q=from:,400",
        "/api/v1/messages/export?q=from:,400",
        "/api/v1/calls/nobody-has-this,404",
        "/calls/nobody-has-this,404",
        "/nope,404"
    })
    void headIsAnsweredAsGetIs(String path, int status) throws Exception {
        assertThat(rhapsode.api().response(path).statusCode()).isEqualTo(status);
        var head = rhapsode.api().send("HEAD", path, "");
        assertThat(head.statusCode()).isEqualTo(status);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaidInTheFormOfWhoAsks() throws Exception {
        var json = rhapsode.api().response("/api/v1/nope");
        assertThat(json.statusCode()).isEqualTo(404);
        assertThat(json.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(json.body()).isEqualTo("{\"error\":{\"message\":\"there is no /api/v1/nope\"}}");
        var method = rhapsode.api().send("POST", "/api/v1/messages", "{}");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.body()).contains("POST /api/v1/messages is not possible");
        var page = rhapsode.api().response("/nope");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("<title>Not Found", "there is no /nope");
        var wrong = rhapsode.api().response("/?foo=bar");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("<title>Bad Request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/?kind=foo",
                "/?range=foo",
                "/status?from=2026-11-30T17:00:00Z&to=2026-11-30T16:00:00Z",
                "/api/v1/status?from=2026-11-30T17:00:00Z&to=2026-11-30T16:00:00Z",
                "/api/v1/kpis?dimension=foo"
            })
    void whatCannotBeMeantIsRefused(String path) throws Exception {
        assertThat(rhapsode.api().response(path).statusCode()).isEqualTo(400);
    }

    /** 2,000 characters, all of them escaped. */
    @Test
    void aQueryMayBeAsLongAsDocumented() throws Exception {
        assertThat(total("messages", "\"" + "ü".repeat(900) + "\" OR \"" + "ü".repeat(1_000) + "\"", "&size=0"))
                .isZero();
    }

    @Test
    void thePcapOfALongCallHasAllOfIt() throws Exception {
        long at = secondsAgo(60);
        for (int i = 0; i < LONG_CALL; i++) {
            send("long-call", "a", at + i);
            if (i % 100 == 99) {
                Thread.sleep(5);
            }
        }
        eventually(() -> assertThat(total("messages", "callid:long-call", "")).isEqualTo(LONG_CALL));
        byte[] file = rhapsode.api().bytes("/api/v1/calls/long-call/pcap").body();
        assertThat(packets(file)).isEqualTo(LONG_CALL);
        assertThat(rhapsode.api().response("/api/v1/calls/long-call/flow.svg").body())
                .contains("300 more messages are not drawn");
    }

    private static int packets(byte[] pcap) {
        var file = ByteBuffer.wrap(pcap);
        boolean little = file.getInt() != 0xA1B2C3D4;
        file.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).position(24);
        int packets = 0;
        while (file.hasRemaining()) {
            int length = file.getInt(file.position() + 8);
            file.position(file.position() + 16 + length);
            packets++;
        }
        return packets;
    }

    private int total(String kind, String query, String parameters) throws Exception {
        JsonObject page = rhapsode.api().get("/api/v1/" + kind + "?q=" + encode(query) + parameters);
        return page.getInt("total");
    }

    private static long secondsAgo(int seconds) {
        return (Instant.now().getEpochSecond() - seconds) * 1_000_000;
    }

    private void send(String callId, String name, long atMicros) throws IOException {
        byte[] payload = ("OPTIONS sip:answers@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 10.8.0.1;branch=z9hG4bK" + callId
                        + "\r\nFrom: \"" + name + "\" <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: " + callId
                        + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
                .getBytes(UTF_8);
        byte[] datagram = TestCalls.datagram(payload, atMicros);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    datagram, datagram.length, InetAddress.getLoopbackAddress(), rhapsode.hepPort()));
        }
    }
}
