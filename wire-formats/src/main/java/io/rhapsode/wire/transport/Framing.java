/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

/** How the octets of a TCP direction fall into messages. */
interface Framing {

    /** The most octets that a message may have. */
    int LONGEST_MESSAGE = 1 << 18;

    /** Takes a message, which is only good during the call. */
    interface Sink {
        void accept(Transport transport, byte[] bytes, int offset, int length);
    }

    /**
     * Takes what it can from the front of bytes[from, to).
     *
     * @return the index of what must wait for more octets, at most {@link #LONGEST_MESSAGE} before to; or, if another
     *     framing follows, of what that one begins with
     */
    int take(byte[] bytes, int from, int to, Sink sink);

    /** What cuts the octets behind those taken: itself, unless it has found out better. */
    Framing next();

    /**
     * Octets are missing for good behind those that wait, which are in bytes[from, to) and will not come again; the number
     * of missing ones is Integer.MAX_VALUE at the end of the stream.
     */
    void gap(byte[] bytes, int from, int to, int missing, Sink sink);

    /** True if it knows where it is, and what is missing is worth waiting for. */
    boolean isInStep();

    /** What the data taken last was if it gave nothing and none of it waits; SEGMENT if this keeps a part of a message. */
    Leftover leftover();

    /** What it holds besides the octets that wait. */
    default int bytesHeld() {
        return 0;
    }

    default void close() {}
}
