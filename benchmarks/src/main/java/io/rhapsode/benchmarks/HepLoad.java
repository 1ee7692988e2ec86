/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The load generator of the gateway's measurements, in a process of its own: the calls of {@link CallLoad}, many packets
 * with one system call, so that it takes as little as can be of the machine it shares with what it measures. Prints how many packets it sent, their bytes, and the seconds it took.
 */
final class HepLoad {

    private static final int CALLS = 10_000_000;

    /** Packets at a time, half of the calls under way: all of a burst come from one template. */
    private static final int BURST = 32;

    /** Enough for the kernel to spread them over the gateway's sockets. */
    private static final int SENDERS = 16;

    private interface Way {
        /** Sends so many of the packets that come next. */
        void send(int packets) throws IOException;
    }

    /** Without it the first seconds would be those of the generator's own JIT. */
    private static final int WARM_UP_SECONDS = 3;

    private final List<CallLoad.Template> templates;
    private long sent;
    private long bytes;
    private long micros;
    private double took;

    private HepLoad(String run) {
        templates = CallLoad.templates(run);
    }

    /** Arguments: udp, tcp or tls; port on loopback; packets a second (0: as many as go); seconds; PEM file for tls. */
    public static void main(String[] arguments) throws Exception {
        var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
        int rate = Integer.parseInt(arguments[2]);
        int seconds = Integer.parseInt(arguments[3]);
        warmUp();
        var load = new HepLoad("load");
        switch (arguments[0]) {
            case "udp" -> {
                load.overUdp(address, rate, seconds);
                load.print();
            }
            case "tcp" -> load.overStreams(List.of(plain(address), plain(address)), rate, seconds);
            case "tls" ->
                load.overStreams(List.of(tls(address, arguments[4]), tls(address, arguments[4])), rate, seconds);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** The same to a socket that nobody reads from. */
    private static void warmUp() throws Exception {
        try (var nobody = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), nobody.getLocalPort());
            new HepLoad("warm").overUdp(address, 0, WARM_UP_SECONDS);
        }
    }

    private void print() {
        System.out.println(sent + " " + bytes + " " + took);
    }

    private void run(Way way, int rate, int seconds) throws IOException {
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        for (long now = begin; now < end; now = System.nanoTime()) {
            long due = rate == 0 ? BURST : (long) ((now - begin) / 1e9 * rate) - sent;
            if (due >= BURST) {
                micros = System.currentTimeMillis() * 1_000;
                way.send(BURST);
            } else {
                LockSupport.parkNanos(20_000);
            }
        }
        took = (System.nanoTime() - begin) / 1e9;
    }

    private CallLoad.Template next() {
        CallLoad.Template template = templates.get(CallLoad.step(sent, CALLS));
        template.stamp(CallLoad.call(sent, CALLS), micros);
        sent++;
        bytes += template.datagram.capacity();
        return template;
    }

    private void overUdp(InetSocketAddress address, int rate, int seconds) throws Exception {
        var threads = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        var channels = new ArrayList<Channel>();
        for (int i = 0; i < SENDERS; i++) {
            channels.add(new Bootstrap()
                    .group(threads)
                    .channel(EpollDatagramChannel.class)
                    .option(ChannelOption.SO_SNDBUF, 4 << 20)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(address)
                    .sync()
                    .channel());
        }
        threads.submit(() -> {
                    run(
                            packets -> burst(channels.get((int) (sent / BURST % SENDERS)), address, packets),
                            rate,
                            seconds);
                    return null;
                })
                .get();
        threads.shutdownGracefully();
    }

    /** Packets of one length, which the kernel takes as one and cuts again (UDP_SEGMENT, udp(7)). */
    private void burst(Channel channel, InetSocketAddress to, int packets) {
        int length = templates.get(CallLoad.step(sent, CALLS)).datagram.capacity();
        ByteBuf all = PooledByteBufAllocator.DEFAULT.directBuffer(packets * length);
        for (int i = 0; i < packets; i++) {
            all.writeBytes(next().datagram.duplicate().rewind());
        }
        channel.writeAndFlush(new SegmentedDatagramPacket(all, length, to), channel.voidPromise());
    }

    private void overStreams(List<Socket> sockets, int rate, int seconds) throws IOException {
        byte[] block = new byte[BURST * 2_048];
        run(
                packets -> {
                    OutputStream out =
                            sockets.get((int) (sent / BURST % sockets.size())).getOutputStream();
                    int length = 0;
                    for (int i = 0; i < packets; i++) {
                        CallLoad.Template template = next();
                        int size = template.datagram.capacity();
                        template.datagram.duplicate().rewind().get(block, length, size);
                        length += size;
                    }
                    out.write(block, 0, length);
                },
                rate,
                seconds);
        for (Socket socket : sockets) {
            socket.close();
        }
        print();
    }

    private static Socket plain(InetSocketAddress address) throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static Socket tls(InetSocketAddress address, String trusted) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = new FileInputStream(trusted)) {
            store.setCertificateEntry(
                    "gateway", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    }
}
