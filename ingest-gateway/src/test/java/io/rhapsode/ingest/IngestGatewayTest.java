/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.ingest.source.HepUdpServer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without Kafka: the tests with a broker are those of the whole way. */
class IngestGatewayTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** A port nobody listens on. */
    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    private static int freeUdpPort() throws Exception {
        try (var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            return socket.getLocalPort();
        }
    }

    private static Map<String, String> environment(int hepPort) throws Exception {
        return new HashMap<>(Map.of(
                "RHAPSODE_KAFKA",
                "127.0.0.1:" + freePort(),
                "RHAPSODE_HEP_PORT",
                Integer.toString(hepPort),
                "RHAPSODE_INGEST_HEALTH_PORT",
                "0",
                "RHAPSODE_SPOOL",
                ""));
    }

    private static Map<String, String> environment(Path spool) throws Exception {
        Map<String, String> environment = environment(0);
        environment.put("RHAPSODE_SPOOL", spool.toString());
        return environment;
    }

    private static void send(int port, int packets) throws Exception {
        try (var socket = new DatagramSocket()) {
            for (int n = 0; n < packets; n++) {
                byte[] hep = Packets.hep(Packets.invite("call-" + n));
                socket.send(new DatagramPacket(hep, hep.length, LOOPBACK, port));
            }
        }
    }

    private static void awaitMetric(IngestGateway gateway, String line) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!get(gateway, "/metrics").body().contains(line) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(get(gateway, "/metrics").body()).contains(line);
    }

    private static HttpResponse<String> get(IngestGateway gateway, String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + gateway.healthPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Timeout(60)
    void withoutKafkaItTakesPacketsAndKeepsThemForTheNextRun(@TempDir Path spool) throws Exception {
        try (var gateway = IngestGateway.start(environment(spool))) {
            send(gateway.hepPort(), 200);
            awaitMetric(gateway, "rhapsode_ingest_spool_packets 200.0");

            assertThat(get(gateway, "/metrics").body())
                    .contains("rhapsode_ingest_packets_total{outcome=\"received\",reason=\"\"} 200.0")
                    .contains("rhapsode_ingest_packets_total{outcome=\"spooled\",reason=\"\"} 200.0")
                    .contains("rhapsode_ingest_in_flight 0.0")
                    .contains("rhapsode_ingest_spooling 1.0");
            assertThat(get(gateway, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(gateway, "/readyz").statusCode())
                    .as("it takes packets")
                    .isEqualTo(200);
        }
        try (var next = IngestGateway.start(environment(spool))) {
            awaitMetric(next, "rhapsode_ingest_spool_packets 200.0");
        }
    }

    @Test
    void spoolInUseIsOneSentenceAtOnce(@TempDir Path spool) throws Exception {
        try (var first = IngestGateway.start(environment(spool))) {
            assertThat(first.hepPort()).isPositive();
            var environment = environment(spool);
            assertThatThrownBy(() -> IngestGateway.start(environment))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the spool " + spool + " is in use by another gateway");
        }
    }

    @Test
    @Timeout(60)
    void withoutKafkaAndSpoolItIsHealthyNotReadyAndKeepsItsSocketsClosed() throws Exception {
        int hepPort = freeUdpPort();
        try (var gateway = IngestGateway.start(environment(hepPort))) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!get(gateway, "/readyz").body().contains("waits for Kafka at 127.0.0.1:")
                    && System.nanoTime() < end) {
                Thread.sleep(100);
            }

            assertThat(get(gateway, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(gateway, "/readyz").body()).contains("waits for Kafka at 127.0.0.1:");
            assertThat(get(gateway, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(gateway, "/metrics").body())
                    .contains("rhapsode_ingest_packets_total{outcome=\"received\",reason=\"\"} 0.0");
            HepUdpServer.expectFree(new InetSocketAddress(LOOPBACK, hepPort));
        }
    }

    @Test
    @Timeout(60)
    void closedBeforeKafkaCameItSaysSo() throws Exception {
        var gateway = IngestGateway.start(environment(0));
        gateway.close();

        assertThatThrownBy(gateway::hepPort)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed before Kafka was there");
    }

    @Test
    void portInUseIsOneSentenceAtOnce() throws Exception {
        try (var other = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            var environment = environment(other.getLocalPort());
            assertThatThrownBy(() -> IngestGateway.start(environment))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot receive HEP on UDP 127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    @Timeout(60)
    void namesFromTheNetworkAreLabelsAndNothingElse(@TempDir Path spool) throws Exception {
        String node = "a\"} 1\\\r\u0000\u0085\u2028\nfaked_total{x=\"";
        try (var gateway = IngestGateway.start(environment(spool))) {
            send(gateway.hepPort(), node);
            awaitMetric(gateway, "agent=\"");

            String body = get(gateway, "/metrics").body();
            assertThat(body)
                    .doesNotContainPattern("[\\p{Cc}\\u2028&&[^\\n]]")
                    .contains("agent=\"a\\\"} 1\\\\\\\\u000d\\\\u0000\\\\u0085\\\\u2028\\nfaked_total{x=\\\"\"");
            assertThat(body.lines()).allMatch(line -> line.matches("# .*|\\w+(\\{.*})? [-+.\\w]+"));
        }
    }

    @Test
    @Timeout(60)
    void nodesThatASenderInventsHaveNoFiguresOfTheirOwnBeyondTheBound(@TempDir Path spool) throws Exception {
        var environment = environment(spool);
        environment.put("RHAPSODE_INGEST_METRIC_NODES", "2");
        try (var gateway = IngestGateway.start(environment)) {
            for (String node : List.of("a", "b", "c", "d", "e")) {
                send(gateway.hepPort(), node);
            }
            awaitMetric(gateway, "rhapsode_ingest_packets_total{outcome=\"received\",reason=\"\"} 5.0");
            assertThat(get(gateway, "/metrics").body().lines().filter(line -> line.contains("outcome=\"received\"")))
                    .hasSize(3);
        }
    }

    private static void send(int port, String node) throws Exception {
        byte[] hep = Packets.hep(Packets.invite("call"), node, 7, null, Packets.AT);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(hep, hep.length, LOOPBACK, port));
        }
    }

    @Test
    void everyWrongSettingIsToldInOneMessage() throws Exception {
        var environment = environment(0);
        environment.put("RHAPSODE_HEP_PORT", "99999");
        environment.put("RHAPSODE_HEP_PROT", "9060");

        assertThatThrownBy(() -> IngestGateway.start(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RHAPSODE_HEP_PORT")
                .hasMessageContaining("unknown setting RHAPSODE_HEP_PROT");
    }
}
