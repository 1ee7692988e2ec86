/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/**
 * A body, or a part of a multipart body (RFC 2046 section 5.1, RFC 5621): SDP, ISUP, PIDF, a picture, ...
 *
 * @param type Content-Type as it stands, with its parameters
 * @param disposition Content-Disposition as it stands (RFC 3261 section 20.11), empty if absent
 * @param offset index in the message's array of the first octet
 * @param length octets, any of them: nothing is decoded
 */
public record BodyPart(Text type, Text disposition, int offset, int length) {
    /** True if the type is this "type/subtype" in lower case, whatever its parameters are. */
    public boolean is(String mediaType) {
        return MediaType.name(type).isInAnyCase(mediaType);
    }
}
