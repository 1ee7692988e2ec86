/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.SipMessages;
import io.rhapsode.wire.sip.SipMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/** The load's calls as the stream-processor writes them: keys and values of rhapsode.sip. */
final class SipRecords {

    private SipRecords() {}

    /**
     * @param run part of every Call-ID
     * @param beginMicros of the first message; each is a microsecond after the one before
     */
    static void write(String run, int messages, long beginMicros, BiConsumer<byte[], byte[]> record) {
        var writer = new SipMessages(List.of());
        var templates = CallLoad.templates(run);
        int calls = messages / CallLoad.MESSAGES_PER_CALL + 1;
        for (int n = 0; n < messages; n++) {
            var template = templates.get(CallLoad.step(n, calls));
            long at = beginMicros + n;
            template.stamp(CallLoad.call(n, calls), at);
            byte[] payload = template.message().clone();
            RawPacket packet = packet(template, payload, at);
            var sip = SipMessage.of(payload, 0, payload.length);
            record.accept(
                    sip.callId().toString().getBytes(StandardCharsets.UTF_8),
                    writer.write(packet.toByteArray(), packet, sip, payload, at, 0, n));
        }
    }

    /** As the gateway writes it. */
    static RawPacket packet(CallLoad.Template template, byte[] payload, long at) {
        return RawPacket.newBuilder()
                .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                .setProtocolType(1)
                .setIpProtocol(17)
                .setSourceAddress(ByteString.copyFrom(template.source))
                .setDestinationAddress(ByteString.copyFrom(template.destination))
                .setSourcePort(5060)
                .setDestinationPort(5060)
                .setCapturedAtUs(at)
                .setReceivedAtUs(at)
                .setCaptureNode("load")
                .setAgentId(2001)
                .build();
    }
}
