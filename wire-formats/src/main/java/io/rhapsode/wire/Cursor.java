/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * A place in a packet that moves on as it is read, and never past the packet's end. Numbers are unsigned and in network
 * byte order.
 */
public final class Cursor {

    private final byte[] bytes;
    private final String whenCut;
    private int at;
    private int end;

    /** @param whenCut the {@link MalformedPacket#reason()} when the packet ends before what is asked for */
    public Cursor(byte[] bytes, int offset, int length, String whenCut) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
        this.whenCut = whenCut;
    }

    /** The array this cursor moves over: its {@link #remaining()} bytes begin at {@link #offset()}. */
    public byte[] array() {
        return bytes;
    }

    public int offset() {
        return at;
    }

    public int remaining() {
        return end - at;
    }

    public void skip(int length) throws MalformedPacket {
        if (length < 0 || length > end - at) {
            throw new MalformedPacket(whenCut);
        }
        at += length;
    }

    /** Leaves out what is behind the next {@code length} bytes; a packet that is shorter stays as it is. */
    public void limit(int length) {
        end = Math.min(end, at + Math.max(0, length));
    }

    /** The byte at {@code ahead} of here, without moving. */
    public int peek(int ahead) throws MalformedPacket {
        if (ahead >= end - at) {
            throw new MalformedPacket(whenCut);
        }
        return bytes[at + ahead] & 0xff;
    }

    public int u8() throws MalformedPacket {
        skip(1);
        return bytes[at - 1] & 0xff;
    }

    public int u16() throws MalformedPacket {
        skip(2);
        return (bytes[at - 2] & 0xff) << 8 | bytes[at - 1] & 0xff;
    }

    public long u32() throws MalformedPacket {
        return (long) u16() << 16 | u16();
    }

    /** A copy of the next {@code length} bytes. */
    public byte[] bytes(int length) throws MalformedPacket {
        skip(length);
        return Arrays.copyOfRange(bytes, at - length, at);
    }
}
