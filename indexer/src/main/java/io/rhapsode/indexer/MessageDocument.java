/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.MessageId;
import io.rhapsode.schema.Party;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.schema.Via;
import java.util.List;

/**
 * One document a SIP message, fields as in the template {@link Indices#SIP}. The text of the message is indexed whole:
 * what has a field beside it is what people filter, count or compare by.
 */
final class MessageDocument {

    private MessageDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var message = SipMessage.parseFrom(value);
        Document.action(
                json,
                names.of(Indices.SIP, message.getAtUs(), message.getPacket().getReceivedAtUs()),
                MessageId.of(message));
        json.object().time("@timestamp", message.getAtUs());
        boolean text = packet(json, message.getPacket());
        sip(json, message);
        rhapsode(json, message, text);
        json.end().newline();
    }

    /** Returns false if the payload is not all text, so that event.original does not say all of it. */
    private static boolean packet(JsonBytes json, RawPacket packet) {
        boolean text = PacketFields.openNetwork(json, packet, false);
        json.object("vlan")
                .text("id", packet.getVlan() == 0 ? "" : Integer.toString(packet.getVlan()))
                .end();
        PacketFields.closeNetwork(json, packet);
        return text;
    }

    private static void sip(JsonBytes json, SipMessage message) {
        json.object("sip")
                .text("type", message.getStatusCode() == 0 ? "request" : "response")
                .text("method", message.getMethod())
                .numberUnlessZero("code", message.getStatusCode())
                .text("status", message.getReasonPhrase())
                .text("call_id", message.getCallId());
        if (!message.getCseqMethod().isEmpty()) {
            json.object("cseq")
                    .number("code", Integer.toUnsignedLong(message.getCseqNumber()))
                    .text("method", message.getCseqMethod())
                    .end();
        }
        requestUri(json, message.getRequestUri());
        party(json.object("from"), message.getFrom());
        party(json.object("to"), message.getTo());
        contacts(json, message.getContactList());
        vias(json, message.getViaList());
        json.object("user_agent").text("original", message.getUserAgent()).end();
        json.text("content_type", message.getContentType());
        if (message.hasMaxForwards()) {
            json.integer("max_forwards", message.getMaxForwards());
        }
        json.object("auth")
                .text("username", message.getAuthUser())
                .text("realm", message.getAuthRealm())
                .end()
                .end();
    }

    private static void requestUri(JsonBytes json, Uri uri) {
        json.object("uri")
                .text("original", uri.getOriginal())
                .text("scheme", uri.getScheme())
                .text("username", uri.getUser())
                .text("host", uri.getHost())
                .numberUnlessZero("port", uri.getPort())
                .end();
    }

    /** The content of an object that is open, and its end. */
    private static void party(JsonBytes json, Party party) {
        Uri uri = party.getUri();
        json.text("display_info", party.getDisplayName())
                .text("tag", party.getTag())
                .object("uri")
                .text("scheme", uri.getScheme())
                .text("username", uri.getUser())
                .text("host", uri.getHost())
                .end()
                .end();
    }

    private static void contacts(JsonBytes json, List<Party> contacts) {
        json.list("contact");
        for (var contact : contacts) {
            Uri uri = contact.getUri();
            json.object()
                    .text("display_info", contact.getDisplayName())
                    .object("uri")
                    .text("username", uri.getUser())
                    .text("host", uri.getHost())
                    .numberUnlessZero("port", uri.getPort())
                    .end()
                    .end();
        }
        json.endList();
    }

    /** Whoever else is named: by whom they are found. */
    static void parties(JsonBytes json, String name, List<Party> parties) {
        json.list(name);
        for (var party : parties) {
            json.object()
                    .object("uri")
                    .text("username", party.getUri().getUser())
                    .text("host", party.getUri().getHost())
                    .end()
                    .end();
        }
        json.endList();
    }

    private static void vias(JsonBytes json, List<Via> vias) {
        json.list("via");
        for (var via : vias) {
            json.object()
                    .text("branch", via.getBranch())
                    .text("host", via.getHost())
                    .numberUnlessZero("port", via.getPort())
                    .text("received", via.getReceived())
                    .end();
        }
        json.endList();
    }

    private static void rhapsode(JsonBytes json, SipMessage message, boolean text) {
        RawPacket packet = message.getPacket();
        json.object("rhapsode");
        if (packet.getAgentId() != 0) {
            json.number("agent_id", Integer.toUnsignedLong(packet.getAgentId()));
        }
        json.text("source", packet.getSource())
                .text("sender", packet.getSender())
                .text("site", packet.getSite())
                .text("correlation_id", packet.getCorrelationId());
        // Only where it is not the time the message is filed under, which is where it was absurd.
        if (packet.getCapturedAtUs() != 0 && packet.getCapturedAtUs() != message.getAtUs()) {
            json.number("captured_at_us", packet.getCapturedAtUs());
        }
        if (!text) {
            json.base64("payload", packet.getPayload());
        }
        ends(json, message.getViaList());
        json.text("repeat", repeat(message.getRepeat()));
        parties(json, "asserted_identity", message.getAssertedIdentityList());
        json.texts("reason", message.getReasonList()).texts("diversion", message.getDiversionList());
        if (message.hasExpires()) {
            json.number("expires", Integer.toUnsignedLong(message.getExpires()));
        }
        json.texts("defects", message.getDefectsList());
        defectPlaces(json, message);
        json.texts("media", message.getMediaList());
        MessageFields.write(json, message);
        if (message.hasSdp()) {
            SdpFields.write(json, message.getSdp());
        }
        reversed(json, message);
        json.end();
    }

    /**
     * Who sent the message on this hop, as its Via says; and who began the transaction, which wrote the last Via: by its
     * own word, and as the next hop saw it (RFC 3261 section 18.2.1, RFC 3581).
     */
    private static void ends(JsonBytes json, List<Via> vias) {
        if (vias.isEmpty()) {
            return;
        }
        Via top = vias.get(0);
        json.text("top_via", top.getTransport().isEmpty() ? "" : "SIP/2.0/" + top.getTransport() + ' ' + sentBy(top));
        Via last = vias.get(vias.size() - 1);
        json.object("originator").list("ip");
        address(json, last.getReceived());
        if (!last.getHost().equals(last.getReceived())) {
            address(json, last.getHost());
        }
        json.endList().list("port");
        port(json, last.getRport());
        if (last.getPort() != last.getRport()) {
            port(json, last.getPort());
        }
        json.endList().end();
    }

    private static void port(JsonBytes json, int port) {
        if (port != 0) {
            json.number(port);
        }
    }

    private static String sentBy(Via via) {
        String host = via.getHost().indexOf(':') < 0 ? via.getHost() : '[' + via.getHost() + ']';
        return via.getPort() == 0 ? host : host + ':' + via.getPort();
    }

    /** Names are left out; what only looks like an address is left out by the mapping (ignore_malformed). */
    private static void address(JsonBytes json, String host) {
        boolean isAddress =
                host.indexOf(':') >= 0 || host.chars().allMatch(letter -> letter == '.' || Character.isDigit(letter));
        json.text(isAddress ? host : "");
    }

    /** Empty for the first sighting, and for what a newer writer knows and this does not. */
    private static String repeat(SipMessage.Repeat repeat) {
        return switch (repeat) {
            case RETRANSMISSION -> "retransmission";
            case FURTHER_SIGHTING -> "sighting";
            case DUPLICATE -> "duplicate";
            case FIRST, UNRECOGNIZED -> "";
        };
    }

    private static void defectPlaces(JsonBytes json, SipMessage message) {
        json.list("defect_places");
        for (int i = 0; i < Math.min(message.getDefectsCount(), message.getDefectOffsetsCount()); i++) {
            json.text(message.getDefects(i) + '@' + message.getDefectOffsets(i));
        }
        json.endList();
    }

    private static void reversed(JsonBytes json, SipMessage message) {
        json.object("reversed")
                .reversed("from", message.getFrom().getUri().getUser())
                .reversed("to", message.getTo().getUri().getUser())
                .reversed("uri", message.getRequestUri().getUser())
                .list("asserted_identity");
        for (var identity : message.getAssertedIdentityList()) {
            json.reversed(identity.getUri().getUser());
        }
        json.endList().end();
    }
}
