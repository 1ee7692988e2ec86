/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.Captures.text;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that people use send here: what they sent is found, to the message. */
@ExtendWith(StandaloneExtension.class)
class RealSendersIT {

    private static final Path SENDERS = Path.of("src/test/resources/senders");

    private final RunningStandalone rhapsode;

    RealSendersIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @Test
    void sipgrepSendsACaptureFile() throws Exception {
        Program.require("sipgrep");
        Path capture = Captures.BUNDLED.resolve("kam_hep3_udp_flows.sip.pcap");
        try (var relay = new CountingRelay(rhapsode.hepPort())) {
            Program.run("sipgrep", "-I", capture.toString(), "-P", "1-65535", "-H", "udp:127.0.0.1:" + relay.port());
            allFound(relay, capture);
        }
    }

    @Test
    void sngrepSendsACaptureFile() throws Exception {
        Program.require("sngrep");
        Path capture = Captures.BUNDLED.resolve("kam_hep3_udp_flows.sip.pcap");
        try (var relay = new CountingRelay(rhapsode.hepPort())) {
            Program.run("sngrep", "-N", "-q", "-I", capture.toString(), "-H", "udp:127.0.0.1:" + relay.port());
            allFound(relay, capture);
        }
    }

    /** sipp calls sipp through two Kamailios, each of which reports every message in and out. */
    @Test
    void callsThroughTwoKamailiosAreJoined() throws Exception {
        Program.require("kamailio", "sipp");
        try (var relay = new CountingRelay(rhapsode.hepPort())) {
            int second = freePort();
            int callee = freePort();
            int first = freePort();
            try (Program callees = sipp("callee.xml", callee);
                    Program secondProxy = kamailio(second, callee, relay.port(), 102, 3);
                    Program firstProxy = kamailio(first, second, relay.port(), 101, 3)) {
                Thread.sleep(1_500);
                assertThat(List.of(callees.isAlive(), secondProxy.isAlive(), firstProxy.isAlive()))
                        .as(firstProxy.output() + secondProxy.output() + callees.output())
                        .containsOnly(true);
                call("caller.xml", "alice", first, 20);
                call("busy.xml", "busy", first, 5);
                JsonClient.eventually(
                        () -> assertThat(total("calls", "a:+49309*")).isEqualTo(25));
            }
            JsonClient.eventually(() -> assertThat(total("messages", "sip.from.uri.host:caller.test from:+49309*"))
                    .isEqualTo(relay.datagrams()));
            JsonClient.eventually(() -> assertThat(states()).isEqualTo(Map.of("ended", 20, "failed", 5)));
            JsonClient.eventually(() -> assertThat(total("calls", "a:+49309* state:ended rhapsode.call.messages:27"))
                    .isEqualTo(20));
            JsonObject call = calls("a:+493090* state:ended").get(0);
            assertThat(call.getJsonObject("rhapsode").getJsonObject("call").getJsonArray("hosts"))
                    .hasSize(4);
            assertThat(call.getJsonObject("observer").getJsonArray("name")).hasSize(2);
            assertThat(text(call, "rhapsode.call.b_number")).isEqualTo("alice");
            assertThat(text(call, "rhapsode.call.end_reason")).contains("cause=16");
        }
    }

    /** The older versions of HEP, which tell less: version 1 neither time nor agent. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void kamailioSendsOlderVersions(int version) throws Exception {
        Program.require("kamailio", "sipp");
        try (var relay = new CountingRelay(rhapsode.hepPort())) {
            int callee = freePort();
            int proxy = freePort();
            try (Program callees = sipp("callee.xml", callee);
                    Program kamailio = kamailio(proxy, callee, relay.port(), 200 + version, version)) {
                Thread.sleep(1_500);
                assertThat(List.of(callees.isAlive(), kamailio.isAlive()))
                        .as(kamailio.output() + callees.output())
                        .containsOnly(true);
                call("versions.xml", "busy", proxy, 5, "-key", "version", "8" + version);
            }
            String node = version == 1 ? "127.0.0.1" : "202";
            String query = "rhapsode.source:hep" + version + " sip.from.uri.host:versions.test node:" + node;
            JsonClient.eventually(() -> {
                assertThat(relay.datagrams()).isPositive();
                assertThat(total("messages", query)).isEqualTo(relay.datagrams());
            });
            JsonClient.eventually(() -> assertThat(total("calls", "a:+49308" + version + "* state:failed"))
                    .isEqualTo(5));
        }
    }

    private Map<String, Integer> states() throws Exception {
        var states = new HashMap<String, Integer>();
        for (JsonObject call : calls("a:+49309*")) {
            states.merge(text(call, "rhapsode.call.state"), 1, Integer::sum);
        }
        return states;
    }

    private List<JsonObject> calls(String query) throws Exception {
        return rhapsode.api()
                .get("/api/v1/calls?size=100&q=" + JsonClient.encode(query))
                .getJsonArray("hits")
                .getValuesAs(JsonObject.class);
    }

    private int total(String kind, String query) throws Exception {
        return rhapsode.api()
                .get("/api/v1/" + kind + "?size=0&facets=false&q=" + JsonClient.encode(query))
                .getInt("total");
    }

    /** Every datagram that the sender sent is a message of the capture, and found. */
    private void allFound(CountingRelay relay, Path capture) throws Exception {
        String query = "rhapsode.sender:\"" + relay.sender() + "\"";
        JsonClient.eventually(() -> {
            assertThat(relay.datagrams()).as("sent from " + capture).isPositive();
            assertThat(total("messages", query)).isEqualTo(relay.datagrams());
        });
    }

    private static void call(String scenario, String callee, int proxy, int calls, String... more) throws Exception {
        var command =
                new ArrayList<>(List.of("sipp", "-sf", SENDERS.resolve(scenario).toString(), "-s", callee));
        command.addAll(List.of("127.0.0.1:" + proxy, "-i", "127.0.0.1", "-p", "" + freePort()));
        command.addAll(List.of("-m", "" + calls, "-r", "20", "-d", "200", "-nostdin", "-timeout", "30s"));
        command.addAll(List.of(more));
        try (Program program = Program.start(command)) {
            program.await(40);
        }
    }

    private static Program sipp(String scenario, int port) throws IOException {
        return Program.start(List.of(
                "sipp", "-sf", SENDERS.resolve(scenario).toString(), "-i", "127.0.0.1", "-p", "" + port, "-nostdin"));
    }

    private static Program kamailio(int port, int nextHop, int gateway, int agentId, int version) throws IOException {
        return Program.start(List.of(
                "kamailio",
                "-f",
                SENDERS.resolve("proxy.cfg").toAbsolutePath().toString(),
                "-DD",
                "-E",
                "-m",
                "64",
                "-M",
                "8",
                "-A",
                "LISTEN=udp:127.0.0.1:" + port,
                "-A",
                "NEXT_HOP=\"sip:127.0.0.1:" + nextHop + "\"",
                "-A",
                "GATEWAY=\"sip:127.0.0.1:" + gateway + "\"",
                "-A",
                "AGENT_ID=" + agentId,
                "-A",
                "HEP_VERSION=" + version));
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
