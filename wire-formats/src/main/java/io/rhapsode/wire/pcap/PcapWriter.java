/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.pcap;

import io.rhapsode.wire.BigEndian;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes payloads that come without their packets as a pcap file (microseconds, link type 101: raw IP). Each gets the IP
 * and UDP, TCP or SCTP header that it may have had, with right checksums. What goes from one TCP port to another is one
 * stream, without a handshake.
 */
public final class PcapWriter implements AutoCloseable {

    private static final int RAW_IP = 101;
    private static final int SNAP_LENGTH = 262_144;
    private static final long MICROS = 1_000_000;

    private final OutputStream out;
    private final PacketBuilder packets = new PacketBuilder();

    /** Writes the file's header. The stream is closed with this writer. */
    public PcapWriter(OutputStream out) throws IOException {
        this.out = out;
        byte[] header = new byte[24];
        BigEndian.write(header, 0, 4, PcapFormat.MICROS);
        BigEndian.write(header, 4, 2, 2);
        BigEndian.write(header, 6, 2, 4);
        BigEndian.write(header, 16, 4, SNAP_LENGTH);
        BigEndian.write(header, 20, 4, RAW_IP);
        out.write(header);
    }

    /**
     * Writes a payload. What one IP packet cannot hold goes on in the next one.
     *
     * @param atMicros microseconds since 1970-01-01 UTC
     * @param ipProtocol 132 is SCTP; 6, and what HEP senders call TLS (22) and WebSocket (50), TCP; all else UDP
     * @param source 4 or 16 bytes, null if not known
     * @param destination 4 or 16 bytes, null if not known
     */
    public void write(
            long atMicros,
            int ipProtocol,
            byte[] source,
            byte[] destination,
            int sourcePort,
            int destinationPort,
            byte[] payload)
            throws IOException {
        var flow = Flow.of(source, destination, sourcePort, destinationPort);
        int from = 0;
        do {
            int to = Math.min(payload.length, from + PacketBuilder.LONGEST_PAYLOAD);
            record(atMicros, packets.build(ipProtocol, flow, Arrays.copyOfRange(payload, from, to)));
            from = to;
        } while (from < payload.length);
    }

    private void record(long atMicros, byte[] packet) throws IOException {
        byte[] header = new byte[16];
        BigEndian.write(header, 0, 4, atMicros / MICROS);
        BigEndian.write(header, 4, 4, atMicros % MICROS);
        BigEndian.write(header, 8, 4, packet.length);
        BigEndian.write(header, 12, 4, packet.length);
        out.write(header);
        out.write(packet);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
