/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.indexer.IndexerConfig.Keep;
import io.rhapsode.schema.Indices;
import io.rhapsode.service.ElasticsearchAccess;
import io.rhapsode.standalone.JsonClient;
import io.rhapsode.standalone.JsonClient.Assertion;
import io.rhapsode.standalone.RunningStandalone;
import io.rhapsode.standalone.TestCalls;
import jakarta.json.JsonObject;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A call is held, the days go by, and retention comes round: on a real Elasticsearch, by a clock of ten days later. */
class HoldsIT {

    private static final String HELD = "hold-0";
    private static final String LEG = "leg-of-hold";
    private static final int LOG = 100;
    private static final String HOLD = "/api/v1/holds/" + HELD;
    private static final String TOLD = "{\"reason\":\"court order 17/26\",\"by\":\"Ada\"}";

    private static RunningStandalone rhapsode;
    private static RestClient client;

    @BeforeAll
    static void start() throws Exception {
        rhapsode = RunningStandalone.start();
        client = BulkClient.connect(ElasticsearchAccess.open(rhapsode.elasticsearch()), 30_000);
        TestCalls.send(rhapsode.hepPort(), "hold", 3);
        TestCalls.send(rhapsode.hepPort(), LOG, 5060, HELD, "ERROR: no gateway left for " + HELD);
        TestCalls.send(rhapsode.hepPort(), LOG, 5060, "hold-1", "ERROR: no gateway left for hold-1");
        String invite = new String(TestCalls.message(LEG, 0), UTF_8);
        send(invite.replace("Content-Length", "X-CID: " + HELD + "\r\nContent-Length"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (rhapsode != null) {
            client.close();
            rhapsode.close();
        }
    }

    private static void send(String message) throws Exception {
        byte[] datagram = TestCalls.datagram(message.getBytes(UTF_8), true);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    datagram, datagram.length, InetAddress.getLoopbackAddress(), rhapsode.hepPort()));
        }
    }

    private static List<String> sweep() throws Exception {
        Map<Indices, Keep> limits = Stream.of(Indices.values())
                .collect(Collectors.toMap(kind -> kind, kind -> new Keep(kind.isOfCalls() ? 1 : 0, 0)));
        var later = Clock.fixed(Instant.now().plus(Duration.ofDays(10)), ZoneOffset.UTC);
        return new Retention(client, limits, later, new IndexerMetrics()).sweep();
    }

    private static JsonClient api() {
        return rhapsode.api();
    }

    private static TreeSet<String> callIds(String kind) throws Exception {
        return api().get("/api/v1/" + kind + "?size=100&facets=false").getJsonArray("hits").stream()
                .map(hit -> hit.asJsonObject().getJsonObject("sip").getString("call_id"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int total(String path) throws Exception {
        return api().get(path).getInt("total");
    }

    private static void expectMessages(int count) throws Exception {
        eventually((Assertion) () -> assertThat(total("/api/v1/messages?q=" + encode("callid:" + HELD)))
                .isEqualTo(count));
    }

    @Test
    void aHeldCallOutlivesItsDay() throws Exception {
        eventually((Assertion) () -> {
            assertThat(total("/api/v1/calls?q=" + encode("callid:hold-* state:ended")))
                    .isEqualTo(3);
            assertThat(total("/api/v1/calls?q=" + encode("session:" + HELD))).isEqualTo(2);
            assertThat(total("/api/v1/logs")).isEqualTo(2);
            assertThat(total("/api/v1/messages")).isEqualTo(16);
        });
        holdIsChecked();
        JsonObject record = api().get("/api/v1/calls/" + HELD);
        JsonObject messages = api().get("/api/v1/calls/" + HELD + "/messages");
        byte[] pcap = api().bytes("/api/v1/calls/" + HELD + "/pcap?legs=true").body();

        assertThat(sweep()).hasSize(3).allMatch(name -> name.matches("rhapsode-(sip|calls|logs)-v1-\\d{4}.*"));

        assertThat(callIds("calls")).containsExactly(HELD, LEG);
        assertThat(callIds("messages")).containsExactly(HELD, LEG);
        assertThat(callIds("logs")).containsExactly(HELD);
        assertThat(api().get("/api/v1/calls/" + HELD)).isEqualTo(record);
        assertThat(api().get("/api/v1/calls/" + HELD + "/messages")).isEqualTo(messages);
        assertThat(api().bytes("/api/v1/calls/" + HELD + "/pcap?legs=true").body())
                .isEqualTo(pcap);
        assertThat(api().response("/api/v1/calls/hold-1/messages").statusCode()).isEqualTo(404);
        assertThat(api().response("/api/v1/calls/hold-1").statusCode()).isEqualTo(404);
        assertThat(api().response("/calls/" + LEG).body()).contains("<strong>Held</strong>", "court order 17/26");
        assertThat(sweep()).isEmpty();
        assertThat(total("/api/v1/messages")).isEqualTo(6);

        whatComesLaterIsHeldToo();
        whatCannotBeCopiedStaysAndIsNotFoundTwice();
        releasedItIsGone();
    }

    private void holdIsChecked() throws Exception {
        assertThat(api().send("PUT", HOLD, TOLD).statusCode()).isEqualTo(201);
        assertThat(api().send("PUT", HOLD, TOLD.replace("Ada", "Eve")).statusCode())
                .isEqualTo(409);
        assertThat(api().send("PUT", "/api/v1/holds/nobody", TOLD).statusCode()).isEqualTo(404);
        for (String wrong : List.of("{}", "{\"reason\":\"x\",\"by\":\"a\\nb\"}", "{\"reason\":\"\",\"by\":\"a\"}")) {
            assertThat(api().send("PUT", "/api/v1/holds/hold-1", wrong).statusCode())
                    .isEqualTo(400);
        }
        JsonObject hold = api().get(HOLD);
        assertThat(hold.getString("reason") + hold.getString("by")).isEqualTo("court order 17/26Ada");
        assertThat(api().get("/api/v1/holds").getJsonArray("holds")).containsExactly(hold);
        assertThat(api().response("/holds").body()).contains("court order 17/26");
    }

    private void whatComesLaterIsHeldToo() throws Exception {
        send(new String(TestCalls.message(HELD, 3), UTF_8).replace("2 BYE", "3 BYE"));
        expectMessages(6);
        assertThat(sweep()).isNotEmpty();
        expectMessages(6);
        eventually((Assertion) () -> {
            sweep();
            assertThat(total("/api/v1/calls?q=" + encode("callid:" + HELD))).isEqualTo(1);
        });
    }

    private void whatCannotBeCopiedStaysAndIsNotFoundTwice() throws Exception {
        send(new String(TestCalls.message(HELD, 3), UTF_8).replace("2 BYE", "4 BYE"));
        expectMessages(7);
        var elasticsearch = new JsonClient(rhapsode.elasticsearch());
        String settings = "/" + Indices.SIP.held() + "/_settings";
        elasticsearch.send("PUT", settings, "{\"index.blocks.write\":true}", "Content-Type", "application/json");
        assertThat(sweep()).noneMatch(name -> name.startsWith("rhapsode-sip"));
        expectMessages(7);
        elasticsearch.send("PUT", settings, "{\"index.blocks.write\":null}", "Content-Type", "application/json");
        assertThat(sweep()).anyMatch(name -> name.startsWith("rhapsode-sip"));
        expectMessages(7);
    }

    private void releasedItIsGone() throws Exception {
        assertThat(api().send("DELETE", HOLD, "").statusCode()).isEqualTo(400);
        assertThat(api().send("DELETE", HOLD + "?by=Ada", "").statusCode()).isEqualTo(204);
        assertThat(api().send("DELETE", HOLD + "?by=Ada", "").statusCode()).isEqualTo(404);
        sweep();
        for (String kind : List.of("calls", "messages", "logs")) {
            assertThat(callIds(kind)).as(kind).isEmpty();
        }
        assertThat(api().response("/api/v1/calls/" + HELD).statusCode()).isEqualTo(404);
    }
}
