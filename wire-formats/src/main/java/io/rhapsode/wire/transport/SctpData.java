/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import io.rhapsode.wire.BigEndian;

/**
 * A DATA chunk of SCTP (RFC 9260 3.3.1).
 *
 * @param tsn its number; those of the fragments of a message follow each other
 * @param bytes holds the user data from offset on, length octets
 * @param isCut true if the capture cut off some
 */
record SctpData(
        int tsn,
        int stream,
        int payloadProtocol,
        boolean isFirst,
        boolean isLast,
        byte[] bytes,
        int offset,
        int length,
        boolean isCut) {

    private static final int LAST = 1;
    private static final int FIRST = 2;
    private static final int HEADER = 16;

    static SctpData of(byte[] bytes, int at, int end, boolean isCut) {
        return new SctpData(
                (int) BigEndian.read(bytes, at + 4, 4),
                (int) BigEndian.read(bytes, at + 8, 2),
                (int) BigEndian.read(bytes, at + 12, 4),
                (bytes[at + 1] & FIRST) != 0,
                (bytes[at + 1] & LAST) != 0,
                bytes,
                at + HEADER,
                end - at - HEADER,
                isCut);
    }

    boolean isWhole() {
        return isFirst && isLast;
    }

    /** SIP has no number of its own, so it is 0 (RFC 4168 5.1); some give it one all the same. */
    boolean mayBeSip() {
        return payloadProtocol == 0 || isFirst && StartLine.of(bytes, offset, offset + length) == StartLine.SIP;
    }
}
