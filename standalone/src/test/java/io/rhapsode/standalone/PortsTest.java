/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void aTakenTcpPortIsRefusedAndTheSameUdpPortIsNot() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Ports.requireFreeUdp("127.0.0.1", port, "--hep-port");
            assertThatThrownBy(() -> Ports.requireFreeTcp("127.0.0.1", port, "--http-port"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("TCP port " + port)
                    .hasMessageContaining("--http-port");
        }
    }

    @Test
    void aTakenUdpPortIsRefused() throws IOException {
        try (var taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFreeUdp("127.0.0.1", port, "--hep-port"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("UDP port " + port);
        }
    }

    @Test
    void aPortJustClosedIsFreeAlthoughItsLastConnectionLingers() throws IOException {
        int port;
        try (var server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = server.getLocalPort();
            try (var client = new java.net.Socket(InetAddress.getByName("127.0.0.1"), port)) {
                server.accept().close();
                client.getPort();
            }
        }
        Ports.requireFreeTcp("127.0.0.1", port, "--http-port");
    }
}
