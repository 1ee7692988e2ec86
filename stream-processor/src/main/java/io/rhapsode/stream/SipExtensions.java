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
import java.util.function.Consumer;

/** The fields of the contract that only some messages have ({@link Extensions}). */
final class SipExtensions {

    private static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private final SipMessage.Builder message;
    private final Slices slices;
    private final Extensions fields;

    private SipExtensions(SipMessage.Builder message, Slices slices, Extensions fields) {
        this.message = message;
        this.slices = slices;
        this.fields = fields;
    }

    static void add(SipMessage.Builder message, Slices slices, io.rhapsode.wire.sip.SipMessage sip) {
        var reading = new SipExtensions(message, slices, sip.extensions());
        reading.addParties();
        reading.addLines(sip);
        reading.addReasons();
        reading.addCredentials();
        reading.addSession();
        reading.addSubscription();
        reading.addDialogs();
        reading.addNetwork();
        reading.addPassports();
    }

    private void addParties() {
        for (Address one : SipMessages.first(fields.preferredIdentities())) {
            message.addPreferredIdentity(SipMessages.party(slices, one));
        }
        for (Address one : SipMessages.first(fields.remoteParties())) {
            message.addRemoteParty(SipMessages.party(slices, one));
        }
        for (Address one : SipMessages.first(fields.routes())) {
            message.addRoute(SipMessages.party(slices, one));
        }
        for (Address one : SipMessages.first(fields.recordRoutes())) {
            message.addRecordRoute(SipMessages.party(slices, one));
        }
        for (Address one : SipMessages.first(fields.diversions())) {
            message.addDiversions(SipMessage.Diversion.newBuilder()
                    .setParty(SipMessages.party(slices, one))
                    .setReasonBytes(slices.of(one.parameter("reason")))
                    .setCounter(number(one.parameter("counter"))));
        }
        for (Address one : SipMessages.first(fields.history())) {
            message.addHistory(SipMessage.HistoryEntry.newBuilder()
                    .setParty(SipMessages.party(slices, one))
                    .setIndexBytes(slices.of(one.parameter("index")))
                    .setCause(number(one.uri().parameter("cause")))
                    .setReasonBytes(slices.of(one.uri().header("reason"))));
        }
    }

    /** The lines as they stand that the contract has beside what is in them. */
    private void addLines(io.rhapsode.wire.sip.SipMessage sip) {
        for (Text line : SipMessages.first(sip.headers(REASON))) {
            message.addReasonBytes(slices.of(line));
        }
        for (Text line : SipMessages.first(sip.headers(DIVERSION))) {
            message.addDiversionBytes(slices.of(line));
        }
    }

    private static final Text REASON = Text.of("Reason");
    private static final Text DIVERSION = Text.of("Diversion");

    private void addReasons() {
        for (FieldValue one : SipMessages.first(fields.reasons())) {
            long cause = one.number("cause", MAX_UINT32);
            var reason = SipMessage.Reason.newBuilder()
                    .setProtocolBytes(slices.of(one.value()))
                    .setCause((int) Math.max(0, cause))
                    .setTextBytes(slices.of(one.parameter("text")));
            if (one.value().isInAnyCase("q.850")) {
                reason.setMeaning(Q850.text(cause));
            }
            message.addReasons(reason);
        }
        for (Warning one : SipMessages.first(fields.warnings())) {
            message.addWarning(SipMessage.Warning.newBuilder()
                    .setCode(Math.max(0, one.code()))
                    .setAgentBytes(slices.of(one.agent()))
                    .setTextBytes(slices.of(one.text())));
        }
    }

    private void addCredentials() {
        Credentials credentials = fields.authorization();
        if (credentials.user().isEmpty() && !fields.proxyAuthorization().scheme().isEmpty()) {
            credentials = fields.proxyAuthorization();
        }
        message.setAuthUserBytes(slices.of(credentials.user())).setAuthRealmBytes(slices.of(credentials.realm()));
    }

