/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets: with epoll several on one port, each with a thread and recvmmsg; without it one of the JDK's. No
 * datagram is ever cut.
 */
public final class HepUdpServer implements AutoCloseable {

    /** Gets every datagram of one socket, on that socket's thread; the bytes are the caller's again afterwards. */
    public interface Datagrams {
        void datagram(byte[] bytes, int length, InetSocketAddress from);

        /** All that was fetched from the socket at once has been handed over. */
        default void pause() {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(HepUdpServer.class);

    private static final int SOL_SOCKET = 1;

    /** As SO_RCVBUF, but above net.core.rmem_max; needs CAP_NET_ADMIN (socket(7)). */
    private static final IntegerUnixChannelOption SO_RCVBUFFORCE =
            new IntegerUnixChannelOption("SO_RCVBUFFORCE", SOL_SOCKET, 33);

    /** Nine 32-bit numbers: first the bytes in the receive queue, last the datagrams dropped (linux/sock_diag.h). */
    private static final RawUnixChannelOption SO_MEMINFO = new RawUnixChannelOption("SO_MEMINFO", SOL_SOCKET, 55, 36);

    private static final int MEMINFO_QUEUED = 0;
    private static final int MEMINFO_DROPS = 8 * Integer.BYTES;

    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(5);

    private final List<Socket> sockets = new ArrayList<>();
    private final EventLoopGroup threads;
    private volatile String trouble;
    private volatile boolean closing;

    private static final class Socket {
        final Channel channel;
        final ReceiveBuffer buffer;
        int drops;

        Socket(Channel channel, ReceiveBuffer buffer) {
            this.channel = channel;
            this.buffer = buffer;
        }
    }

    private HepUdpServer(EventLoopGroup threads) {
        this.threads = threads;
    }

    /**
     * Sockets that share a port would also share it with a second gateway, and each would get half of the packets. So
     * this asks for the port alone first.
     *
     * @throws IllegalStateException if the port is in use
     */
    public static void expectFree(InetSocketAddress address) {
        try (var probe = new DatagramSocket(address)) {
            LOG.debug("UDP port {} is free", probe.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot receive HEP on UDP " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * @param sockets that share the port, where there is epoll
     * @param receiveBuffer to ask the kernel for, bytes a socket
     * @param receivers one for each socket
     * @throws IllegalStateException if a socket cannot be opened
     */
    public static HepUdpServer open(
            InetSocketAddress address, int sockets, int receiveBuffer, Supplier<Datagrams> receivers) {
        boolean epoll = Epoll.isAvailable();
        var server = open(address, sockets, receiveBuffer, receivers, epoll);
        LOG.info(
                "Receiving HEP on UDP {}, {} sockets ({}), receive buffer {} bytes each, {} asked for",
                server.sockets.get(0).channel.localAddress(),
                server.sockets.size(),
                epoll ? "epoll" : "no epoll: " + Epoll.unavailabilityCause(),
                server.receiveBuffer(),
                receiveBuffer);
        return server;
    }

    static HepUdpServer open(
            InetSocketAddress address, int sockets, int receiveBuffer, Supplier<Datagrams> receivers, boolean epoll) {
        int count = epoll ? sockets : 1;
        var factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var server = new HepUdpServer(new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("hep"), factory));
        try {
            InetSocketAddress place = address;
            for (int i = 0; i < count; i++) {
                server.bind(place, receiveBuffer, receivers.get(), epoll);
                place = new InetSocketAddress(address.getAddress(), server.port());
            }
        } catch (ChannelException | IllegalStateException e) {
            server.close();
            throw new IllegalStateException("cannot receive HEP on UDP " + address + ": " + e.getMessage(), e);
        }
        return server;
    }

    private void bind(InetSocketAddress address, int receiveBuffer, Datagrams receiver, boolean epoll) {
        var family =
                address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        var buffer = new ReceiveBuffer(epoll);
        var bootstrap = new Bootstrap()
                .group(threads)
                .channelFactory(() -> epoll ? new EpollDatagramChannel(family) : new NioDatagramChannel(family))
                .option(ChannelOption.SO_RCVBUF, receiveBuffer)
                .option(ChannelOption.RECVBUF_ALLOCATOR, buffer)
                .handler(new Receiver(receiver));
        if (epoll) {
            bootstrap.option(EpollChannelOption.SO_REUSEPORT, true);
            bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, ReceiveBuffer.LONGEST_DATAGRAM);
        }
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        var socket = new Socket(bound.channel(), buffer);
        sockets.add(socket);
        if (!bound.isSuccess()) {
            throw new IllegalStateException(bound.cause().getMessage(), bound.cause());
        }
        if (epoll) {
            force(socket.channel, receiveBuffer);
        }
        socket.channel.closeFuture().addListener(closed -> {
            if (!closing) {
                trouble = "a HEP socket closed by itself";
            }
        });
    }

    private static void force(Channel channel, int receiveBuffer) {
        try {
            channel.config().setOption(SO_RCVBUFFORCE, receiveBuffer);
        } catch (ChannelException e) {
            LOG.debug("The receive buffer keeps within net.core.rmem_max: {}", e.getMessage());
        }
    }

    public int port() {
        return ((InetSocketAddress) sockets.get(0).channel.localAddress()).getPort();
    }

    /** What the kernel gave the first socket, bytes. Linux answers twice what it was set to (socket(7)). */
    public int receiveBuffer() {
        int answer = sockets.get(0).channel.config().getOption(ChannelOption.SO_RCVBUF);
        return sockets.get(0).channel instanceof EpollDatagramChannel ? answer / 2 : answer;
    }

    /** Datagrams the kernel dropped since the last call, because nobody fetched them in time; empty if it cannot say. */
    public Optional<Long> newDrops() {
        long drops = 0;
        for (Socket socket : sockets) {
            if (!(socket.channel instanceof EpollDatagramChannel) || !socket.channel.isOpen()) {
                return Optional.empty();
            }
            int sinceOpen = meminfo(socket, MEMINFO_DROPS);
            // The kernel's count is of 32 bits and goes round; the difference is right all the same.
            drops += Integer.toUnsignedLong(sinceOpen - socket.drops);
            socket.drops = sinceOpen;
        }
        return Optional.of(drops);
    }

    /** What keeps it from receiving, if anything does. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Closes the sockets, see {@link #drain()}; when it returns, no datagram is under way any more. */
    @Override
    public void close() {
        closing = true;
        sockets.forEach(socket -> socket.channel.close().awaitUninterruptibly());
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        sockets.forEach(socket -> socket.buffer.release());
    }

    /** What the kernel has taken is read to the end; what comes from now on it refuses, and the sender can tell. */
    public void drain() {
        long end = System.nanoTime() + DRAIN_AT_MOST.toNanos();
        try {
            sockets.forEach(HepUdpServer::hearNobody);
            while (sockets.stream().anyMatch(socket -> meminfo(socket, MEMINFO_QUEUED) > 0)
                    && System.nanoTime() < end) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A socket that is connected takes datagrams of its peer alone, here itself; its queue stays (udp(7)). */
    private static void hearNobody(Socket socket) {
        if (socket.channel instanceof EpollDatagramChannel && socket.channel.isActive()) {
            var own = (InetSocketAddress) socket.channel.localAddress();
            boolean any = own.getAddress().isAnyLocalAddress();
            boolean six = own.getAddress() instanceof Inet6Address;
            String loopback = six ? "::1" : "127.0.0.1";
            socket.channel
                    .connect(any ? new InetSocketAddress(loopback, own.getPort()) : own)
                    .awaitUninterruptibly();
        }
    }

    /** One number of SO_MEMINFO; 0 where there is none. */
    private static int meminfo(Socket socket, int offset) {
        if (!(socket.channel instanceof EpollDatagramChannel) || !socket.channel.isOpen()) {
            return 0;
        }
        ByteBuffer told = socket.channel.config().getOption(SO_MEMINFO);
        return told.order(ByteOrder.nativeOrder()).getInt(offset);
    }

    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        private final Datagrams receiver;
        private final byte[] bytes = new byte[ReceiveBuffer.LONGEST_DATAGRAM];

        Receiver(Datagrams receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            ByteBuf content = packet.content();
            int length = content.readableBytes();
            content.getBytes(content.readerIndex(), bytes, 0, length);
            receiver.datagram(bytes, length, packet.sender());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            receiver.pause();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (trouble == null) {
                LOG.error("Receiving HEP failed", cause);
            }
            trouble = "receiving HEP failed: " + cause;
        }
    }
}
