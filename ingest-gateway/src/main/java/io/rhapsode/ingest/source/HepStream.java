/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.source;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.FastThreadLocal;
import io.rhapsode.ingest.sink.PacketSink;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: cuts the stream into packets, and closes it at the first thing that is none, since nothing after that
 * can be told apart.
 */
final class HepStream extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(HepStream.class);

    private static final byte[] NOTHING = new byte[0];
    private static final int LOOK_FOR_ROOM_MILLIS = 5;

    /** Rubbish is kept no longer than this: it tells what a sender is as well as all of it would. */
    private static final int LONGEST_RUBBISH = 2_048;

    /** What one read brought, of the thread: between two reads only the beginning of a packet is left. */
    private static final FastThreadLocal<byte[]> READ = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[HepFrame.LONGEST];
        }
    };

    private final HepStreamServer server;
    private final Intake intake;
    private final PacketSink sink;
    private final boolean tls;
    private Sender sender;
    private byte[] begun = NOTHING;
    private int begunLength;
    private boolean over;

    HepStream(HepStreamServer server, Intake intake, PacketSink sink, boolean tls) {
        this.server = server;
        this.intake = intake;
        this.sink = sink;
        this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!tls) {
            begin(context.channel(), null);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                begin(context.channel(), certificate(context));
            } else {
                end(context.channel(), "tls-handshake");
            }
        } else if (event instanceof IdleStateEvent && context.channel().config().isAutoRead()) {
            end(context.channel(), "idle");
        }
    }

    private static X509Certificate certificate(ChannelHandlerContext context) {
        try {
            Certificate[] chain = context.pipeline()
                    .get(SslHandler.class)
                    .engine()
                    .getSession()
                    .getPeerCertificates();
            return chain[0] instanceof X509Certificate certificate ? certificate : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private void begin(Channel channel, X509Certificate certificate) {
        sender = intake.sender((InetSocketAddress) channel.remoteAddress(), certificate);
        if (!sender.peer().mayConnect()) {
            end(channel, certificate == null ? "network-not-allowed" : "certificate-unknown");
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf read = (ByteBuf) message;
        try {
            if (!over) {
                take(read);
                server.hasRead();
            }
        } catch (MalformedPacket e) {
            end(context.channel(), e.reason());
        } finally {
            read.release();
        }
        if (!over && !sink.hasRoom()) {
            context.channel().config().setAutoRead(false);
            lookForRoom(context);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        sink.flush();
    }

    private void lookForRoom(ChannelHandlerContext context) {
        context.executor()
                .schedule(
                        () -> {
                            if (sink.hasRoom()) {
                                context.channel().config().setAutoRead(true);
                            } else if (context.channel().isOpen()) {
                                lookForRoom(context);
                            }
                        },
                        LOOK_FOR_ROOM_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void take(ByteBuf read) throws MalformedPacket {
        while (begunLength > 0 && read.isReadable()) {
            complete(read);
        }
        while (read.isReadable()) {
            byte[] bytes = READ.get();
            int length = Math.min(bytes.length, read.readableBytes());
            read.getBytes(read.readerIndex(), bytes, 0, length);
            int taken = packets(bytes, length);
            read.skipBytes(taken);
            if (taken == 0) {
                keep(bytes, length);
                read.skipBytes(length);
            }
        }
    }

    /** Adds to the packet that an earlier read began: first as much as tells its length, then the rest. */
    private void complete(ByteBuf read) throws MalformedPacket {
        int wanted = begunLength < HepFrame.HEADER ? HepFrame.HEADER : length(begun, 0, begunLength);
        int more = Math.min(wanted - begunLength, read.readableBytes());
        if (begun.length < begunLength + more) {
            begun = Arrays.copyOf(begun, wanted);
        }
        read.readBytes(begun, begunLength, more);
        begunLength += more;
        if (length(begun, 0, begunLength) == begunLength) {
            intake.packet(begun, 0, begunLength, sender);
            begun = NOTHING;
            begunLength = 0;
        }
    }

    /** Hands on the whole packets; returns how many bytes they have. */
    private int packets(byte[] bytes, int end) throws MalformedPacket {
        int at = 0;
        int length = length(bytes, at, end);
        while (length > 0 && length <= end - at) {
            intake.packet(bytes, at, length, sender);
            at += length;
            length = length(bytes, at, end - at);
        }
        return at;
    }

    private int length(byte[] bytes, int at, int available) throws MalformedPacket {
        try {
            return HepFrame.length(bytes, at, available);
        } catch (MalformedPacket e) {
            intake.refuse(bytes, at, Math.min(available, LONGEST_RUBBISH), e.reason(), sender);
            begunLength = 0;
            throw e;
        }
    }

    private void keep(byte[] bytes, int length) {
        begun = Arrays.copyOf(bytes, length);
        begunLength = length;
    }

    private void end(Channel channel, String reason) {
        if (!over) {
            over = true;
            server.closed(channel, reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (begunLength > 0) {
            intake.refuse(begun, 0, begunLength, "hep-truncated", sender);
            begunLength = 0;
        }
        over = true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            end(context.channel(), "reset");
        } else if (tls && cause instanceof DecoderException) {
            end(context.channel(), "tls-handshake");
        } else {
            LOG.error("A HEP connection met a fault of this program", cause);
            end(context.channel(), "internal-error");
        }
    }
}
