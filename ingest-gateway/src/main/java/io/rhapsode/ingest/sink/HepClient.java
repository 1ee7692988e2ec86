/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Connections to receivers of HEP over UDP, TCP or TLS, all on one thread. */
final class HepClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 5_000;

    /** What a receiver that is gone takes with it, unseen; enough for 100 MB/s at 2 ms. */
    private static final int SEND_BUFFER = 256 << 10;

    private final HepSinkConfig config;
    private final SslContext tls;
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("hep-sink"), NioIoHandler.newFactory());
    private final EventLoop loop = threads.next();

    /** @throws IllegalArgumentException if certificates or key cannot be used */
    HepClient(HepSinkConfig config) {
        this.config = config;
        this.tls = config.tls().orElse(null);
    }

    /** The thread on which everything is told. */
    EventLoop loop() {
        return loop;
    }

    /**
     * Connects; what comes of it is told on the loop. Over UDP it always comes to a connection.
     *
     * @param done gets the connection, or null and why there is none
     * @param lost told once when a connection has ended
     */
    void connect(InetSocketAddress receiver, BiConsumer<Channel, Throwable> done, Consumer<Channel> lost) {
        var bootstrap = new Bootstrap().group(loop).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    var handler = tls.newHandler(channel.alloc(), receiver.getHostString(), receiver.getPort());
                    handler.setHandshakeTimeoutMillis(PATIENCE_MILLIS);
                    channel.pipeline().addLast(handler);
                }
                channel.pipeline().addLast(new Watch());
            }
        });
        if (config.transport() == HepSinkConfig.Transport.UDP) {
            bootstrap.channel(NioDatagramChannel.class);
        } else {
            bootstrap
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_MILLIS)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(ChannelOption.TCP_NODELAY, true);
        }
        bootstrap.option(ChannelOption.SO_SNDBUF, SEND_BUFFER);
        var connecting = bootstrap.connect(receiver);
        Channel channel = connecting.channel();
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                done.accept(null, connected.cause());
            } else if (tls != null) {
                channel.pipeline().get(SslHandler.class).handshakeFuture().addListener(shaken -> {
                    established(channel, shaken, done, lost);
                });
            } else {
                established(channel, connected, done, lost);
            }
        });
    }

    private static void established(
            Channel channel, Future<?> outcome, BiConsumer<Channel, Throwable> done, Consumer<Channel> lost) {
        if (outcome.isSuccess()) {
            done.accept(channel, null);
            channel.closeFuture().addListener(closed -> lost.accept(channel));
        } else {
            channel.close();
            done.accept(null, outcome.cause());
        }
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Receivers have nothing to say; an error, for UDP the refusal of an earlier datagram, ends the connection. */
    private static final class Watch extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
