/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.wire.hep.HepPacket;

/** Where packets go once they have a capture node and a place in the account. Taking one never blocks. */
public interface PacketSink {

    /**
     * Takes a packet; its bytes are the caller's again afterwards.
     *
     * @param length bytes of the datagram it came in, as the account has it
     * @param node the capture node it is filed under
     * @param sender "address:port" of who brought it, empty if nobody did
     * @param receivedAtMicros microseconds since 1970-01-01 UTC
     * @param account told what became of it, here or later
     */
    void packet(HepPacket packet, int length, String node, String sender, long receivedAtMicros, NodeMinute account);

    /** What came at once has come: a sink that gathers packets hands them on. */
    default void flush() {}

    /** False while packets would be lost here; who can make a sender wait does. */
    default boolean hasRoom() {
        return true;
    }

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
