/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.List;

/**
 * The fields of a {@link SipMessage} that only some messages have, most of them from extensions of RFC 3261. Each is
 * read when it is asked for and not kept. Absent ones are empty lists, -1, or the type's NONE; of what may stand many
 * times at most {@link SipMessage#MAX_VALUES} are read. Broken ones are a {@link Defect#BAD_FIELD}.
 */
public final class Extensions {
    private static final HeaderName[] NAMES = HeaderName.values();
    private static final long ALL = -1L << HeaderName.AUTHORIZATION.ordinal();

    private final SipMessage message;
    private final HeaderIndex headers;
    private final Findings findings;
    private long read;

    Extensions(SipMessage message, HeaderIndex headers, Findings findings) {
        this.message = message;
        this.headers = headers;
        this.findings = findings;
    }

    /** True if the message has any of these fields, broken or not. */
    public boolean any() {
        return headers.among(ALL) != 0;
    }

    /** P-Preferred-Identity (RFC 3325 section 9.2). */
    public List<Address> preferredIdentities() {
        return addresses(HeaderName.P_PREFERRED_IDENTITY);
    }

    /** Remote-Party-ID (draft-ietf-sip-privacy-04 section 5), parameters party, screen and privacy. */
    public List<Address> remoteParties() {
        return addresses(HeaderName.REMOTE_PARTY_ID);
    }

    /** Diversion (RFC 5806 section 3.1), latest first, parameters reason and counter. */
    public List<Address> diversions() {
        return addresses(HeaderName.DIVERSION);
    }

    /** History-Info (RFC 7044 section 5), parameter index; URI parameter cause (RFC 4458) and URI header Reason. */
    public List<Address> history() {
        return addresses(HeaderName.HISTORY_INFO);
    }

    /** Route (RFC 3261 section 20.34). */
    public List<Address> routes() {
        return addresses(HeaderName.ROUTE);
    }

    /** Record-Route (RFC 3261 section 20.30). */
    public List<Address> recordRoutes() {
        return addresses(HeaderName.RECORD_ROUTE);
    }

    /** Geolocation (RFC 6442 section 4.1): URIs, of cid: type for a location in the body. */
    public List<Address> geolocations() {
        return addresses(HeaderName.GEOLOCATION);
    }

    /** Reason (RFC 3326): the value is the protocol ("SIP", "Q.850"), parameters cause and text; see {@link Q850}. */
    public List<FieldValue> reasons() {
        return fields(HeaderName.REASON);
    }

    /** Authorization (RFC 3261 section 20.7), the first that names a user, or else the first. */
    public Credentials authorization() {
        return credentials(HeaderName.AUTHORIZATION);
    }

    /** Proxy-Authorization (RFC 3261 section 20.28), the first that names a user, or else the first. */
    public Credentials proxyAuthorization() {
        return credentials(HeaderName.PROXY_AUTHORIZATION);
    }

    /** Session-ID (RFC 7989 section 5): the sender's UUID, parameter remote the other's; or that of RFC 7329. */
    public FieldValue sessionId() {
        return field(HeaderName.SESSION_ID);
    }

    /** P-Charging-Vector (RFC 7315 section 5.6): parameters icid-value, icid-generated-at, orig-ioi, term-ioi. */
    public FieldValue chargingVector() {
        return one(HeaderName.P_CHARGING_VECTOR, FieldValue::parametersOnly, FieldValue.NONE);
    }

    /** Warning (RFC 3261 section 20.43). */
    public List<Warning> warnings() {
        return values(HeaderName.WARNING, Defect.BAD_FIELD, Warning::parse);
    }

    /** Retry-After in seconds (RFC 3261 section 20.33); -1 if absent or broken. */
    public long retryAfter() {
        return seconds(HeaderName.RETRY_AFTER);
    }

    /** RAck (RFC 3262 section 7.2). */
    public RAck rack() {
        return one(HeaderName.RACK, RAck::parse, RAck.NONE);
    }

    /** RSeq (RFC 3262 section 7.1); -1 if absent or broken. */
    public long rseq() {
        return seconds(HeaderName.RSEQ);
    }

    /** Session-Expires (RFC 4028 section 4): seconds, parameter refresher ("uac" or "uas"). */
    public FieldValue sessionExpires() {
        return field(HeaderName.SESSION_EXPIRES);
    }

    /** Min-SE in seconds (RFC 4028 section 5); -1 if absent or broken. */
    public long minSe() {
        return seconds(HeaderName.MIN_SE);
    }

    /** Event (RFC 6665 section 8.2.1): the package, parameter id. */
    public FieldValue event() {
        return field(HeaderName.EVENT);
    }

    /** Subscription-State (RFC 6665 section 8.2.3): the state, parameters expires, reason, retry-after. */
    public FieldValue subscriptionState() {
        return field(HeaderName.SUBSCRIPTION_STATE);
    }

