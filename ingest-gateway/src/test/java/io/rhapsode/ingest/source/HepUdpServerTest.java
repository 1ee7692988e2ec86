/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HepUdpServerTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Queue<byte[]> received = new ConcurrentLinkedQueue<>();

    private static InetSocketAddress anyPort(String host) {
        return new InetSocketAddress(host, 0);
    }

    private HepUdpServer open(String host, boolean epoll) {
        assumeTrue(!epoll || Epoll.isAvailable(), "epoll is missing here");
        return HepUdpServer.open(
                anyPort(host),
                2,
                8 << 20,
                () -> (bytes, length, from) -> received.add(Arrays.copyOf(bytes, length)),
                epoll);
    }

    private static void send(DatagramSocket socket, HepUdpServer to, byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, to.port()));
    }

    private static byte[] datagram(int length, int seed) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + seed);
        }
        return bytes;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @ParameterizedTest(name = "epoll {0}")
    @ValueSource(booleans = {true, false})
    void datagramsOfEveryLengthUpToTheLongestArriveUncut(boolean epoll) throws Exception {
        int[] lengths = {0, 1, 800, 1_472, 2_048, 2_049, 9_000, 60_000, 65_507, 3};
        try (var server = open("127.0.0.1", epoll);
                var sender = new DatagramSocket()) {
            for (int i = 0; i < lengths.length; i++) {
                send(sender, server, datagram(lengths[i], i));
            }
            await(() -> received.size() == lengths.length);
        }
        int i = 0;
        for (byte[] datagram : received) {
            assertThat(datagram).isEqualTo(datagram(lengths[i], i));
            i++;
        }
    }

    @Test
    void longDatagramsInOneBurstArriveUncut() throws Exception {
        try (var server = open("127.0.0.1", true);
                var sender = new DatagramSocket()) {
            for (int i = 0; i < 40; i++) {
                send(sender, server, datagram(60_000 + i, i));
            }
            await(() -> received.size() == 40);
        }
        int i = 0;
        for (byte[] datagram : received) {
            assertThat(datagram).isEqualTo(datagram(60_000 + i, i));
            i++;
        }
    }

    @ParameterizedTest(name = "epoll {0}")
    @ValueSource(booleans = {true, false})
    void manySendersAreAllHeardAndEachIsNamed(boolean epoll) throws Exception {
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        assumeTrue(!epoll || Epoll.isAvailable(), "epoll is missing here");
        try (var server = HepUdpServer.open(
                anyPort("127.0.0.1"), 2, 8 << 20, () -> (bytes, length, from) -> ports.add(from.getPort()), epoll)) {
            for (int i = 0; i < 50; i++) {
                try (var sender = new DatagramSocket()) {
                    send(sender, server, new byte[] {1});
                    int port = sender.getLocalPort();
                    await(() -> ports.contains(port));
                }
            }
        }
    }

    @Test
    void whatTheKernelDropsIsCounted() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is missing here");
        var hold = new CountDownLatch(1);
        var count = new AtomicInteger();
        int sent = 2_000;
        try (var server = HepUdpServer.open(
                        anyPort("127.0.0.1"),
                        2,
                        64 << 10,
                        () -> (bytes, length, from) -> {
                            awaitQuietly(hold);
                            count.incrementAndGet();
                        },
                        true);
                var sender = new DatagramSocket()) {
            assertThat(server.newDrops()).contains(0L);
            for (int i = 0; i < sent; i++) {
                send(sender, server, datagram(1_000, i));
            }
            long dropped = server.newDrops().orElseThrow();
            hold.countDown();
            await(() -> count.get() + dropped == sent);

            assertThat(dropped).isPositive();
            assertThat(server.newDrops()).contains(0L);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    void whatTheKernelHasTakenIsReadBeforeTheSocketCloses(String host) throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is missing here");
        var count = new AtomicInteger();
        var server = HepUdpServer.open(
                anyPort(host),
                2,
                8 << 20,
                () -> (bytes, length, from) -> {
                    LockSupport.parkNanos(100_000);
                    count.incrementAndGet();
                },
                true);
        var to = InetAddress.getByName(host.contains(":") ? "::1" : "127.0.0.1");
        int port = server.port();
        try (var sender = new DatagramSocket()) {
            for (int i = 0; i < 1_000; i++) {
                sender.send(new DatagramPacket(new byte[800], 800, to, port));
            }
        }
        assertThat(count.get()).as("some still wait in the kernel").isLessThan(1_000);
        server.drain();
        server.close();

        assertThat(count.get()).isEqualTo(1_000);
    }

    @Test
    void receiverThatThrowsIsToldAndDoesNotStopTheSocket() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is missing here");
        try (var server = HepUdpServer.open(
                        anyPort("127.0.0.1"),
                        2,
                        8 << 20,
                        () -> (bytes, length, from) -> {
                            if (length == 1) {
                                throw new IllegalStateException("cannot");
                            }
                            received.add(Arrays.copyOf(bytes, length));
                        },
                        true);
                var sender = new DatagramSocket()) {
            send(sender, server, new byte[1]);
            await(() -> server.trouble().isPresent());
            send(sender, server, new byte[2]);
            await(() -> received.size() == 1);
        }
    }

    @Test
    void portThatAnotherGatewayReceivesOnIsRefused() {
        try (var server = open("127.0.0.1", true)) {
            var taken = new InetSocketAddress("127.0.0.1", server.port());
            assertThatThrownBy(() -> HepUdpServer.expectFree(taken))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + server.port());
        }
    }

    @Test
    void senderOverIpv6IsHeard() throws Exception {
        try (var server = open("::1", true);
                var sender = new DatagramSocket()) {
            sender.send(new DatagramPacket("six".getBytes(UTF_8), 3, InetAddress.getByName("::1"), server.port()));
            await(() -> received.size() == 1);
        }
    }

    @Test
    void kernelTellsWhatItGave() {
        try (var server = open("127.0.0.1", true)) {
            assertThat(server.receiveBuffer()).isBetween(64 << 10, 8 << 20);
        }
    }
}
