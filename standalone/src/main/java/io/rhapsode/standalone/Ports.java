/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of this machine. */
public final class Ports {

    private static final int FIRST_FREE = 20_000;
    private static final int LAST_FREE = 32_767;
    private static final int ATTEMPTS = 100;

    private Ports() {}

    /**
     * A TCP port of loopback that was free a moment ago. Mostly none of those that Linux gives to outgoing connections (32768
     * to 60999): one of these may be taken before a server that takes seconds to start comes to it.
     */
    public static int free() throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_FREE, LAST_FREE + 1);
            if (isFreeTcp(InetAddress.getLoopbackAddress().getHostAddress(), port)) {
                return port;
            }
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The port itself, or a free one for 0. */
    static int orFree(int port) throws IOException {
        return port == 0 ? free() : port;
    }

    static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static boolean isFreeTcp(String host, int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws StartRefused naming the port and the option that chooses another one; 0 is always right */
    static void requireFreeTcp(String host, int port, String option) {
        if (port == 0) {
            return;
        }
        try (var socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            socket.getLocalPort();
        } catch (IOException e) {
            throw inUse("TCP", host, port, option, e);
        }
    }

    /** @throws StartRefused naming the port and the option that chooses another one; 0 is always right */
    static void requireFreeUdp(String host, int port, String option) {
        if (port == 0) {
            return;
        }
        try (var socket = new DatagramSocket(port, InetAddress.getByName(host))) {
            socket.getLocalPort();
        } catch (IOException e) {
            throw inUse("UDP", host, port, option, e);
        }
    }

    private static StartRefused inUse(String kind, String host, int port, String option, IOException e) {
        return new StartRefused("%s port %d of %s cannot be used (%s); choose another one with %s."
                .formatted(kind, port, host, e.getMessage(), option));
    }
}
