/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.transport;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses the messages of a WebSocket one after the other (RFC 7692 7.2.2), with the window of those before. */
final class MessageInflater {

    /** The window of 32 kB and what zlib needs besides. */
    private static final int INFLATER_SIZE = 48 << 10;

    private static final byte[] END = {0, 0, -1, -1};

    private Inflater inflater;

    /** The message, or null if it cannot be read or is longer than {@link Framing#LONGEST_MESSAGE}. */
    byte[] inflate(byte[] bytes, int from, int to) {
        if (inflater == null) {
            inflater = new Inflater(true);
        }
        byte[] inflated = new byte[Math.min(Framing.LONGEST_MESSAGE, 64 + 4 * (to - from))];
        int length = 0;
        boolean atEnd = false;
        inflater.setInput(bytes, from, to - from);
        try {
            while (!inflater.finished()) {
                if (length == inflated.length && length < Framing.LONGEST_MESSAGE) {
                    inflated = Arrays.copyOf(inflated, Math.min(2 * length, Framing.LONGEST_MESSAGE));
                }
                int count = inflater.inflate(inflated, length, inflated.length - length);
                length += count;
                if (count == 0 && !inflater.finished()) {
                    if (length == Framing.LONGEST_MESSAGE || inflater.needsDictionary()) {
                        forget();
                        return null;
                    }
                    if (atEnd) {
                        return Arrays.copyOf(inflated, length);
                    }
                    inflater.setInput(END);
                    atEnd = true;
                }
            }
        } catch (DataFormatException e) {
            forget();
            return null;
        }
        // A last block, which RFC 7692 7.2.3.4 allows, ends the stream: the next message begins a new one.
        forget();
        return Arrays.copyOf(inflated, length);
    }

    /** Begins anew, without a window: a message that refers to one before cannot be read, and is told. */
    void forget() {
        if (inflater != null) {
            inflater.reset();
        }
    }

    int bytesHeld() {
        return inflater == null ? 0 : INFLATER_SIZE;
    }

    void close() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }
}
