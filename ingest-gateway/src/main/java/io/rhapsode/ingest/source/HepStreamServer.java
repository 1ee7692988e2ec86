/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rhapsode.ingest.sink.PacketSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HEP over TCP and over TLS, each on a port of its own. A connection holds no more memory than its longest packet and
 * what one read brings. While the sink is full nobody is read from, and TCP makes the senders wait.
 */
public final class HepStreamServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HepStreamServer.class);

    private static final int WAITING_CONNECTIONS = 1_024;
    private static final Duration QUIET = Duration.ofMillis(50);
    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(2);

    private final StreamConfig config;
    private final PacketSink sink;
    private final Supplier<Intake> intakes;
    private final MeterRegistry metrics;
    private final EventLoopGroup threads;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private Channel tcp;
    private Channel tls;
    private volatile long lastReadNanos = System.nanoTime();

    private HepStreamServer(
            StreamConfig config, int threads, PacketSink sink, Supplier<Intake> intakes, MeterRegistry metrics) {
        this.config = config;
        this.sink = sink;
        this.intakes = intakes;
        this.metrics = metrics;
        var factory = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.threads = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("hep-stream"), factory);
        Gauge.builder("rhapsode.ingest.connections", connections, Set::size)
                .description("TCP and TLS connections that are open")
                .register(metrics);
    }

    /**
     * @param address to listen on
     * @param intakes one for each connection
     * @throws IllegalStateException if a port cannot be opened
     */
    public static HepStreamServer open(
            StreamConfig config,
            InetAddress address,
            int threads,
            PacketSink sink,
            Supplier<Intake> intakes,
            MeterRegistry metrics) {
        var server = new HepStreamServer(config, threads, sink, intakes, metrics);
        try {
            if (config.hasTcp()) {
                server.tcp = server.bind(new InetSocketAddress(address, config.tcpPort()), null);
            }
            if (config.hasTls()) {
                SslContext context = config.tls().orElseThrow();
                server.tls = server.bind(new InetSocketAddress(address, config.tlsPort()), context);
            }
        } catch (IllegalStateException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private Channel bind(InetSocketAddress address, SslContext context) {
        Class<? extends ServerChannel> kind =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        var bound = new ServerBootstrap()
                .group(threads)
                .channel(kind)
                .option(ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new Connections(context))
                .bind(address)
                .awaitUninterruptibly();
        String what = context == null ? "TCP " : "TLS ";
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "cannot receive HEP on " + what + address + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        LOG.info("Receiving HEP on {}{}", what, bound.channel().localAddress());
        return bound.channel();
    }

    /** @throws IllegalStateException if the port is in use */
    static void expectFree(InetSocketAddress address) {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "cannot receive HEP on TCP " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private final class Connections extends ChannelInitializer<Channel> {

        private final SslContext context;

        /** @param context null without TLS */
        Connections(SslContext context) {
            this.context = context;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (connections.size() >= config.connections()) {
                closed(channel, "too-many");
                return;
            }
            connections.add(channel);
            channel.closeFuture().addListener(closed -> connections.remove(channel));
            if (context != null) {
                channel.pipeline().addLast(context.newHandler(channel.alloc()));
            }
            channel.pipeline()
                    .addLast(new IdleStateHandler(config.idleSeconds(), 0, 0))
                    .addLast(new HepStream(HepStreamServer.this, intakes.get(), sink, context != null));
        }
    }

    /** Closes a connection that is not over by itself, and counts why. */
    void closed(Channel channel, String reason) {
        metrics.counter("rhapsode.ingest.connections.closed", "reason", reason).increment();
        channel.close();
    }

    void hasRead() {
        lastReadNanos = System.nanoTime();
    }

    /** The plain port, empty if there is none. */
    public Optional<Integer> tcpPort() {
        return port(tcp);
    }

    /** The port with TLS, empty if there is none. */
    public Optional<Integer> tlsPort() {
        return port(tls);
    }

    private static Optional<Integer> port(Channel channel) {
        return Optional.ofNullable(channel).map(open -> ((InetSocketAddress) open.localAddress()).getPort());
    }

    /** What keeps it from receiving, if anything does. */
    public Optional<String> trouble() {
        boolean open = (tcp == null || tcp.isOpen()) && (tls == null || tls.isOpen());
        return open ? Optional.empty() : Optional.of("a listening HEP socket closed by itself");
    }

    /** Takes no new connections, and reads from those there are until all have been quiet, for 2 s at most. */
    public void drain() {
        closeListeners();
        long end = System.nanoTime() + DRAIN_AT_MOST.toNanos();
        try {
            while (!connections.isEmpty()
                    && System.nanoTime() - lastReadNanos < QUIET.toNanos()
                    && System.nanoTime() < end) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeListeners() {
        for (Channel listener : new Channel[] {tcp, tls}) {
            if (listener != null) {
                listener.close().awaitUninterruptibly();
            }
        }
    }

    /** Ends all connections; when it returns, no packet is under way any more. */
    @Override
    public void close() {
        closeListeners();
        connections.forEach(connection -> connection.close().awaitUninterruptibly());
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
