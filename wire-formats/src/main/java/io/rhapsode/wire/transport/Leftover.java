/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.Locale;

/**
 * What did not become a message. A frame either gives messages, or it is malformed, or it is counted under exactly one of
 * those that {@link #countsFrames()}; the others count what was lost on the way.
 */
public enum Leftover {
    /** A fragment whose datagram is not whole yet. */
    FRAGMENT(true),
    /** An IP protocol that is not looked into. */
    OTHER_PROTOCOL(true),
    /** A TCP segment or SCTP packet without user data. */
    NO_DATA(true),
    /** TCP data that waits for more, or SCTP data likewise. */
    SEGMENT(true),
    /** TCP data beside messages: keep-alives (RFC 5626 3.5.1), WebSocket's handshake and control frames. */
    BETWEEN_MESSAGES(true),
    /** TCP or SCTP data that was seen before. */
    REPEATED(true),
    /** TLS, which is not opened. */
    TLS(true),
    /** TCP data that is neither SIP nor MSRP nor WebSocket, as far as can be told. */
    TCP_OTHER(true),
    /** SCTP data of a payload protocol that is not SIP's, and chunks that interleave (RFC 8260). */
    SCTP_OTHER(true),

    /** Datagrams whose fragments never came together. */
    IP_INCOMPLETE(false),
    /** Places in TCP streams where octets are missing for good. */
    TCP_GAP(false),
    /** Messages of which the end never came; those of SIP are given out as far as they came. */
    INCOMPLETE(false),
    /** Messages longer than is kept. */
    TOO_LONG(false),
    /** Places in TCP streams where a message should begin and something else stands. */
    OUT_OF_STEP(false),
    /** Streams forgotten because too much was held, with data in them. */
    EVICTED(false),
    /** WebSocket connections given up because of a frame that cannot be (RFC 6455 5.2). */
    WS_BAD_FRAME(false),
    /** WebSocket messages that could not be decompressed (RFC 7692), mostly for want of an earlier one. */
    WS_BAD_DEFLATE(false);

    private final boolean countsFrames;
    private final String reason;

    Leftover(boolean countsFrames) {
        this.countsFrames = countsFrames;
        this.reason = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean countsFrames() {
        return countsFrames;
    }

    /** The name to count by: "tcp-gap". */
    public String reason() {
        return reason;
    }
}
