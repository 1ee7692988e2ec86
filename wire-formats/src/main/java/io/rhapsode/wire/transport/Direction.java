/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.ip.IpDatagram;
import java.util.Arrays;

/** One of the two directions of a connection, as seen on one VLAN in one tunnel: seen on two, it is two. */
record Direction(byte[] source, byte[] destination, int sourcePort, int destinationPort, int vlan, long tunnel) {

    static Direction of(IpDatagram datagram) {
        return new Direction(
                datagram.sourceAddress(),
                datagram.destinationAddress(),
                datagram.sourcePort(),
                datagram.destinationPort(),
                datagram.vlan(),
                datagram.tunnel());
    }

    TransportMessage message(Transport transport, long atMicros, byte[] bytes, int offset, int length) {
        return new TransportMessage(
                transport, source, destination, sourcePort, destinationPort, vlan, atMicros, bytes, offset, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Direction that
                && sourcePort == that.sourcePort
                && destinationPort == that.destinationPort
                && vlan == that.vlan
                && tunnel == that.tunnel
                && Arrays.equals(source, that.source)
                && Arrays.equals(destination, that.destination);
    }

    @Override
    public int hashCode() {
        int addresses = 31 * Arrays.hashCode(source) + Arrays.hashCode(destination);
        return ((addresses * 31 + sourcePort) * 31 + destinationPort) * 31 + vlan + Long.hashCode(tunnel);
    }
}
