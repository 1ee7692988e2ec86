/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.admission.Agents;
import io.rhapsode.ingest.sink.Origin;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HepStreamServerTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Keeps what it is given, and is full when the test says so. */
    private static final class Kept implements PacketSink {
        final Queue<String> callIds = new ConcurrentLinkedQueue<>();
        final Queue<String> nodes = new ConcurrentLinkedQueue<>();
        final Queue<String> refused = new ConcurrentLinkedQueue<>();
        volatile boolean full;

        @Override
        public void packet(HepPacket packet, Origin origin, int length, long at, NodeMinute account) {
            String payload = new String(packet.bytes(), packet.payloadOffset(), packet.payloadLength(), US_ASCII);
            callIds.add(payload.replaceAll("(?s).*Call-ID: (\\S+).*", "$1"));
            nodes.add(origin.node);
            account.received(length);
            account.onCompletion(null, null);
        }

        @Override
        public void deadLetter(
                byte[] bytes, int length, String reason, String detail, long at, String sender, NodeMinute account) {
            refused.add(reason + " " + length);
        }

        @Override
        public boolean hasRoom() {
            return !full;
        }
    }

    private final Kept kept = new Kept();
    private final Account account = new Account(100, count -> {});
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();
    private HepStreamServer server;

    private HepStreamServer start(StreamConfig config, Agents agents) {
        server = HepStreamServer.open(
                config,
                LOOPBACK,
                2,
                kept,
                () -> new Intake(account, kept, () -> agents, "", () -> Packets.AT),
                metrics);
        open.add(server);
        return server;
    }

    private static StreamConfig plain(int connections, int idleSeconds) {
        return new StreamConfig(0, -1, "", "", "off", "", connections, idleSeconds);
    }

    private Socket connect() throws IOException {
        var socket = new Socket(LOOPBACK, server.tcpPort().orElseThrow());
        socket.setTcpNoDelay(true);
        open.add(0, socket);
        return socket;
    }

    @TempDir
    private static Path folder;

    private static Certificates.Pem gateway;
    private static Certificates.Pem sbc1;
    private static Certificates.Pem sbc2;

    @BeforeAll
    static void makeCertificates() throws Exception {
        gateway = Certificates.make(folder, "gateway", "CN=gateway");
        sbc1 = Certificates.make(folder, "sbc-1", "CN=sbc-1,O=Telco");
        sbc2 = Certificates.make(folder, "sbc-2", "CN=sbc-2");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(2);
        }
        assertThat(condition.getAsBoolean()).as("within 10 s").isTrue();
    }

    private double closed(String reason) {
        var counter = metrics.find("rhapsode.ingest.connections.closed")
                .tag("reason", reason)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private void awaitClosed(Socket socket, String reason) throws Exception {
        socket.setSoTimeout(10_000);
        int read;
        try {
            read = socket.getInputStream().read();
        } catch (IOException reset) {
            read = -1;
        }
        assertThat(read).isEqualTo(-1);
        await(() -> closed(reason) == 1);
    }

    private static byte[] packets(int from, int to) {
        var bytes = new ByteArrayOutputStream();
        for (int i = from; i < to; i++) {
            bytes.writeBytes(Packets.hep(Packets.invite(Integer.toString(i))));
        }
        return bytes.toByteArray();
    }

    private static List<String> numbers(int to) {
        return IntStream.range(0, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void severalPacketsInOneSegmentAndOnePacketInMany() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        OutputStream out = connect().getOutputStream();
        out.write(packets(0, 20));
        for (byte octet : packets(20, 22)) {
            out.write(octet);
            out.flush();
        }
        await(() -> kept.callIds.size() == 22);
        assertThat(kept.callIds).containsExactlyElementsOf(numbers(22));
        assertThat(account.total().received.value()).isEqualTo(22);
    }

    @Test
    void packetsOfAnyLengthCutAnywhereArriveWholeAndInOrder() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        start(plain(10, 0), Agents.ANYBODY);
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 2_000; i++) {
            String filler = "x".repeat(random.nextInt(100) == 0 ? random.nextInt(60_000) : random.nextInt(1_500));
            bytes.writeBytes(Packets.hep(Packets.invite(Integer.toString(i)) + filler));
        }
        OutputStream out = connect().getOutputStream();
        byte[] all = bytes.toByteArray();
        for (int at = 0; at < all.length; ) {
            int length = Math.min(all.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 200_000 : 2_000));
            out.write(all, at, length);
            at += length;
        }
        await(() -> kept.callIds.size() == 2_000);
        assertThat(kept.callIds).as("seed %d", seed).containsExactlyElementsOf(numbers(2_000));
        assertThat(kept.refused).isEmpty();
    }

    @Test
    void anyBytesAreAPacketOrTheEndOfTheConnectionAndNothingElse() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        // Room for all: a busy server may not yet have seen the earlier ones end.
        start(plain(1_000, 0), Agents.ANYBODY);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = packets(0, 3);
            for (int change = 0; change < 1 + random.nextInt(4); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try (var socket = new Socket(LOOPBACK, server.tcpPort().orElseThrow())) {
                socket.getOutputStream().write(bytes, 0, random.nextInt(bytes.length + 1));
            }
        }
        byte[] good = packets(7_777, 7_778);
        connect().getOutputStream().write(good);
        await(() -> kept.callIds.contains("7777"));
        await(() -> account.total().inFlight() == 0);
        assertThat(closed("internal-error")).as("seed %d", seed).isZero();
        assertThat(kept.refused).as("seed %d", seed).noneMatch(refused -> refused.startsWith("internal-error"));
    }

    @Test
    void wrongMagicClosesTheConnectionAndIsCounted() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        Socket socket = connect();
        socket.getOutputStream().write(packets(0, 2));
        socket.getOutputStream().write("INVITE sip:a SIP/2.0\r\n\r\n".getBytes(US_ASCII));
        awaitClosed(socket, "not-hep");
        assertThat(kept.callIds).containsExactly("0", "1");
        assertThat(account.total().of("rejected", "not-hep").value()).isEqualTo(1);
        assertThat(account.total().received.value()).isEqualTo(3);
    }

    @Test
    void versions1And2HaveNoLengthAndCloseTheConnection() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        Socket socket = connect();
        socket.getOutputStream().write(new byte[] {2, 16, 2, 17});
        awaitClosed(socket, "not-hep");
    }

    @Test
    void lengthUnderThatOfTheHeaderClosesTheConnectionAndIsCounted() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        Socket socket = connect();
        socket.getOutputStream().write(new byte[] {'H', 'E', 'P', '3', 0, 5, 1, 2});
        awaitClosed(socket, "hep-bad-length");
        assertThat(account.total().of("rejected", "hep-bad-length").value()).isEqualTo(1);
    }

    @Test
    void packetThatIsMalformedInsideDoesNotCloseTheConnection() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        OutputStream out = connect().getOutputStream();
        byte[] malformed = packets(0, 1);
        malformed[10] = 0;
        malformed[11] = 1;
        out.write(malformed);
        out.write(packets(5, 6));
        await(() -> kept.callIds.contains("5"));
        assertThat(kept.refused).containsExactly("hep-bad-chunk " + malformed.length);
    }

    @Test
    void packetThatTheEndOfTheConnectionCutsIsCounted() throws Exception {
        start(plain(10, 0), Agents.ANYBODY);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(packets(0, 1), 0, 100);
        }
        await(() -> account.total().of("rejected", "hep-truncated").value() == 1);
        assertThat(kept.refused).containsExactly("hep-truncated 100");
    }

    @Test
    void connectionsOverTheLimitAreClosedAndThereIsRoomAgainWhenOneEnds() throws Exception {
        start(plain(2, 0), Agents.ANYBODY);
        Socket first = connect();
        connect();
        await(() -> metrics.get("rhapsode.ingest.connections").gauge().value() == 2);
        awaitClosed(connect(), "too-many");
        first.close();
        await(() -> metrics.get("rhapsode.ingest.connections").gauge().value() == 1);
        connect().getOutputStream().write(packets(0, 1));
        await(() -> kept.callIds.size() == 1);
    }

    @Test
    void silentConnectionIsClosed() throws Exception {
        start(plain(2, 1), Agents.ANYBODY);
        awaitClosed(connect(), "idle");
    }

    @Test
    void whileTheSinkIsFullSendersWaitAndNothingIsLost() throws Exception {
        start(plain(10, 1), Agents.ANYBODY);
        kept.full = true;
        Socket socket = connect();
        int count = 40_000;
        var sending = new Thread(() -> {
            try {
                socket.getOutputStream().write(packets(0, count));
            } catch (IOException e) {
                kept.refused.add(e.toString());
            }
        });
        sending.start();
        await(() -> !kept.callIds.isEmpty());
        sending.join(1_500);
        assertThat(sending.isAlive()).as("the sender waits").isTrue();
        assertThat(kept.callIds.size()).as("what one read brought").isLessThan(2_000);

        kept.full = false;
        await(() -> kept.callIds.size() == count);
        sending.join();
        assertThat(kept.callIds).containsExactlyElementsOf(numbers(count));
        assertThat(kept.refused).isEmpty();
    }

    @Test
    void networkThatIsNotAllowedCannotConnect() throws Exception {
        start(plain(10, 0), Agents.from(List.of("192.0.2.0/24")));
        awaitClosed(connect(), "network-not-allowed");
    }

    @Test
    void packetsWithAWrongKeyAreRefusedAndThoseWithTheRightOneAreNot() throws Exception {
        start(plain(10, 0), Agents.from(List.of()).only("agent.a.key=k"));
        OutputStream out = connect().getOutputStream();
        out.write(HepEncoder.encode(Packets.keyed("l")));
        out.write(HepEncoder.encode(Packets.keyed(null)));
        out.write(HepEncoder.encode(Packets.keyed("k")));
        await(() -> kept.callIds.size() == 1);
        assertThat(account.total().of("rejected", "auth-wrong").value()).isEqualTo(1);
        assertThat(account.total().of("rejected", "auth-missing").value()).isEqualTo(1);
    }

    @Test
    void portInUseIsAnError() throws Exception {
        start(plain(1, 0), Agents.ANYBODY);
        var same = new StreamConfig(server.tcpPort().orElseThrow(), -1, "", "", "off", "", 1, 0);
        assertThatThrownBy(() -> same.expectFree(LOOPBACK)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> HepStreamServer.open(same, LOOPBACK, 1, kept, () -> null, new SimpleMeterRegistry()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TCP");
    }

    @Test
    void plainAndTlsWorkSideBySide() throws Exception {
        var pem = gateway;
        start(tls(pem, "off", ""), Agents.ANYBODY);
        connect().getOutputStream().write(packets(0, 1));
        OutputStream out = connectTls(pem, null).getOutputStream();
        out.write(packets(1, 500));
        await(() -> kept.callIds.size() == 500);
        assertThat(kept.callIds).containsExactlyInAnyOrderElementsOf(numbers(500));
    }

    @Test
    void plainBytesOnTheTlsPortCloseTheConnection() throws Exception {
        start(tls(gateway, "off", ""), Agents.ANYBODY);
        var socket = new Socket(LOOPBACK, server.tlsPort().orElseThrow());
        open.add(0, socket);
        socket.getOutputStream().write(packets(0, 1));
        await(() -> closed("tls-handshake") == 1);
        assertThat(kept.callIds).isEmpty();
    }

    @Test
    void agentIsNamedByItsCertificate() throws Exception {
        var agent = sbc1;
        start(
                tls(gateway, "required", agent.certificate().toString()),
                Agents.from(List.of()).only("agent.dus-1.certificate=CN=sbc-1"));
        connectTls(gateway, agent).getOutputStream().write(packets(0, 1));
        await(() -> kept.callIds.size() == 1);
        assertThat(kept.nodes).containsExactly("dus-1");
    }

    @Test
    void certificateThatBelongsToNoAgentIsRefused() throws Exception {
        var agent = sbc2;
        start(
                tls(gateway, "required", agent.certificate().toString()),
                Agents.from(List.of()).only("agent.dus-1.certificate=CN=sbc-1"));
        connectTls(gateway, agent);
        await(() -> closed("certificate-unknown") == 1);
    }

    @Test
    void certificateNobodyTrustsIsRefused() throws Exception {
        var trusted = Certificates.make(folder, "trusted", "CN=sbc-1,O=Telco");
        var forged = sbc1;
        start(
                tls(gateway, "wanted", trusted.certificate().toString()),
                Agents.from(List.of()).only("agent.dus-1.certificate=CN=sbc-1"));
        assertRefusedInTheHandshake(gateway, forged);
    }

    @Test
    void senderWithoutACertificateIsRefusedWhereOneIsRequired() throws Exception {
        start(tls(gateway, "required", gateway.certificate().toString()), Agents.ANYBODY);
        assertRefusedInTheHandshake(gateway, null);
    }

    @Test
    void senderWithoutACertificateIsKnownByItsKeyWhereOneIsOnlyWanted() throws Exception {
        start(
                tls(gateway, "wanted", gateway.certificate().toString()),
                Agents.from(List.of()).only("agent.a.certificate=CN=a\nagent.b.key=k"));
        OutputStream out = connectTls(gateway, null).getOutputStream();
        out.write(HepEncoder.encode(Packets.keyed("k")));
        await(() -> kept.callIds.size() == 1);
        assertThat(kept.nodes).containsExactly("b");
    }

    @Test
    void filesThatAreMissingOrWrongAreNamed() throws Exception {
        var pem = gateway;
        var other = sbc1;
        var without = new StreamConfig(-1, 0, "", "", "off", "", 1, 0);
        var trustless = tls(pem, "required", "");
        var notACertificate =
                new StreamConfig(-1, 0, pem.key().toString(), other.key().toString(), "off", "", 1, 0);
        assertThatThrownBy(without::tls).hasMessageContaining("RHAPSODE_HEP_TLS_CERTIFICATE: is needed");
        assertThatThrownBy(trustless::tls).hasMessageContaining("RHAPSODE_HEP_TLS_TRUST: is needed");
        assertThatThrownBy(notACertificate::tls)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RHAPSODE_HEP_TLS_KEY");
    }

    private static StreamConfig tls(Certificates.Pem pem, String clients, String trust) {
        return new StreamConfig(0, 0, pem.certificate().toString(), pem.key().toString(), clients, trust, 10, 0);
    }

    /** With TLS 1.2, where the handshake is over for both sides at once. */
    private SSLSocket connectTls(Certificates.Pem gateway, Certificates.Pem own) throws Exception {
        var client =
                SslContextBuilder.forClient().trustManager(gateway.certificate().toFile());
        if (own != null) {
            client.keyManager(own.certificate().toFile(), own.key().toFile());
        }
        SslContext context = client.build();
        var jdk = (io.netty.handler.ssl.JdkSslContext) context;
        var socket = (SSLSocket) jdk.context()
                .getSocketFactory()
                .createSocket(LOOPBACK, server.tlsPort().orElseThrow());
        open.add(0, socket);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private void assertRefusedInTheHandshake(Certificates.Pem gateway, Certificates.Pem own) throws Exception {
        assertThatThrownBy(() -> {
                    SSLSocket socket = connectTls(gateway, own);
                    socket.getInputStream().read();
                })
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
        await(() -> closed("tls-handshake") == 1);
        assertThat(kept.callIds).isEmpty();
        assertThat(Arrays.asList(kept.refused.toArray())).isEmpty();
    }
}
