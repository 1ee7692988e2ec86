/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Party;
import io.rhapsode.schema.SipMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of a message that only some have, under rhapsode.* in its document. */
final class MessageFields {

    /** The first second of the year 10000, which no date is. */
    private static final long END_OF_DATES = 253_402_300_800L;

    private final JsonBytes json;
    private final SipMessage message;

    private MessageFields(JsonBytes json, SipMessage message) {
        this.json = json;
        this.message = message;
    }

    static void write(JsonBytes json, SipMessage message) {
        var fields = new MessageFields(json, message);
        fields.parties();
        fields.diversions();
        fields.causes();
        fields.session();
        fields.dialogs();
        fields.network();
        fields.passports();
        fields.headers();
        fields.bodyParts();
    }

    private void parties() {
        // Where there is no User-Agent, that field has it.
        boolean both = !message.getServer().equals(message.getUserAgent());
        json.text("server", both ? message.getServer() : "");
        MessageDocument.parties(json, "preferred_identity", message.getPreferredIdentityList());
        MessageDocument.parties(json, "remote_party", message.getRemotePartyList());
        MessageDocument.parties(json, "refer_to", message.hasReferTo() ? List.of(message.getReferTo()) : List.of());
        MessageDocument.parties(
                json, "referred_by", message.hasReferredBy() ? List.of(message.getReferredBy()) : List.of());
        hosts("route", message.getRouteList());
        hosts("record_route", message.getRecordRouteList());
    }

    private void hosts(String name, List<Party> parties) {
        json.list(name);
        parties.forEach(party -> json.text(party.getUri().getHost()));
        json.endList();
    }

    private void diversions() {
        json.list("diverted_by");
        for (var one : message.getDiversionsList()) {
            json.object();
            user(one.getParty());
            json.text("reason", one.getReason())
                    .numberUnlessZero("counter", one.getCounter())
                    .end();
        }
        json.endList().list("history");
        for (var one : message.getHistoryList()) {
            json.object();
            user(one.getParty());
            json.text("index", one.getIndex())
                    .numberUnlessZero("cause", one.getCause())
                    .text("reason", one.getReason())
                    .end();
        }
        json.endList();
    }

    private void user(Party party) {
        json.text("username", party.getUri().getUser())
                .text("host", party.getUri().getHost());
    }

    private void causes() {
        json.object("cause");
        causes("q850", "q.850");
        causes("sip", "sip");
        json.list("text");
        for (var reason : message.getReasonsList()) {
            json.text(reason.getText()).text(reason.getMeaning());
        }
        json.endList().end().list("warning");
        for (var one : message.getWarningList()) {
            json.object()
                    .numberUnlessZero("code", one.getCode())
                    .text("agent", one.getAgent())
                    .text("text", one.getText())
                    .end();
        }
        json.endList();
    }

    private void causes(String name, String protocol) {
        json.list(name);
        for (var reason : message.getReasonsList()) {
            if (reason.getCause() != 0 && reason.getProtocol().equalsIgnoreCase(protocol)) {
                json.number(Integer.toUnsignedLong(reason.getCause()));
            }
        }
        json.endList();
    }

    private void session() {
        json.texts("session_id", List.of(message.getSessionId(), message.getSessionIdRemote()))
                .object("session");
        number("expires", message.hasSessionExpires(), message.getSessionExpires());
        json.text("refresher", message.getSessionRefresher());
        number("min_se", message.hasMinSe(), message.getMinSe());
        json.end();
        number("retry_after", message.hasRetryAfter(), message.getRetryAfter());
        number("rseq", message.hasRseq(), message.getRseq());
        if (message.hasRack()) {
            var rack = message.getRack();
            json.text(
                    "rack",
                    Integer.toUnsignedString(rack.getRseq())
                            + ' '
                            + Integer.toUnsignedString(rack.getCseqNumber())
                            + ' '
                            + rack.getCseqMethod());
        }
        json.text("event", message.getEvent())
                .text("event_id", message.getEventId())
                .object("subscription")
                .text("state", message.getSubscriptionState())
                .text("reason", message.getSubscriptionReason());
        number("expires", message.hasSubscriptionExpires(), message.getSubscriptionExpires());
        json.end();
    }

    private void number(String name, boolean there, int unsigned) {
        if (there) {
            json.number(name, Integer.toUnsignedLong(unsigned));
        }
    }

    private void dialogs() {
        json.text("replaces", message.getReplaces().getCallId())
                .text("join", message.getJoin().getCallId());
    }

    private void network() {
        var vector = message.getChargingVector();
        json.object("charging")
                .text("icid", vector.getIcid())
                .texts("ioi", List.of(vector.getOrigIoi(), vector.getTermIoi()))
                .end();
        json.texts("access_type", message.getAccessTypeList())
                .texts("access_network", message.getAccessNetworkList())
                .texts("visited_network", message.getVisitedNetworkList())
                .texts("geolocation", message.getGeolocationList());
    }

    /** What is claimed, and unverified. */
    private void passports() {
        json.list("passport");
        for (var one : message.getPassportList()) {
            json.object()
                    .text("attestation", one.getAttestation())
                    .text("origin", one.getOrigin())
                    .texts("destination", one.getDestinationList());
            if (one.hasIssuedAt() && one.getIssuedAt() < END_OF_DATES) {
                json.time("issued_at", one.getIssuedAt() * 1_000_000);
            }
            json.text("origin_id", one.getOriginId())
                    .text("type", one.getType())
                    .text("certificate", one.getCertificate())
                    .end();
        }
        json.endList();
    }

    /** One field however many names there are, so that the mapping does not grow. */
    private void headers() {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (var header : message.getHeaderList()) {
            byName.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.getValue());
        }
        json.object("headers");
        byName.forEach(json::texts);
        json.end();
    }

    private void bodyParts() {
        json.list("body_part");
        message.getPartList().forEach(part -> json.text(part.getContentType()));
        json.endList();
    }
}
