/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.SipMessage;
import io.rhapsode.wire.Text;
import io.rhapsode.wire.sip.Address;
import io.rhapsode.wire.sip.Credentials;
import io.rhapsode.wire.sip.Extensions;
import io.rhapsode.wire.sip.FieldValue;
import io.rhapsode.wire.sip.Passport;
import io.rhapsode.wire.sip.Q850;
import io.rhapsode.wire.sip.RAck;
import io.rhapsode.wire.sip.Warning;
import java.util.List;

/** The fields of the contract that only some messages have ({@link Extensions}). */
final class SipExtensions {

    private static final long MAX_UINT32 = 0xFFFF_FFFFL;
    private static final Text REASON = Text.of("Reason");
    private static final Text DIVERSION = Text.of("Diversion");

    private final ProtoWriter out;
    private final Extensions fields;

    private SipExtensions(ProtoWriter out, Extensions fields) {
        this.out = out;
        this.fields = fields;
    }

    static void write(ProtoWriter out, io.rhapsode.wire.sip.SipMessage sip) {
        var writing = new SipExtensions(out, sip.extensions());
        writing.writeParties();
        writing.writeLines(SipMessage.REASON_FIELD_NUMBER, sip.headers(REASON));
        writing.writeLines(SipMessage.DIVERSION_FIELD_NUMBER, sip.headers(DIVERSION));
        writing.writeDiversions();
        writing.writeReasons();
        writing.writeWarnings();
        writing.writeCredentials();
        writing.writeSession();
        writing.writeSubscription();
        writing.writeDialogs();
        writing.writeNetwork();
        writing.writePassports();
    }

    private void writeParties() {
        writeParties(SipMessage.PREFERRED_IDENTITY_FIELD_NUMBER, fields.preferredIdentities());
        writeParties(SipMessage.REMOTE_PARTY_FIELD_NUMBER, fields.remoteParties());
        writeParties(SipMessage.ROUTE_FIELD_NUMBER, fields.routes());
        writeParties(SipMessage.RECORD_ROUTE_FIELD_NUMBER, fields.recordRoutes());
    }

    private void writeParties(int field, List<Address> parties) {
        for (Address one : SipMessages.first(parties)) {
            SipMessages.writeParty(out, field, one);
        }
    }

    /** The lines as they stand that the contract has beside what is in them. */
    private void writeLines(int field, List<Text> lines) {
        for (Text line : SipMessages.first(lines)) {
            out.textOrEmpty(field, line);
        }
    }

    private void writeDiversions() {
        for (Address one : SipMessages.first(fields.diversions())) {
            int diversion = out.open(SipMessage.DIVERSIONS_FIELD_NUMBER);
            SipMessages.writeParty(out, SipMessage.Diversion.PARTY_FIELD_NUMBER, one);
            out.text(SipMessage.Diversion.REASON_FIELD_NUMBER, one.parameter("reason"));
            out.number(SipMessage.Diversion.COUNTER_FIELD_NUMBER, number(one.parameter("counter")));
            out.close(diversion);
        }
        for (Address one : SipMessages.first(fields.history())) {
            int entry = out.open(SipMessage.HISTORY_FIELD_NUMBER);
            SipMessages.writeParty(out, SipMessage.HistoryEntry.PARTY_FIELD_NUMBER, one);
            out.text(SipMessage.HistoryEntry.INDEX_FIELD_NUMBER, one.parameter("index"));
            out.number(
                    SipMessage.HistoryEntry.CAUSE_FIELD_NUMBER, number(one.uri().parameter("cause")));
            out.text(SipMessage.HistoryEntry.REASON_FIELD_NUMBER, one.uri().header("reason"));
            out.close(entry);
        }
    }

    private void writeReasons() {
        for (FieldValue one : SipMessages.first(fields.reasons())) {
            long cause = one.number("cause", MAX_UINT32);
            int reason = out.open(SipMessage.REASONS_FIELD_NUMBER);
            out.text(SipMessage.Reason.PROTOCOL_FIELD_NUMBER, one.value());
            out.number(SipMessage.Reason.CAUSE_FIELD_NUMBER, Math.max(0, cause));
            out.text(SipMessage.Reason.TEXT_FIELD_NUMBER, one.parameter("text"));
            if (one.value().isInAnyCase("q.850")) {
                out.text(SipMessage.Reason.MEANING_FIELD_NUMBER, Q850.text(cause));
            }
            out.close(reason);
        }
    }

    private void writeWarnings() {
        for (Warning one : SipMessages.first(fields.warnings())) {
            int warning = out.open(SipMessage.WARNING_FIELD_NUMBER);
            out.number(SipMessage.Warning.CODE_FIELD_NUMBER, Math.max(0, one.code()));
            out.text(SipMessage.Warning.AGENT_FIELD_NUMBER, one.agent());
            out.text(SipMessage.Warning.TEXT_FIELD_NUMBER, one.text());
            out.close(warning);
        }
    }

    private void writeCredentials() {
        Credentials credentials = fields.authorization();
        if (credentials.user().isEmpty()) {
            Credentials forProxy = fields.proxyAuthorization();
            credentials = forProxy.scheme().isEmpty() ? credentials : forProxy;
        }
        out.text(SipMessage.AUTH_USER_FIELD_NUMBER, credentials.user());
        out.text(SipMessage.AUTH_REALM_FIELD_NUMBER, credentials.realm());
    }

