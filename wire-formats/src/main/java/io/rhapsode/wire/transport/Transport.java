/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** What carried a message. */
public enum Transport {
    UDP(17),
    TCP(6),
    SCTP(132),
    /** WebSocket over TCP (RFC 7118). */
    WS(6);

    private final int ipProtocol;

    Transport(int ipProtocol) {
        this.ipProtocol = ipProtocol;
    }

    /** The protocol number in the IP header. */
    public int ipProtocol() {
        return ipProtocol;
    }
}
