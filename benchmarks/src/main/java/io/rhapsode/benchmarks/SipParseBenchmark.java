/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import com.google.protobuf.UnsafeByteOperations;
import gov.nist.javax.sip.parser.StringMsgParser;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.SipMessages;
import java.io.IOException;
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

    /** All messages of the mix, and those of them that the two others can read. */
    @State(Scope.Thread)
    public static class Ours {
        @Param({"all", "common"})
        public String messages;

        private final SipMessages parser = new SipMessages(List.of());
        private RawPacket[] packets;
        private byte[][] payloads;
        private int at;

        @Setup
        public void load() throws IOException {
            payloads = (messages.equals("all") ? CaptureMix.messages() : common()).toArray(byte[][]::new);
            packets = new RawPacket[payloads.length];
            for (int i = 0; i < payloads.length; i++) {
                packets[i] = RawPacket.newBuilder()
                        .setPayload(UnsafeByteOperations.unsafeWrap(payloads[i]))
                        .setProtocolType(1)
                        .setCapturedAtUs(1_700_000_000_000_000L)
                        .setReceivedAtUs(1_700_000_000_000_100L)
                        .setCaptureNode("node-1")
                        .build();
            }
        }

        SipMessage next() {
            at = at + 1 == payloads.length ? 0 : at + 1;
            return parser.of(packets[at], payloads[at], 1_700_000_000_000_100L).build();
        }
    }

    /** The messages that both others can read. */
    @State(Scope.Thread)
    public static class Common {
        private byte[][] payloads;
        private int at;

        @Setup
        public void load() throws IOException {
            payloads = common().toArray(byte[][]::new);
        }

        byte[] next() {
            at = at + 1 == payloads.length ? 0 : at + 1;
            return payloads[at];
        }
    }

    static List<byte[]> common() throws IOException {
        var sink = new Blackhole(
                "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");
        var jain = jain();
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

    private static StringMsgParser jain() {
        org.apache.log4j.Logger.getRootLogger().setLevel(org.apache.log4j.Level.OFF);
        return new StringMsgParser();
    }

    @Benchmark
    public SipMessage message(Ours ours) {
        return ours.next();
    }

    @Benchmark
    public byte[] messageAndItsBytes(Ours ours) {
        return ours.next().toByteArray();
    }

    @Benchmark
    public void pkts(Common common, Blackhole sink) throws IOException {
        Rivals.pkts(common.next(), sink);
    }

    @Benchmark
    public void jain(Common common, Blackhole sink, Jain parser) throws ParseException {
        Rivals.jain(parser.parser, common.next(), sink);
    }

    /** Their parser may be used again, by one thread. */
    @State(Scope.Thread)
    public static class Jain {
        private final StringMsgParser parser = jain();
    }
}
