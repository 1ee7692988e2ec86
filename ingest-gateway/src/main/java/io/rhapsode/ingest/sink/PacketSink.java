/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.wire.hep.HepPacket;

/** Where packets go once they have a capture node and a place in the account. Taking one never blocks. */
public interface PacketSink {

    /** Takes a packet that came as HEP, see the other. */
    default void packet(HepPacket packet, String node, String sender, long receivedAtMicros, NodeMinute account) {
        packet(packet, RawRecord.source(packet), node, sender, receivedAtMicros, account);
    }

    /**
     * Takes a packet; its bytes are the caller's again afterwards.
     *
     * @param source how it got here: "hep3", "capture", "ipip", "file"
     * @param node the capture node it is filed under
     * @param sender "address:port" of who brought it, empty if nobody did
     * @param receivedAtMicros microseconds since 1970-01-01 UTC
     * @param account told what became of it, here or later
     */
    void packet(HepPacket packet, String source, String node, String sender, long receivedAtMicros, NodeMinute account);

    /**
     * Takes a datagram that could not be used, with the reason.
     *
     * @param reason few fixed words in kebab-case, the same as in the account
     * @param detail the particulars, for people
     * @param account told if it could not be kept
     */
    void deadLetter(
            byte[] datagram,
            int length,
            String reason,
            String detail,
            long atMicros,
            String sender,
            NodeMinute account);
}
