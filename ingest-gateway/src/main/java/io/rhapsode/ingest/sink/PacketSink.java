/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.sink;

import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.wire.hep.HepPacket;
import io.rhapsode.wire.hep.HepView;

/** Where packets go once they have a capture node and a place in the account. Taking one never blocks. */
public interface PacketSink {

    /**
     * Takes a packet, and counts it as received; its bytes are the caller's again afterwards.
     *
     * @param length bytes it came in, as the account has it
     * @param receivedAtMicros microseconds since 1970-01-01 UTC
     * @param account told that it came, and what became of it, here or later
     */
    void packet(HepPacket packet, Origin origin, int length, long receivedAtMicros, NodeMinute account);

    /** The same of a packet that lies in its sender's bytes; the view is the caller's again afterwards. */
    default void packet(HepView packet, Origin origin, int length, long receivedAtMicros, NodeMinute account) {
        packet(packet.packet(), origin, length, receivedAtMicros, account);
    }

    /** What came at once has come: a sink that gathers packets hands them on. */
    default void flush() {}

    /**
     * Whether there is room for some megabytes more. Who can make its senders wait (TCP) asks before it reads on; it may
     * be asked often.
     */
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
