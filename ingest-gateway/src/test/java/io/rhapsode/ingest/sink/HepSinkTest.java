/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.HepSinkConfig.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HepSinkTest {

    private final Account account = new Account(100, count -> {});
    private final NodeMinute minute = account.of("edge-1", Packets.AT);
    private HepSink sink;

    @AfterEach
    void closeSink() {
        if (sink != null) {
            sink.close();
        }
    }

    private static HepSinkConfig config(Transport transport, int buffer, int... ports) {
        return new HepSinkConfig(receivers(ports), transport, "secret".getBytes(UTF_8), 77, buffer, "", "", "");
    }

    private static HepSink sink(HepSinkConfig config) {
        return new HepSink(config, Duration.ofMillis(500), Duration.ofMillis(700));
    }

    private static List<InetSocketAddress> receivers(int... ports) {
        return IntStream.of(ports)
                .mapToObj(port -> InetSocketAddress.createUnresolved("localhost", port))
                .toList();
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            var packet =
                    Packets.packet(1, Packets.invite("call-" + i).getBytes(UTF_8), "other", -1, null, Packets.AT, 42);
            sink.packet(packet, new Origin("capture", "edge-1", "", ""), 100, Packets.AT, minute);
        }
    }

    private static Set<String> calls(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Packets.invite("call-" + i))
                .collect(Collectors.toSet());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static HepReceiver receiver(Transport transport, int port) throws Exception {
        return transport == Transport.UDP ? HepReceiver.udp(port) : HepReceiver.tcp(port);
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    void packetsArriveUnderTheirNodeWithKeyAndAgentId(Transport transport) throws Exception {
        try (var receiver = receiver(transport, 0)) {
            sink = sink(config(transport, 1 << 20, receiver.port()));
            send(0, 500);
            await(() -> account.total().sent.value() == 500);

            await(() -> new HashSet<>(receiver.payloads()).equals(calls(0, 500)));
            var first = receiver.packets.get(0);
            assertThat(first.nodeName()).isEqualTo("edge-1");
            assertThat(first.authKey()).isEqualTo("secret".getBytes(UTF_8));
            assertThat(first.agentId()).isEqualTo(77);
            assertThat(first.capturedAtMicros()).isEqualTo(Packets.AT);
            assertThat(first.vlan()).isEqualTo(42);
            assertThat(sink.held()).isZero();
            assertThat(sink.trouble()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    void secondReceiverStepsInAndThePreferredOneComesBack(Transport transport) throws Exception {
        var preferred = receiver(transport, 0);
        try (var second = receiver(transport, 0)) {
            sink = sink(config(transport, 1 << 20, preferred.port(), second.port()));
            send(0, 10);
            await(() -> account.total().sent.value() == 10);
            // What has been sent is not yet what the other end has read.
            await(() -> preferred.payloads().size() == 10);
            assertThat(second.payloads()).isEmpty();

            preferred.close();
            send(10, 20);
            await(() -> account.total().sent.value() == 20);
            await(() -> second.payloads().containsAll(calls(10, 20)));

            try (var again = receiver(transport, preferred.port())) {
                await(() -> {
                    send(20, 21);
                    return again.payloads().contains(Packets.invite("call-20"));
                });
                int before = second.payloads().size();
                long sent = account.total().received.value();
                send(21, 30);
                await(() -> account.total().sent.value() == sent + 9);
                await(() -> again.payloads().containsAll(calls(21, 30)));
                assertThat(second.payloads()).hasSize(before);
            }
        }
    }

    /** The only receiver goes away and comes back: what was sent meanwhile arrives, and nothing is failed. */
    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP"})
    void packetsWaitUntilTheReceiverIsThere(Transport transport) throws Exception {
        int port;
        try (var receiver = receiver(transport, 0)) {
            port = receiver.port();
        }
        sink = sink(config(transport, 1 << 20, port));
        send(0, 100);
        Thread.sleep(600);
        try (var receiver = receiver(transport, port)) {
            await(() -> account.total().sent.value() == 100);
            await(() -> new HashSet<>(receiver.payloads()).equals(calls(0, 100)));
            assertThat(account.total().total("failed")).isZero();
        }
    }

    @Test
    void connectionLostInTheMiddleLosesNothing() throws Exception {
        var receivers = new ArrayList<HepReceiver>(List.of(HepReceiver.tcp(0)));
        int port = receivers.get(0).port();
        sink = sink(config(Transport.TCP, 8 << 20, port));
        for (int i = 0; i < 20; i++) {
            send(i * 100, i * 100 + 100);
            Thread.sleep(20);
            if (i % 7 == 3) {
                // What a receiver leaves unread for long is lost with it, and HEP has no way to tell.
                int before = i * 100;
                await(() -> all(receivers).size() >= before);
                receivers.get(receivers.size() - 1).close();
                receivers.add(HepReceiver.tcp(port));
            }
        }
        await(() -> account.total().sent.value() == 2_000 && all(receivers).equals(calls(0, 2_000)));
        receivers.get(receivers.size() - 1).close();
    }

    private static Set<String> all(List<HepReceiver> receivers) {
        var payloads = new HashSet<String>();
        receivers.forEach(receiver -> payloads.addAll(receiver.payloads()));
        return payloads;
    }

    @Test
    void fullBufferIsCountedByNodeAndNeverBlocks() {
        sink = sink(config(Transport.TCP, 20_000, 1));
        long begin = System.nanoTime();
        send(0, 1_000);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        assertThat(sink.held()).isBetween(1L, 20_000L);
        long failed = account.total().of("failed", "buffer-full").value();
        assertThat(failed).isBetween(800L, 999L);
        assertThat(account.total().inFlight()).isEqualTo(1_000 - failed);
    }

    @Test
    void whatCannotBeSentUntilTheEndIsCountedAsFailed() throws Exception {
        sink = sink(config(Transport.TCP, 1 << 20, 1));
        send(0, 3);
        await(() -> sink.trouble().orElse("").contains("cannot send to localhost:1"));
        sink.close();
        send(3, 4);
        sink = null;

        assertThat(account.total().of("failed", "not-sent").value()).isEqualTo(3);
        assertThat(account.total().of("failed", "closed").value()).isEqualTo(1);
        assertThat(account.total().inFlight()).isZero();
    }

    @Test
    void packetThatHepCannotHoldIsTooLarge() {
        sink = sink(config(Transport.TCP, 1 << 20, 1));
        var packet = Packets.packet(1, new byte[65_530], "n", -1, null, Packets.AT, -1);
        sink.packet(packet, new Origin("n", "", ""), 100, Packets.AT, minute);
        assertThat(account.total().of("failed", "too-large").value()).isEqualTo(1);
    }

    @Test
    void tlsWithCertificatesOnBothSides(@TempDir Path folder) throws Exception {
        var keys = new TestKeys(folder);
        try (var receiver = HepReceiver.tcp(0, keys.server())) {
            sink = sink(new HepSinkConfig(
                    receivers(receiver.port()),
                    Transport.TLS,
                    null,
                    -1,
                    1 << 20,
                    keys.certificate(),
                    keys.certificate(),
                    keys.privateKey()));
            send(0, 200);
            await(() -> account.total().sent.value() == 200);
            assertThat(new HashSet<>(receiver.payloads())).isEqualTo(calls(0, 200));
            assertThat(receiver.packets.get(0).authKey()).isNull();
        }
    }

    @Test
    void receiverThatNobodyVouchesForGetsNothing(@TempDir Path folder) throws Exception {
        var keys = new TestKeys(folder);
        try (var receiver = HepReceiver.tcp(0, keys.server())) {
            sink = new HepSink(
                    new HepSinkConfig(receivers(receiver.port()), Transport.TLS, null, -1, 1 << 20, "", "", ""));
            send(0, 1);
            await(() -> sink.trouble().orElse("").contains("cannot send to"));
            assertThat(receiver.packets).isEmpty();
            assertThat(account.total().sent.value()).isZero();
            assertThat(sink.held()).isPositive();
        }
    }

    @Test
    void certificateThatIsNoneIsRefusedAtTheStart(@TempDir Path folder) throws Exception {
        String file =
                Files.writeString(folder.resolve("ca.pem"), "no certificate").toString();
        var config = new HepSinkConfig(receivers(1), Transport.TLS, null, -1, 1 << 20, file, "", "");
        assertThatThrownBy(() -> sink(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificates of the agent cannot be used");
    }

    /** A key and a certificate for localhost that both sides use and trust, made by the JDK's keytool. */
    private static final class TestKeys {
        private static final char[] PASSWORD = "changeit".toCharArray();

        private final Path folder;
        private final KeyStore store;

        TestKeys(Path folder) throws Exception {
            this.folder = folder;
            Path file = folder.resolve("keys.p12");
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            var made = new ProcessBuilder(
                            Stream.of("-genkeypair -alias a -keyalg EC -groupname secp256r1 -dname CN=localhost"
                                            + " -ext san=dns:localhost -validity 2 -storetype PKCS12 -storepass changeit"
                                            + " -keystore")
                                    .flatMap(line -> Stream.concat(
                                            Stream.of(keytool),
                                            Stream.concat(Stream.of(line.split(" ")), Stream.of("" + file))))
                                    .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("keytool.log").toFile())
                    .start();
            assertThat(made.waitFor()).isZero();
            store = KeyStore.getInstance(file.toFile(), PASSWORD);
        }

        private String pem(String name, String title, byte[] bytes) throws Exception {
            String text = "-----BEGIN " + title + "-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                    + "\n-----END " + title + "-----\n";
            return Files.writeString(folder.resolve(name), text).toString();
        }

        String certificate() throws Exception {
            return pem("cert.pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
        }

        String privateKey() throws Exception {
            return pem("key.pem", "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
        }

        ServerSocketFactory server() throws Exception {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("a", store.getCertificate("a"));
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            SSLServerSocketFactory sockets = context.getServerSocketFactory();
            return new ClientCertificateDemanding(sockets);
        }
    }

    private static final class ClientCertificateDemanding extends ServerSocketFactory {
        private final SSLServerSocketFactory sockets;

        ClientCertificateDemanding(SSLServerSocketFactory sockets) {
            this.sockets = sockets;
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return createServerSocket(port, 50);
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) throws IOException {
            return createServerSocket(port, backlog, null);
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            var socket = (SSLServerSocket) sockets.createServerSocket(port, backlog, address);
            socket.setNeedClientAuth(true);
            return socket;
        }
    }
}
