/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Scan;
import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A session description (RFC 8866), read line by line. Reading never throws: lines that say nothing understandable are
 * passed over, and what is beyond the bounds is not read. The octets are not copied.
 *
 * @param origin value of the o= line, empty if absent
 * @param sessionName value of the s= line, empty if absent
 * @param address of the session's c= line, empty if absent
 * @param bandwidths b= lines of the session
 * @param groups a=group lines (RFC 5888)
 * @param iceLite true if the sender only answers ICE checks (RFC 8839 section 5.3)
 * @param media the media descriptions in their order, at most {@link #MAX_MEDIA}
 */
public record Sdp(
        Text origin,
        Text sessionName,
        Text address,
        List<Bandwidth> bandwidths,
        List<Group> groups,
        boolean iceLite,
        List<Media> media) {
    /** Media descriptions that are read. */
    public static final int MAX_MEDIA = 64;

    /** Formats that are read of one media line, and their rtpmap and fmtp lines. */
    public static final int MAX_FORMATS = 128;

    /** ICE candidates that are read of one media, and crypto lines. */
    public static final int MAX_CANDIDATES = 64;

    /** Groups that are read, their members, and b= lines of session or media. */
    public static final int MAX_GROUPS = 16;

    /** Octets that are read of one description. */
    public static final int MAX_BYTES = 65_536;

    /** Reads the description in the range, which must lie in the array; empty if there is nothing to read. */
    public static Sdp of(byte[] bytes, int offset, int length) {
        var reading = new SessionReading();
        int end = offset + Math.min(length, MAX_BYTES);
        int at = offset;
        while (at < end) {
            int lineEnd = Scan.indexOfEither(bytes, at, end, (byte) '\r', (byte) '\n');
            if (lineEnd - at > 1 && bytes[at + 1] == '=') {
                reading.line(bytes[at], Words.trimmed(bytes, at + 2, lineEnd));
            }
            at = lineEnd + 1;
        }
        return reading.sdp();
    }

    /** Where the session's audio and video go, as {@link Media#endpoint()}, in the order of the media lines. */
    public List<String> mediaAddresses() {
        var addresses = new ArrayList<String>(media.size());
        for (Media one : media) {
            String endpoint = one.type().is("audio") || one.type().is("video") ? one.endpoint() : "";
            if (!endpoint.isEmpty()) {
                addresses.add(endpoint);
            }
        }
        return Collections.unmodifiableList(addresses);
    }
}
