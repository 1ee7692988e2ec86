/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.LogEvent;
import io.rhapsode.wire.MalformedPacket;
import io.rhapsode.wire.msrp.MsrpMessage;
import io.rhapsode.wire.xmpp.XmppStanza;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Packets of text that is no SIP, as the contract has them. */
final class LogEvents {

    /** A segment that is full of responses has some hundred. */
    private static final int MOST_MESSAGES = 256;

    private LogEvents() {}

    /** What HEP's protocol type calls it; empty for a type that is no text. */
    static String kind(int protocolType) {
        return switch (protocolType) {
            case 2 -> "xmpp";
            case 53 -> "dns";
            case 54 -> "isup";
            case 55 -> "rtsp";
            case 56 -> "diameter";
            case 57 -> "map";
            case 60 -> "cdr";
            // Verto by the specification; rtpengine sends its control traffic under the same number.
            case 61 -> "verto";
            case 87, 88, 89, 96 -> "opensips";
            case 100 -> "log";
            default -> "";
        };
    }

    /** @throws MalformedPacket "not-text" if it is none, or the reason of its protocol's reader */
    static LogEvent of(Sighting sighting) throws MalformedPacket {
        byte[] payload = sighting.payload();
        var event = LogEvent.newBuilder()
                .setPacket(sighting.packet())
                .setRawPartition(sighting.partition())
                .setRawOffset(sighting.offset())
                .setAtUs(sighting.atMicros())
                .setCallId(sighting.packet().getCorrelationId());
        if (MsrpMessage.looksLikeMsrp(payload, 0, payload.length)) {
            msrp(event, payload);
        } else if (kind(sighting.packet().getProtocolType()).equals("xmpp")) {
            xmpp(event, XmppStanza.of(payload, 0, payload.length));
        } else {
            plain(event, kind(sighting.packet().getProtocolType()), payload);
        }
        return event.build();
    }

    /** A segment may hold several messages: the first names the event, the texts are those of all. */
    private static void msrp(LogEvent.Builder event, byte[] payload) throws MalformedPacket {
        var first = MsrpMessage.of(payload, 0, payload.length);
        event.setKind("msrp")
                .setFrom(first.fromPath())
                .setTo(first.toPath())
                .setMessageId(first.messageId())
                .setMethod(first.status() == 0 ? first.method() : Integer.toString(first.status()))
                .setContentType(first.contentType());
        var text = new StringJoiner("\n");
        var message = first;
        for (int i = 0; i < MOST_MESSAGES; i++) {
            if (message.bodyLength() > 0) {
                text.add(message.text(payload));
            }
            int left = payload.length - message.end();
            if (!MsrpMessage.looksLikeMsrp(payload, message.end(), left)) {
                break;
            }
            message = MsrpMessage.of(payload, message.end(), left);
        }
        event.setText(text.toString());
    }

    private static void xmpp(LogEvent.Builder event, XmppStanza stanza) {
        event.setKind("xmpp")
                .setFrom(stanza.from())
                .setTo(stanza.to())
                .setMessageId(stanza.id())
                .setMethod((stanza.kind() + ' ' + stanza.type()).strip());
        if (stanza.isSecret()) {
            event.getPacketBuilder().clearPayload();
        } else {
            event.setText(stanza.body());
        }
    }

    private static void plain(LogEvent.Builder event, String kind, byte[] payload) throws MalformedPacket {
        int length = trimmed(payload);
        for (int i = 0; i < length; i++) {
            // ESC stands in the coloured lines that many programs write.
            if (payload[i] >= 0 && payload[i] < ' ' && "\t\r\n\u001b".indexOf(payload[i]) < 0) {
                throw new MalformedPacket("not-text");
            }
        }
        String text = new String(payload, 0, length, StandardCharsets.UTF_8);
        boolean control = kind.equals("verto") && !text.startsWith("{");
        event.setKind(control ? "rtpengine-ng" : kind)
                .setText(text)
                .setLevel(kind.equals("log") ? LogLevel.of(text) : "");
    }

    /** The length without line ends and the zero of a C string. */
    private static int trimmed(byte[] payload) {
        int length = payload.length;
        while (length > 0 && (payload[length - 1] == 0 || payload[length - 1] == '\n' || payload[length - 1] == '\r')) {
            length--;
        }
        return length;
    }
}
