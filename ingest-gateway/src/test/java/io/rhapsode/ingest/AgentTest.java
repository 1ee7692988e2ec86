/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.ingest.sink.HepReceiver;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.wire.hep.HepPacket;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class AgentTest {

    private static Agent start(HepReceiver receiver, String transport, Map<String, String> more) {
        var settings = new HashMap<>(Map.of(
                "RHAPSODE_HEP_TO", "127.0.0.1:" + receiver.port(),
                "RHAPSODE_HEP_TO_TRANSPORT", transport,
                "RHAPSODE_HEP_PORT", "0",
                "RHAPSODE_HEP_SOCKETS", "1",
                "RHAPSODE_INGEST_HEALTH_PORT", "0"));
        settings.putAll(more);
        return Agent.start(settings, Set.of());
    }

    private static void send(byte[] bytes, int port) throws Exception {
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static String get(int port, String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void relaySendsHepOnUnderTheNamesItCameWith() throws Exception {
        try (var receiver = HepReceiver.tcp(0);
                var agent = start(receiver, "tcp", Map.of("RHAPSODE_HEP_RELAY", "true"))) {
            send(Packets.hep(Packets.invite("by-name"), "edge-7", 7, "corr-1", Packets.AT), agent.hepPort());
            send(Packets.hep(Packets.invite("by-id"), null, 8, null, Packets.AT), agent.hepPort());
            send("no HEP".getBytes(UTF_8), agent.hepPort());
            await(() -> receiver.packets.size() == 2);
            await(() -> agent.total().inFlight() == 0 && agent.total().total("rejected") == 1);

            HepPacket named = receiver.packets.get(0);
            assertThat(named.nodeName()).isEqualTo("edge-7");
            assertThat(named.agentId()).isEqualTo(7);
            assertThat(named.correlationId()).isEqualTo("corr-1");
            assertThat(receiver.packets.get(1).nodeName()).isEqualTo("8");
            assertThat(receiver.payloads()).containsExactly(Packets.invite("by-name"), Packets.invite("by-id"));
            assertThat(get(agent.healthPort(), "/readyz")).startsWith("ok");
            assertThat(get(agent.healthPort(), "/metrics"))
                    .contains("rhapsode_ingest_packets_total{outcome=\"sent\",reason=\"\"} 2.0");
        }
    }

    @Test
    void capturedSipGoesOutAsHepOfThisNode() throws Exception {
        try (var receiver = HepReceiver.udp(0)) {
            Map<String, String> settings = Map.of(
                    "RHAPSODE_CAPTURE_INTERFACE", "lo",
                    "RHAPSODE_CAPTURE_FILTER", "udp dst port 45070",
                    "RHAPSODE_CAPTURE_NODE", "far-end",
                    "RHAPSODE_HEP_TO_AGENT_ID", "2002",
                    "RHAPSODE_HEP_TO_AUTH_KEY", "geheim");
            try (var agent = startIfAllowed(receiver, settings)) {
                send(Packets.invite("live"), 45_070);
                await(() -> agent.total().sent.value() == 1);
            }
            assertThat(receiver.packets).singleElement().satisfies(packet -> {
                assertThat(packet.nodeName()).isEqualTo("far-end");
                assertThat(packet.agentId()).isEqualTo(2002);
                assertThat(packet.authKey()).isEqualTo("geheim".getBytes(UTF_8));
                assertThat(packet.destinationPort()).isEqualTo(45_070);
            });
        }
    }

    private static void send(String payload, int port) throws Exception {
        send(payload.getBytes(UTF_8), port);
    }

    private static Agent startIfAllowed(HepReceiver receiver, Map<String, String> settings) {
        try {
            return start(receiver, "udp", settings);
        } catch (IllegalArgumentException e) {
            assumeTrue(false, "this process may not capture here: " + e.getMessage());
            throw e;
        }
    }

    @Test
    void withoutReceiverItIsAliveAndNotReady() throws Exception {
        HepReceiver gone = HepReceiver.tcp(0);
        gone.close();
        try (var agent = start(gone, "tcp", Map.of("RHAPSODE_HEP_RELAY", "true"))) {
            await(() -> {
                try {
                    return get(agent.healthPort(), "/readyz").contains("cannot send to 127.0.0.1:" + gone.port());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(get(agent.healthPort(), "/healthz")).startsWith("ok");
        }
    }

    @Test
    void agentWithoutSourceAndGatewayWithReceiverAreRefused() throws Exception {
        try (var receiver = HepReceiver.tcp(0)) {
            assertThatThrownBy(() -> start(receiver, "tcp", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the agent has no source");
            assertThatThrownBy(() -> IngestGateway.start(Map.of("RHAPSODE_HEP_TO", "h:1")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("makes an agent");
        }
    }
}