    private void writeSession() {
        FieldValue id = fields.sessionId();
        out.text(SipMessage.SESSION_ID_FIELD_NUMBER, id.value());
        out.text(SipMessage.SESSION_ID_REMOTE_FIELD_NUMBER, id.parameter("remote"));
        FieldValue expires = fields.sessionExpires();
        out.numberIfThere(SipMessage.SESSION_EXPIRES_FIELD_NUMBER, expires.number(MAX_UINT32));
        out.text(SipMessage.SESSION_REFRESHER_FIELD_NUMBER, expires.parameter("refresher"));
        out.numberIfThere(SipMessage.MIN_SE_FIELD_NUMBER, fields.minSe());
        out.numberIfThere(SipMessage.RETRY_AFTER_FIELD_NUMBER, fields.retryAfter());
        out.numberIfThere(SipMessage.RSEQ_FIELD_NUMBER, fields.rseq());
        RAck rack = fields.rack();
        if (rack != RAck.NONE) {
            int written = out.open(SipMessage.RACK_FIELD_NUMBER);
            out.number(SipMessage.RAck.RSEQ_FIELD_NUMBER, Math.max(0, rack.responseNumber()));
            out.number(SipMessage.RAck.CSEQ_NUMBER_FIELD_NUMBER, Math.max(0, rack.cseqNumber()));
            out.text(SipMessage.RAck.CSEQ_METHOD_FIELD_NUMBER, rack.method());
            out.close(written);
        }
    }

    private void writeSubscription() {
        FieldValue event = fields.event();
        out.text(SipMessage.EVENT_FIELD_NUMBER, event.value());
        out.text(SipMessage.EVENT_ID_FIELD_NUMBER, event.parameter("id"));
        FieldValue state = fields.subscriptionState();
        out.text(SipMessage.SUBSCRIPTION_STATE_FIELD_NUMBER, state.value());
        out.text(SipMessage.SUBSCRIPTION_REASON_FIELD_NUMBER, state.parameter("reason"));
        out.numberIfThere(SipMessage.SUBSCRIPTION_EXPIRES_FIELD_NUMBER, state.number("expires", MAX_UINT32));
    }

    private void writeDialogs() {
        writeParty(SipMessage.REFER_TO_FIELD_NUMBER, fields.referTo());
        writeParty(SipMessage.REFERRED_BY_FIELD_NUMBER, fields.referredBy());
        writeDialog(SipMessage.REPLACES_FIELD_NUMBER, fields.replaces());
        writeDialog(SipMessage.JOIN_FIELD_NUMBER, fields.join());
    }

    private void writeParty(int field, Address party) {
        if (party != Address.NONE) {
            SipMessages.writeParty(out, field, party);
        }
    }

    private void writeDialog(int field, FieldValue value) {
        if (value != FieldValue.NONE) {
            int dialog = out.open(field);
            out.text(SipMessage.Dialog.CALL_ID_FIELD_NUMBER, value.value());
            out.text(SipMessage.Dialog.FROM_TAG_FIELD_NUMBER, value.parameter("from-tag"));
            out.text(SipMessage.Dialog.TO_TAG_FIELD_NUMBER, value.parameter("to-tag"));
            out.close(dialog);
        }
    }

    private void writeNetwork() {
        FieldValue vector = fields.chargingVector();
        if (vector != FieldValue.NONE) {
            int written = out.open(SipMessage.CHARGING_VECTOR_FIELD_NUMBER);
            out.text(SipMessage.ChargingVector.ICID_FIELD_NUMBER, vector.parameter("icid-value"));
            out.text(SipMessage.ChargingVector.ICID_GENERATED_AT_FIELD_NUMBER, vector.parameter("icid-generated-at"));
            out.text(SipMessage.ChargingVector.ORIG_IOI_FIELD_NUMBER, vector.parameter("orig-ioi"));
            out.text(SipMessage.ChargingVector.TERM_IOI_FIELD_NUMBER, vector.parameter("term-ioi"));
            out.close(written);
        }
        for (FieldValue one : SipMessages.first(fields.accessNetworks())) {
            out.textOrEmpty(SipMessage.ACCESS_TYPE_FIELD_NUMBER, one.value());
            out.textOrEmpty(SipMessage.ACCESS_NETWORK_FIELD_NUMBER, one.original());
        }
        for (FieldValue one : SipMessages.first(fields.visitedNetworks())) {
            out.text(SipMessage.VISITED_NETWORK_FIELD_NUMBER, one.value());
        }
        for (Address one : SipMessages.first(fields.geolocations())) {
            out.text(SipMessage.GEOLOCATION_FIELD_NUMBER, one.uri().original());
        }
    }

    private void writePassports() {
        for (Passport one : SipMessages.first(fields.identities())) {
            int passport = out.open(SipMessage.PASSPORT_FIELD_NUMBER);
            out.text(SipMessage.Passport.ATTESTATION_FIELD_NUMBER, one.attestation());
            out.text(SipMessage.Passport.ORIGIN_FIELD_NUMBER, one.origin());
            one.destinations().forEach(each -> out.text(SipMessage.Passport.DESTINATION_FIELD_NUMBER, each));
            out.numberIfThere(SipMessage.Passport.ISSUED_AT_FIELD_NUMBER, one.issuedAt());
            out.text(SipMessage.Passport.ORIGIN_ID_FIELD_NUMBER, one.originId());
            out.text(SipMessage.Passport.TYPE_FIELD_NUMBER, one.type());
            out.text(SipMessage.Passport.CERTIFICATE_FIELD_NUMBER, one.certificate());
            out.close(passport);
        }
    }

    /** 0 for what is no number. */
    private static int number(Text digits) {
        return digits.isEmpty() || digits.length() > 9 || !digits.isDigits() ? 0 : Integer.parseInt(digits.toString());
    }
}
