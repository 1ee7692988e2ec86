/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a sender and the gateway and counts: the witness of what was sent. */
final class CountingRelay implements AutoCloseable {

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final DatagramSocket in;
    private final DatagramSocket out;
    private final AtomicInteger datagrams = new AtomicInteger();

    CountingRelay(int gateway) throws IOException {
        in = new DatagramSocket(0, loopback);
        in.setReceiveBufferSize(4 << 20);
        out = new DatagramSocket(0, loopback);
        var relay = new Thread(() -> relay(gateway), "counting-relay");
        relay.setDaemon(true);
        relay.start();
    }

    private void relay(int gateway) {
        var datagram = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                datagram.setLength(65_535);
                in.receive(datagram);
                out.send(new DatagramPacket(datagram.getData(), datagram.getLength(), loopback, gateway));
                datagrams.incrementAndGet();
            }
        } catch (SocketException closed) {
            if (!in.isClosed()) {
                throw new IllegalStateException(closed);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return in.getLocalPort();
    }

    /** What the gateway sees as the sender. */
    String sender() {
        return "127.0.0.1:" + out.getLocalPort();
    }

    int datagrams() {
        return datagrams.get();
    }

    @Override
    public void close() {
        in.close();
        out.close();
    }
}