    /** Refer-To (RFC 3515 section 2.1); a Replaces for the new call is in its URI's headers. */
    public Address referTo() {
        return one(HeaderName.REFER_TO, Address::parse, Address.NONE);
    }

    /** Referred-By (RFC 3892 section 3). */
    public Address referredBy() {
        return one(HeaderName.REFERRED_BY, Address::parse, Address.NONE);
    }

    /** Replaces (RFC 3891 section 6.1): a Call-ID, parameters to-tag, from-tag, early-only. */
    public FieldValue replaces() {
        return field(HeaderName.REPLACES);
    }

    /** Join (RFC 3911 section 7.1): a Call-ID, parameters to-tag and from-tag. */
    public FieldValue join() {
        return field(HeaderName.JOIN);
    }

    /** Identity (RFC 8224 section 4), unverified; none for one of RFC 4474, which has no PASSporT. */
    public List<Passport> identities() {
        int at = headers.first(HeaderName.IDENTITY);
        if (at < 0) {
            return List.of();
        }
        headers.open(at);
        boolean dotted = Octets.indexOf(headers.octets, headers.start, headers.stop, '.') < headers.stop;
        read |= HeaderName.IDENTITY.bit();
        return dotted ? values(HeaderName.IDENTITY, Defect.BAD_IDENTITY, Passport::parse) : List.of();
    }

    /** P-Access-Network-Info (RFC 7315 section 5.4): the access type, parameters as utran-cell-id-3gpp. */
    public List<FieldValue> accessNetworks() {
        return fields(HeaderName.P_ACCESS_NETWORK_INFO);
    }

    /** P-Visited-Network-ID (RFC 7315 section 5.3), without quotes. */
    public List<FieldValue> visitedNetworks() {
        return fields(HeaderName.P_VISITED_NETWORK_ID);
    }

    /** Reads those that were not asked for yet, so that their defects are known. */
    void readRest() {
        for (long left = headers.among(ALL & ~read); left != 0; left &= left - 1) {
            read(NAMES[Long.numberOfTrailingZeros(left)]);
        }
    }

    private void read(HeaderName name) {
        switch (name) {
            case P_PREFERRED_IDENTITY, REMOTE_PARTY_ID, DIVERSION, HISTORY_INFO, ROUTE, RECORD_ROUTE, GEOLOCATION ->
                addresses(name);
            case REFER_TO -> referTo();
            case REFERRED_BY -> referredBy();
            case RETRY_AFTER, RSEQ, MIN_SE -> seconds(name);
            case P_CHARGING_VECTOR -> chargingVector();
            case WARNING -> warnings();
            case RACK -> rack();
            case IDENTITY -> identities();
            case REASON, P_ACCESS_NETWORK_INFO, P_VISITED_NETWORK_ID -> fields(name);
            case SESSION_ID, SESSION_EXPIRES, EVENT, SUBSCRIPTION_STATE, REPLACES, JOIN -> field(name);
            default -> {}
        }
    }

    private List<Address> addresses(HeaderName name) {
        return values(name, Defect.BAD_FIELD, Address::parse);
    }

    private List<FieldValue> fields(HeaderName name) {
        return values(name, Defect.BAD_FIELD, FieldValue::parse);
    }

    private FieldValue field(HeaderName name) {
        return one(name, FieldValue::parse, FieldValue.NONE);
    }

    private <T> List<T> values(HeaderName name, Defect ifBroken, SipMessage.Reading<T> reading) {
        read |= name.bit();
        return message.values(name, ifBroken, reading);
    }

    /** The first value of a header that is no list: not split at commas. */
    private <T> T one(HeaderName name, SipMessage.Reading<T> reading, T none) {
        int at = headers.first(name);
        if (at < 0) {
            return none;
        }
        read |= name.bit();
        headers.open(at);
        return reading.of(headers.octets, headers.start, headers.stop, findings, Defect.BAD_FIELD);
    }

    /** The number a header begins with: a comment and parameters may follow. */
    private long seconds(HeaderName name) {
        int at = headers.first(name);
        if (at < 0) {
            return -1;
        }
        read |= name.bit();
        headers.open(at);
        int numberEnd = Octets.tokenEnd(headers.octets, headers.start, headers.stop);
        long number = Octets.number(headers.octets, headers.start, numberEnd, SipMessage.MAX_UINT32);
        if (number < 0) {
            findings.note(Defect.BAD_FIELD, headers.start);
        }
        return number;
    }

    private Credentials credentials(HeaderName name) {
        Credentials first = Credentials.NONE;
        for (int at = headers.first(name); at >= 0; at = headers.next(name, at)) {
            headers.open(at);
            Credentials read = Credentials.parse(headers.octets, headers.start, headers.stop);
            if (!read.user().isEmpty()) {
                return read;
            }
            first = first == Credentials.NONE ? read : first;
        }
        return first;
    }
}
