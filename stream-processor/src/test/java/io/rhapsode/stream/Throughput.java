/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one thread does without Kafka: a raw record's bytes in, a message's and a call state's bytes out. Run by hand:
 * {@code java -cp target/test-classes:target/classes:... io.rhapsode.stream.Throughput}.
 */
final class Throughput {

    private static final int ROUNDS = 6;
    private static final long ROUND_NANOS = 3_000_000_000L;
    private static final CallLimits LIMITS = new CallLimits(14_400_000_000L);

    private static long sink;

    private Throughput() {}

    public static void main(String[] args) throws InvalidProtocolBufferException {
        List<byte[]> records = Captures.packets("proxied-flows.pcap").stream()
                .map(RawPacket::toByteArray)
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            System.out.printf(
                    "parse %,d messages/s; parse and follow %,d messages/s%n",
                    rate(records, false), rate(records, true));
        }
        System.out.println("ignore " + sink);
    }

    private static long rate(List<byte[]> records, boolean follow) throws InvalidProtocolBufferException {
        long done = 0;
        long begin = System.nanoTime();
        long end = begin + ROUND_NANOS;
        while (System.nanoTime() < end) {
            pass(records, follow);
            done += records.size();
        }
        return done * 1_000_000_000L / (System.nanoTime() - begin);
    }

    private static final SipMessages MESSAGES = new SipMessages(List.of());

    /** Each pass begins with no open calls, as real calls do. */
    private static void pass(List<byte[]> records, boolean follow) throws InvalidProtocolBufferException {
        Map<String, byte[]> store = new HashMap<>();
        for (byte[] record : records) {
            var packet = RawPacket.parseFrom(record);
            byte[] payload = packet.getPayload().toByteArray();
            var sip = io.rhapsode.wire.sip.SipMessage.of(payload, 0, payload.length);
            sink += MESSAGES.write(record, packet, sip, payload, packet.getReceivedAtUs(), 0, 0).length;
            SipMessage message = CallMessages.of(packet, sip, payload, packet.getReceivedAtUs());
            if (follow) {
                byte[] known = store.get(message.getCallId());
                var before = known == null ? null : OpenCall.parseFrom(known);
                var call = CallAggregator.add(before, message, message.getAtUs());
                sink += LIMITS.closesAt(call, CallOutcome.of(call, false));
                store.put(message.getCallId(), call.toByteArray());
            }
        }
    }
}
