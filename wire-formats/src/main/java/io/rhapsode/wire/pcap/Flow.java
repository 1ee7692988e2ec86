/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import io.rhapsode.wire.IpAddress;
import java.nio.ByteBuffer;

/** From where to where: both addresses are of one family. */
record Flow(ByteBuffer source, ByteBuffer destination, int sourcePort, int destinationPort) {

    private static final byte[] UNKNOWN = new byte[IpAddress.V4_LENGTH];

    /** Ports that are not known (-1) become 0, addresses that are not known 0.0.0.0. */
    static Flow of(byte[] source, byte[] destination, int sourcePort, int destinationPort) {
        byte[] from = source == null ? UNKNOWN : source;
        byte[] to = destination == null ? UNKNOWN : destination;
        boolean alike = from.length == to.length;
        return new Flow(
                ByteBuffer.wrap(alike ? from : IpAddress.mapped(from)),
                ByteBuffer.wrap(alike ? to : IpAddress.mapped(to)),
                Math.max(0, sourcePort),
                Math.max(0, destinationPort));
    }

    Flow back() {
        return new Flow(destination, source, destinationPort, sourcePort);
    }

    boolean isV4() {
        return source.remaining() == IpAddress.V4_LENGTH;
    }
}
