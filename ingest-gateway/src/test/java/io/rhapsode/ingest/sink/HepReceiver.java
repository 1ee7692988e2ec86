/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepDecoder;
import io.rhapsode.wire.hep.HepPacket;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** A receiver of HEP version 3 that keeps what it gets: over UDP, or over TCP as one packet behind the other. */
public final class HepReceiver implements Closeable {

    private interface Receiving {
        void receive() throws IOException, MalformedPacket;
    }

    public final List<HepPacket> packets = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Closeable socket;
    private final int port;

    private HepReceiver(Closeable socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    /** @param port 0 takes a free one */
    public static HepReceiver udp(int port) throws IOException {
        var socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setReceiveBufferSize(4 << 20);
        var receiver = new HepReceiver(socket, socket.getLocalPort());
        receiver.start(() -> {
            var datagram = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(datagram);
            receiver.packets.add(HepDecoder.decode(datagram.getData(), 0, datagram.getLength()));
        });
        return receiver;
    }

    /** @param port 0 takes a free one */
    public static HepReceiver tcp(int port) throws IOException {
        return tcp(port, ServerSocketFactory.getDefault());
    }

    public static HepReceiver tcp(int port, ServerSocketFactory sockets) throws IOException {
        ServerSocket socket = bound(port, sockets);
        var receiver = new HepReceiver(socket, socket.getLocalPort());
        receiver.start(() -> receiver.serve(socket.accept()));
        return receiver;
    }

    /** A port that was in use a moment ago may need another one. */
    private static ServerSocket bound(int port, ServerSocketFactory sockets) throws IOException {
        long end = System.nanoTime() + 5_000_000_000L;
        while (true) {
            try {
                return sockets.createServerSocket(port, 50, InetAddress.getLoopbackAddress());
            } catch (BindException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private void serve(Socket connection) throws IOException {
        connections.add(connection);
        var in = new DataInputStream(connection.getInputStream());
        start(() -> {
            byte[] head = in.readNBytes(6);
            if (head.length < 6) {
                throw new IOException("end");
            }
            int length = (head[4] & 0xff) << 8 | head[5] & 0xff;
            byte[] packet = Arrays.copyOf(head, length);
            in.readFully(packet, 6, length - 6);
            packets.add(HepDecoder.decode(packet, 0, length));
        });
    }

    private void start(Receiving receiving) {
        var thread = new Thread(() -> {
            try {
                while (true) {
                    receiving.receive();
                }
            } catch (IOException closed) {
                Thread.currentThread().interrupt(); // the end of the test, or what it is about
            } catch (MalformedPacket e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    public int port() {
        return port;
    }

    /** The payloads so far, in the order they came. */
    public List<String> payloads() {
        return packets.stream()
                .map(packet -> new String(packet.bytes(), packet.payloadOffset(), packet.payloadLength(), UTF_8))
                .toList();
    }

    /** Returns when the port is free: as long as a thread reads, the kernel goes on taking packets for it. */
    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
