/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import io.rhapsode.wire.Text;

/** The two halves of a Content-Type (RFC 3261 section 25.1 media-type): "type/subtype", and ";name=value". */
final class MediaType {
    private MediaType() {}

    /** "type/subtype" as it stands. */
    static Text name(Text contentType) {
        byte[] bytes = contentType.array();
        int semicolon = Octets.indexOf(bytes, contentType.start(), contentType.end(), ';');
        return Octets.text(bytes, contentType.start(), Octets.trimEnd(bytes, contentType.start(), semicolon));
    }

    /** The value of a parameter, without quotes; empty if it has none. */
    static Text parameter(Text contentType, String lowerCaseName) {
        byte[] bytes = contentType.array();
        int semicolon = Octets.indexOf(bytes, contentType.start(), contentType.end(), ';');
        return Parameters.value(Octets.text(bytes, semicolon, contentType.end()), lowerCaseName);
    }
}
