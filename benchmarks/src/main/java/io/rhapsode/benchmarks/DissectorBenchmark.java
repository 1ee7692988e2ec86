/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import io.rhapsode.wire.pcap.PcapWriter;
import io.rhapsode.wire.transport.Dissector;
import io.rhapsode.wire.transport.TransportMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Packets of a capture a second, on one thread: over UDP a message each, over TCP half a message each. */
@State(Scope.Thread)
public class DissectorBenchmark {

    private static final int PACKETS = 2_000;
    private static final int STREAMS = 100;
    private static final byte[] SOURCE = {10, 0, 0, 1};
    private static final byte[] DESTINATION = {10, 0, 0, 2};

    @Param({"17", "6"})
    public int ipProtocol;

    private byte[] file;
    private final List<CaptureRecord> records = new ArrayList<>();

    @Setup
    public void write() throws IOException {
        byte[] message = SampleSip.invite();
        byte[] first = Arrays.copyOf(message, message.length / 2);
        byte[] rest = Arrays.copyOfRange(message, first.length, message.length);
        var bytes = new ByteArrayOutputStream();
        try (var writer = new PcapWriter(bytes)) {
            for (int n = 0; n < PACKETS; n++) {
                byte[] payload = ipProtocol == 17 ? message : n / STREAMS % 2 == 0 ? first : rest;
                writer.write(n * 10L, ipProtocol, SOURCE, DESTINATION, 10_000 + n % STREAMS, 5060, payload);
            }
        }
        file = bytes.toByteArray();
        try (var capture = new CaptureFile(new ByteArrayInputStream(file))) {
            capture.forEach(records::add);
        }
    }

    /** From frames in memory to messages. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public void messages(Blackhole hole) throws MalformedPacket {
        var dissector = new Dissector();
        for (var record : records) {
            take(dissector, record, hole::consume);
        }
    }

    /** From the octets of a file to packets of HEP. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public void fileToHep(Blackhole hole) throws IOException, MalformedPacket {
        var dissector = new Dissector();
        try (var capture = new CaptureFile(new ByteArrayInputStream(file))) {
            for (var record : capture) {
                take(dissector, record, message -> hole.consume(HepEncoder.encode(packet(message))));
            }
        }
    }

    private static void take(Dissector dissector, CaptureRecord record, Consumer<TransportMessage> out)
            throws MalformedPacket {
        byte[] bytes = record.bytes();
        dissector.frame(record.linkType(), bytes, 0, bytes.length, record.atNanos() / 1_000, out);
    }

    private static HepPacket packet(TransportMessage message) {
        return new HepPacket(
                3,
                message.transport().ipProtocol(),
                message.sourceAddress(),
                message.destinationAddress(),
                message.sourcePort(),
                message.destinationPort(),
                message.atMicros(),
                1,
                2001,
                "import",
                null,
                message.vlan(),
                null,
                message.bytes(),
                message.payloadOffset(),
                message.payloadLength(),
                List.of());
    }
}
