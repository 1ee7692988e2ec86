/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.LogEvent;
import io.rhapsode.schema.MessageId;

/** One document a log line or other packet of text that is no SIP, fields as in the template {@link Indices#LOGS}. */
final class LogDocument {

    private LogDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var event = LogEvent.parseFrom(value);
        var packet = event.getPacket();
        Document.action(json, names.of(Indices.LOGS, event.getAtUs(), packet.getReceivedAtUs()), MessageId.of(event));
        json.object()
                .time("@timestamp", event.getAtUs())
                .text("message", event.getText())
                .object("log")
                .text("level", event.getLevel())
                .end();
        boolean text = PacketFields.write(json, packet, false);
        json.object("sip").text("call_id", event.getCallId()).end();
        json.object("rhapsode");
        PacketFields.writeOrigin(json, packet, text);
        json.object("log")
                .text("kind", event.getKind())
                .text("from", event.getFrom())
                .text("to", event.getTo())
                .text("message_id", event.getMessageId())
                .text("method", event.getMethod())
                .text("content_type", event.getContentType())
                .end()
                .end()
                .end()
                .newline();
    }
}
