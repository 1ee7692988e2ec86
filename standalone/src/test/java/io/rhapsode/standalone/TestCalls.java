/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Topic;
import io.rhapsode.wire.hep.Chunk;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Calls of five messages each (INVITE, 180, 200, BYE, 200), each of its own Call-ID: "prefix-number". */
public final class TestCalls {

    public static final int MESSAGES_PER_CALL = 5;

    private static final List<String> STARTS = List.of(
            "INVITE sip:bob@callee.test SIP/2.0",
            "SIP/2.0 180 Ringing",
            "SIP/2.0 200 OK",
            "BYE sip:bob@callee.test SIP/2.0",
            "SIP/2.0 200 OK");
    private static final byte[] CALLER = {10, 0, 0, 1};
    private static final byte[] CALLEE = {10, 0, 0, 2};
    private static final int PER_SECOND = 6_000;

    private TestCalls() {}

    /** To a gateway, at a rate that no socket buffer minds. */
    public static void send(int hepPort, String prefix, int calls) throws IOException {
        try (var socket = new DatagramSocket()) {
            long begin = System.nanoTime();
            for (int n = 0; n < calls * MESSAGES_PER_CALL; n++) {
                long wait = begin + n * 1_000_000_000L / PER_SECOND - System.nanoTime();
                if (wait > 1_000_000) {
                    LockSupport.parkNanos(wait);
                }
                byte[] datagram = datagram(prefix + "-" + n / MESSAGES_PER_CALL, n % MESSAGES_PER_CALL);
                socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), hepPort));
            }
        }
    }

    private static byte[] datagram(String callId, int step) {
        return datagram(message(callId, step), STARTS.get(step).endsWith("SIP/2.0"));
    }

    /** @param step 0 to 4 */
    public static byte[] message(String callId, int step) {
        String cseq = step < 3 ? "1 INVITE" : "2 BYE";
        return (STARTS.get(step) + "\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" + callId + cseq.charAt(0)
                        + "\r\nFrom: <sip:alice@caller.test>;tag=a\r\nTo: <sip:bob@callee.test>"
                        + (step == 0 ? "" : ";tag=b")
                        + "\r\nCall-ID: " + callId + "\r\nCSeq: " + cseq + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** As a gateway puts it on the raw topic. */
    static ProducerRecord<byte[], byte[]> record(String callId, int step) {
        var packet = RawPacket.newBuilder()
                .setPayload(ByteString.copyFrom(message(callId, step)))
                .setProtocolType(HepPacket.SIP)
                .setCapturedAtUs(now())
                .setReceivedAtUs(now())
                .setSourceAddress(ByteString.copyFrom(CALLER))
                .setDestinationAddress(ByteString.copyFrom(CALLEE))
                .setCaptureNode("test-calls")
                .build();
        byte[] key = callId.getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topic.RAW.topicName(), null, key, packet.toByteArray(), Topic.RAW.headers());
    }

    /** @param forward true from caller to callee */
    public static byte[] datagram(byte[] message, boolean forward) {
        return forward ? datagram(message, CALLER, CALLEE) : datagram(message, CALLEE, CALLER);
    }

    /** From caller to callee, captured at that time: microseconds since 1970-01-01 UTC. */
    static byte[] datagram(byte[] message, long atMicros) {
        return hep(atMicros, HepPacket.SIP, CALLER, CALLEE, 5060, null, message, List.of());
    }

    /** @param source and {@code destination}: IPv4 addresses */
    static byte[] datagram(byte[] message, byte[] source, byte[] destination) {
        return hep(now(), HepPacket.SIP, source, destination, 5060, null, message, List.of());
    }

    /** One packet that is no SIP, from caller to callee, with the Call-ID as what ties it to the call. */
    public static void send(int hepPort, int protocolType, int port, String callId, String payload) throws IOException {
        send(hepPort, protocolType, port, callId, payload, List.of());
    }

    /** As above, with further chunks. */
    static void send(int hepPort, int protocolType, int port, String callId, String payload, List<Chunk> chunks)
            throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        byte[] datagram = hep(now(), protocolType, CALLER, CALLEE, port, callId, bytes, chunks);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), hepPort));
        }
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000;
    }

    private static byte[] hep(
            long atMicros,
            int protocolType,
            byte[] source,
            byte[] destination,
            int port,
            String correlationId,
            byte[] payload,
            List<Chunk> chunks) {
        return HepEncoder.encode(new HepPacket(
                3,
                17,
                source,
                destination,
                port,
                port,
                atMicros,
                protocolType,
                7,
                "test-calls",
                correlationId,
                -1,
                null,
                payload,
                0,
                payload.length,
                chunks));
    }
}
