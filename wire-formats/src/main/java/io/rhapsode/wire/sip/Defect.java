/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.Locale;

/** What can be wrong with a SIP message. Broken messages are kept and shown; this says why they are broken. */
public enum Defect {
    /** The first line is neither a request line nor a status line (RFC 3261 section 7), or has spaces too many. */
    BAD_START_LINE,
    /** The version is not SIP/2.0 (RFC 3261 section 7.1). */
    UNKNOWN_VERSION,
    /** The Request-URI is broken, has spaces, angle brackets or headers in it (RFC 3261 section 19.1). */
    BAD_REQUEST_URI,
    /** The status code is no number from 100 to 699 (RFC 3261 section 7.2). */
    BAD_STATUS_CODE,
    /** A line in the header part is neither a header nor the continuation of one (RFC 3261 section 7.3). */
    BAD_HEADER_LINE,
    /** The message ends before the empty line that ends the headers. */
    UNTERMINATED_HEADERS,
    /** There are more header lines than are looked at. */
    TOO_MANY_HEADERS,
    /** The header part is longer than is looked at. */
    HEADERS_TOO_LONG,
    /** There are more Via, Contact or P-Asserted-Identity values than are looked at. */
    TOO_MANY_VALUES,
    MISSING_CALL_ID,
    MISSING_CSEQ,
    MISSING_FROM,
    MISSING_TO,
    MISSING_VIA,
    DUPLICATE_CALL_ID,
    DUPLICATE_CSEQ,
    DUPLICATE_FROM,
    DUPLICATE_TO,
    DUPLICATE_MAX_FORWARDS,
    /** Content-Length is there twice (RFC 4475 section 3.3.9); the first is believed. */
    DUPLICATE_CONTENT_LENGTH,
    /** White space inside the Call-ID (RFC 3261 section 20.8). */
    BAD_CALL_ID,
    /** No number below 2^32 and method (RFC 3261 section 20.16). */
    BAD_CSEQ,
    /** A request whose CSeq names another method (RFC 3261 section 8.1.1.5). */
    CSEQ_METHOD_MISMATCH,
    BAD_FROM,
    BAD_TO,
    BAD_CONTACT,
    BAD_VIA,
    BAD_ASSERTED_IDENTITY,
    BAD_CONTENT_LENGTH,
    /** Not a number from 0 to 255 (RFC 3261 section 20.22). */
    BAD_MAX_FORWARDS,
    /** Not a number below 2^32 (RFC 3261 section 20.19). */
    BAD_EXPIRES,
    /** Another time zone than GMT (RFC 3261 section 20.17). */
    BAD_DATE,
    /** A field of {@link Extensions} is not what its RFC says; the place tells which. */
    BAD_FIELD,
    /** The token of an Identity header is no PASSporT (RFC 8225), or one too large to be read. */
    BAD_IDENTITY,
    /** A multipart body without a boundary, or without its last one (RFC 2046 section 5.1.1). */
    BAD_MULTIPART,
    /** There are more body parts, or deeper ones, than are looked at. */
    TOO_MANY_PARTS,
    /** The body ends before Content-Length says: cut on the way, or by the capture. */
    BODY_SHORTER_THAN_CONTENT_LENGTH;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name as records carry it, for example "missing-call-id"; once given it stays. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
