/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import gov.nist.javax.sip.parser.StringMsgParser;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.CallMessages;
import io.rhapsode.stream.SipMessages;
import io.rhapsode.wire.sip.SipMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.text.ParseException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From a message's octets to the message of the topic, one message an operation, on one thread. */
public class SipParseBenchmark {
    private static final long RECEIVED = 1_700_000_000_000_100L;

    /** All messages of the mix, and those of them that the two others can read. */
    @State(Scope.Thread)
    public static class Ours {
        @Param({"all", "common"})
        public String messages;

        private final SipMessages parser = new SipMessages(List.of());
        private byte[][] records;
        private RawPacket[] packets;
        private byte[][] payloads;
        private int at;

        @Setup
        public void load() throws IOException {
            payloads = (messages.equals("all") ? CaptureMix.messages() : common()).toArray(byte[][]::new);
            packets = new RawPacket[payloads.length];
            records = new byte[payloads.length][];
            for (int i = 0; i < payloads.length; i++) {
                packets[i] = RawPacket.newBuilder()
                        .setPayload(UnsafeByteOperations.unsafeWrap(payloads[i]))
                        .setProtocolType(1)
                        .setCapturedAtUs(1_700_000_000_000_000L)
                        .setReceivedAtUs(RECEIVED)
                        .setCaptureNode("node-1")
                        .build();
                records[i] = packets[i].toByteArray();
            }
        }

        byte[] next() {
            at = at + 1 == payloads.length ? 0 : at + 1;
            byte[] payload = payloads[at];
            var sip = SipMessage.of(payload, 0, payload.length);
            return parser.write(records[at], packets[at], sip, payload, RECEIVED, 1, at);
        }

        void step(Blackhole sink) throws InvalidProtocolBufferException {
            at = at + 1 == payloads.length ? 0 : at + 1;
            var packet = RawPacket.parseFrom(records[at]);
            byte[] payload = packet.getPayload().toByteArray();
            var sip = SipMessage.of(payload, 0, payload.length);
            sink.consume(parser.write(records[at], packet, sip, payload, RECEIVED, 1, at));
            sink.consume(CallMessages.of(packet, sip, payload, RECEIVED));
        }
    }

    /** The messages that both others can read. */
    static List<byte[]> common() throws IOException {
        var sink = sink();
        var jain = jain();
        PrintStream errors = System.err;
        // pkts-sip prints the stack of each message it cannot read.
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        try {
            return common(jain, sink);
        } finally {
            System.setErr(errors);
        }
    }

    private static List<byte[]> common(StringMsgParser jain, Blackhole sink) throws IOException {
        return CaptureMix.messages().stream()
                .filter(message -> isRead(jain, message, sink))
                .toList();
    }

    // Others throw what they like at what they cannot read, so all of it counts as that.
    private static boolean isRead(StringMsgParser jain, byte[] message, Blackhole sink) {
        try {
            Rivals.pkts(message, sink);
            Rivals.jain(jain, message, sink);
            return true;
        } catch (IOException | ParseException | RuntimeException unreadable) {
            return false;
        }
    }

    static Blackhole sink() {
        return new Blackhole(
                "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");
    }

    static StringMsgParser jain() {
        org.apache.log4j.Logger.getRootLogger().setLevel(org.apache.log4j.Level.OFF);
        return new StringMsgParser();
    }

    /** From the payload to the topic's message, serialized. */
    @Benchmark
    public byte[] message(Ours ours) {
        return ours.next();
    }

    /** All the stream-processor does of parsing: from the raw record to that, and to what calls are followed by. */
    @Benchmark
    public void step(Ours ours, Blackhole sink) throws InvalidProtocolBufferException {
        ours.step(sink);
    }
}
