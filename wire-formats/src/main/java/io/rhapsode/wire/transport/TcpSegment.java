/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.BigEndian;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.ip.IpDatagram;
import java.util.Arrays;

/**
 * A TCP segment (RFC 9293 3.1).
 *
 * @param sequence of the first octet of data: behind the SYN, if there is one
 * @param bytes holds the data from offset on, length octets
 * @param cutOff octets of data behind them that the capture cut off
 */
record TcpSegment(int sequence, int flags, byte[] bytes, int offset, int length, int cutOff) {

    private static final int SMALLEST_HEADER = 20;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;

    static TcpSegment of(IpDatagram datagram) throws MalformedPacket {
        byte[] bytes = datagram.bytes();
        int at = datagram.payloadOffset();
        if (datagram.payloadLength() < SMALLEST_HEADER) {
            throw new MalformedPacket("tcp-bad-header");
        }
        int headerLength = (bytes[at + 12] >> 4 & 0x0f) * 4;
        if (headerLength < SMALLEST_HEADER || headerLength > datagram.payloadLength()) {
            throw new MalformedPacket("tcp-bad-header");
        }
        int flags = bytes[at + 13];
        return new TcpSegment(
                (int) BigEndian.read(bytes, at + 4, 4) + ((flags & SYN) != 0 ? 1 : 0),
                flags,
                bytes,
                at + headerLength,
                datagram.payloadLength() - headerLength,
                datagram.cutOff());
    }

    boolean isSyn() {
        return (flags & SYN) != 0;
    }

    boolean isFin() {
        return (flags & FIN) != 0;
    }

    boolean isRst() {
        return (flags & RST) != 0;
    }

    boolean hasData() {
        return length > 0 || cutOff > 0;
    }

    /** The sequence number behind the data. */
    int end() {
        return sequence + length + cutOff;
    }

    /** The same, in an array of its own. */
    TcpSegment copy() {
        return new TcpSegment(sequence, flags, Arrays.copyOfRange(bytes, offset, offset + length), 0, length, cutOff);
    }

    /** What is behind a sequence number that lies within. */
    TcpSegment from(int sequence) {
        int seen = sequence - this.sequence;
        int here = Math.min(seen, length);
        return new TcpSegment(sequence, flags, bytes, offset + here, length - here, cutOff - (seen - here));
    }
}