    private void addSession() {
        FieldValue id = fields.sessionId();
        message.setSessionIdBytes(slices.of(id.value())).setSessionIdRemoteBytes(slices.of(id.parameter("remote")));
        FieldValue expires = fields.sessionExpires();
        number(expires.number(MAX_UINT32), message::setSessionExpires);
        message.setSessionRefresherBytes(slices.of(expires.parameter("refresher")));
        number(fields.minSe(), message::setMinSe);
        number(fields.retryAfter(), message::setRetryAfter);
        number(fields.rseq(), message::setRseq);
        RAck rack = fields.rack();
        if (rack != RAck.NONE) {
            message.setRack(SipMessage.RAck.newBuilder()
                    .setRseq((int) Math.max(0, rack.responseNumber()))
                    .setCseqNumber((int) Math.max(0, rack.cseqNumber()))
                    .setCseqMethodBytes(slices.of(rack.method())));
        }
    }

    private void addSubscription() {
        FieldValue event = fields.event();
        FieldValue state = fields.subscriptionState();
        message.setEventBytes(slices.of(event.value()))
                .setEventIdBytes(slices.of(event.parameter("id")))
                .setSubscriptionStateBytes(slices.of(state.value()))
                .setSubscriptionReasonBytes(slices.of(state.parameter("reason")));
        number(state.number("expires", MAX_UINT32), message::setSubscriptionExpires);
    }

    private void addDialogs() {
        if (fields.referTo() != Address.NONE) {
            message.setReferTo(SipMessages.party(slices, fields.referTo()));
        }
        if (fields.referredBy() != Address.NONE) {
            message.setReferredBy(SipMessages.party(slices, fields.referredBy()));
        }
        if (fields.replaces() != FieldValue.NONE) {
            message.setReplaces(dialog(fields.replaces()));
        }
        if (fields.join() != FieldValue.NONE) {
            message.setJoin(dialog(fields.join()));
        }
    }

    private SipMessage.Dialog.Builder dialog(FieldValue value) {
        return SipMessage.Dialog.newBuilder()
                .setCallIdBytes(slices.of(value.value()))
                .setFromTagBytes(slices.of(value.parameter("from-tag")))
                .setToTagBytes(slices.of(value.parameter("to-tag")));
    }

    private void addNetwork() {
        FieldValue vector = fields.chargingVector();
        if (vector != FieldValue.NONE) {
            message.setChargingVector(SipMessage.ChargingVector.newBuilder()
                    .setIcidBytes(slices.of(vector.parameter("icid-value")))
                    .setIcidGeneratedAtBytes(slices.of(vector.parameter("icid-generated-at")))
                    .setOrigIoiBytes(slices.of(vector.parameter("orig-ioi")))
                    .setTermIoiBytes(slices.of(vector.parameter("term-ioi"))));
        }
        for (FieldValue one : SipMessages.first(fields.accessNetworks())) {
            message.addAccessTypeBytes(slices.of(one.value())).addAccessNetworkBytes(slices.of(one.original()));
        }
        for (FieldValue one : SipMessages.first(fields.visitedNetworks())) {
            message.addVisitedNetworkBytes(slices.of(one.value()));
        }
        for (Address one : SipMessages.first(fields.geolocations())) {
            message.addGeolocationBytes(slices.of(one.uri().original()));
        }
    }

    private void addPassports() {
        List<Passport> passports = fields.identities();
        for (Passport one : SipMessages.first(passports)) {
            var passport = SipMessage.Passport.newBuilder()
                    .setAttestation(one.attestation())
                    .setOrigin(one.origin())
                    .addAllDestination(one.destinations())
                    .setOriginId(one.originId())
                    .setType(one.type())
                    .setCertificate(one.certificate());
            if (one.issuedAt() >= 0) {
                passport.setIssuedAt(one.issuedAt());
            }
            message.addPassport(passport);
        }
    }

    private static void number(long number, Consumer<Integer> set) {
        if (number >= 0) {
            set.accept((int) number);
        }
    }

    /** 0 for what is no number. */
    private static int number(Text digits) {
        return digits.isEmpty() || digits.length() > 9 || !digits.isDigits() ? 0 : Integer.parseInt(digits.toString());
    }
}
