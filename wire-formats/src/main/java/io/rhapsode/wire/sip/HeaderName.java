/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Scan;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The header names that have a compact form (RFC 3261 section 7.3.3 and the IANA registry) or that fields are read from. */
enum HeaderName {
    VIA("Via", 'v'),
    FROM("From", 'f'),
    TO("To", 't'),
    CALL_ID("Call-ID", 'i'),
    CSEQ("CSeq"),
    CONTACT("Contact", 'm'),
    MAX_FORWARDS("Max-Forwards"),
    CONTENT_LENGTH("Content-Length", 'l'),
    CONTENT_TYPE("Content-Type", 'c'),
    USER_AGENT("User-Agent"),
    SERVER("Server"),
    EXPIRES("Expires"),
    DATE("Date"),
    P_ASSERTED_IDENTITY("P-Asserted-Identity"),

    ACCEPT_CONTACT("Accept-Contact", 'a'),
    ALLOW_EVENTS("Allow-Events", 'u'),
    CONTENT_DISPOSITION("Content-Disposition"),
    CONTENT_ENCODING("Content-Encoding", 'e'),
    IDENTITY_INFO("Identity-Info", 'n'),
    REJECT_CONTACT("Reject-Contact", 'j'),
    REQUEST_DISPOSITION("Request-Disposition", 'd'),
    SUBJECT("Subject", 's'),
    SUPPORTED("Supported", 'k'),

    // From here on: the fields of Extensions.
    AUTHORIZATION("Authorization"),
    PROXY_AUTHORIZATION("Proxy-Authorization"),
    DIVERSION("Diversion"),
    EVENT("Event", 'o'),
    GEOLOCATION("Geolocation"),
    HISTORY_INFO("History-Info"),
    IDENTITY("Identity", 'y'),
    JOIN("Join"),
    MIN_SE("Min-SE"),
    P_ACCESS_NETWORK_INFO("P-Access-Network-Info"),
    P_CHARGING_VECTOR("P-Charging-Vector"),
    P_PREFERRED_IDENTITY("P-Preferred-Identity"),
    P_VISITED_NETWORK_ID("P-Visited-Network-ID"),
    RACK("RAck"),
    REASON("Reason"),
    RECORD_ROUTE("Record-Route"),
    REFERRED_BY("Referred-By", 'b'),
    REFER_TO("Refer-To", 'r'),
    REMOTE_PARTY_ID("Remote-Party-ID"),
    REPLACES("Replaces"),
    RETRY_AFTER("Retry-After"),
    ROUTE("Route"),
    RSEQ("RSeq"),
    SESSION_EXPIRES("Session-Expires", 'x'),
    SESSION_ID("Session-ID"),
    SUBSCRIPTION_STATE("Subscription-State"),
    WARNING("Warning");

    /** How many there are: at most 64, as a set of them is one long. */
    static final int COUNT = values().length;

    private static final HeaderName[] COMPACT = new HeaderName[128];
    private static final HeaderName[][] LONG = new HeaderName[256][0];

    static {
        for (HeaderName name : values()) {
            if (name.compact != 0) {
                COMPACT[name.compact] = name;
                COMPACT[name.compact - 0x20] = name;
            }
            int key = key(name.octets, 0, name.octets.length);
            LONG[key] = Arrays.copyOf(LONG[key], LONG[key].length + 1);
            LONG[key][LONG[key].length - 1] = name;
        }
    }

    private final byte[] octets;
    private final char compact;

    // The name's first eight octets, or all if it is shorter, and its last eight.
    private final long head;
    private final long headMask;
    private final long tail;

    HeaderName(String name) {
        this(name, (char) 0);
    }

    HeaderName(String name, char compact) {
        this.octets = name.getBytes(StandardCharsets.US_ASCII);
        this.compact = compact;
        this.head = Scan.eight(Arrays.copyOf(octets, Math.max(octets.length, Long.BYTES)), 0);
        this.headMask = octets.length < Long.BYTES ? (1L << Byte.SIZE * octets.length) - 1 : -1L;
        this.tail = octets.length < Long.BYTES ? 0 : Scan.eight(octets, octets.length - Long.BYTES);
    }

    /** This name's bit in a set of names. */
    long bit() {
        return 1L << ordinal();
    }

    /** The name that stands at start to end in any case, long or compact; null for any other. */
    static HeaderName of(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length == 1) {
            return bytes[start] >= 0 ? COMPACT[bytes[start]] : null;
        }
        if (length < 1) {
            return null;
        }
        for (HeaderName name : LONG[key(bytes, start, end)]) {
            if (name.isAt(bytes, start, end)) {
                return name;
            }
        }
        return null;
    }

    /** Nearly every name is written as its RFC has it, and most have no middle between head and tail. */
    private boolean isAt(byte[] bytes, int start, int end) {
        int length = octets.length;
        boolean same = end - start == length
                && length <= 2 * Long.BYTES
                && bytes.length - start >= Long.BYTES
                && (Scan.eight(bytes, start) & headMask) == head
                && (length < Long.BYTES || Scan.eight(bytes, end - Long.BYTES) == tail);
        return same || Octets.sameIgnoringCase(bytes, start, end, octets);
    }

    /** Where a name is kept: names of equal length mostly begin or end with different letters. */
    private static int key(byte[] bytes, int start, int end) {
        int length = end - start;
        return (length * 37
                        + (bytes[start] | 0x20) * 11
                        + (bytes[start + length / 2] | 0x20) * 5
                        + (bytes[end - 1] | 0x20))
                & 255;
    }
}
