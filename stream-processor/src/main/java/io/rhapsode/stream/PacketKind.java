/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.wire.msrp.MsrpMessage;

/** What a packet is read as. */
enum PacketKind {
    SIP,
    MEDIA,
    LOG,
    UNKNOWN;

    /** By HEP's protocol type (chunk 0x000b). MSRP has none: it is known by how it begins. */
    static PacketKind of(int protocolType, byte[] payload) {
        PacketKind kind =
                switch (protocolType) {
                    case 1 -> SIP;
                    // RTCP; reports of probes, of SBCs and of what else measures.
                    case 5, 32, 33, 34, 35, 38, 99 -> MEDIA;
                    default -> LogEvents.kind(protocolType).isEmpty() ? UNKNOWN : LOG;
                };
        boolean open = kind == SIP || kind == UNKNOWN;
        return open && MsrpMessage.looksLikeMsrp(payload, 0, payload.length) ? LOG : kind;
    }
}
