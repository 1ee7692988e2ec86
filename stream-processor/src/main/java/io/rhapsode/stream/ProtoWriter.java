/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.rhapsode.wire.Text;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf's wire format straight from the octets of a packet: no object and no String stands between the packet
 * and the topic. What is empty or 0 is not written, as proto3 has it. May be used again; one thread at a time.
 */
final class ProtoWriter {
    private static final int MAX_VARINT = 10;

    /** Octets of a short text, a multiple of eight. */
    private static final int SHORT = 32;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private byte[] buffer = new byte[4_096];
    private int size;
    private boolean ascii;

    /** Forgets what was written. @param ascii true if all texts that follow are known to be ASCII */
    void begin(boolean ascii) {
        this.size = 0;
        this.ascii = ascii;
    }

    /** A copy of what was written. */
    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    /** A text; octets that are not UTF-8, which a text of protobuf must not have, become U+FFFD. */
    void text(int field, Text text) {
        if (!text.isEmpty()) {
            textOrEmpty(field, text);
        }
    }

    /** A text in a list, where an empty one counts too. */
    void textOrEmpty(int field, Text text) {
        if (ascii || isUtf8(text)) {
            bytes(field, text.array(), text.start(), text.length());
        } else {
            byte[] cleaned = text.toString().getBytes(StandardCharsets.UTF_8);
            bytes(field, cleaned, 0, cleaned.length);
        }
    }

    private static boolean isUtf8(Text text) {
        return UnsafeByteOperations.unsafeWrap(text.array(), text.start(), text.length())
                .isValidUtf8();
    }

    void text(int field, String text) {
        if (!text.isEmpty()) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            bytes(field, octets, 0, octets.length);
        }
    }

    /** A message or text that is bytes already. */
    void bytes(int field, byte[] octets, int offset, int length) {
        reserve(2 * MAX_VARINT + SHORT + length);
        int at = varint(tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED), length);
        if (length <= SHORT && offset + SHORT <= octets.length) {
            // Most texts are short. Eight octets a step; those too many are overwritten by what is written next.
            for (int i = 0; i < length; i += Long.BYTES) {
                EIGHT.set(buffer, at + i, (long) EIGHT.get(octets, offset + i));
            }
        } else {
            System.arraycopy(octets, offset, buffer, at, length);
        }
        size = at + length;
    }

    /** An unsigned number, a bool or an enum. */
    void number(int field, long number) {
        if (number != 0) {
            numberOrZero(field, number);
        }
    }

    /** A number whose presence says something, or one in a list. */
    void numberOrZero(int field, long number) {
        reserve(2 * MAX_VARINT);
        size = varint(tag(field, WireFormat.WIRETYPE_VARINT), number);
    }

    /** A number whose header may be absent, -1 if it is. */
    void numberIfThere(int field, long number) {
        if (number >= 0) {
            numberOrZero(field, number);
        }
    }

    /** Begins a message as the value of a field; what is written until {@link #close} belongs to it. */
    int open(int field) {
        reserve(2 * MAX_VARINT);
        size = tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED) + 1;
        return size;
    }

    /** Ends the message that began at what {@link #open} gave. */
    void close(int start) {
        int length = size - start;
        if (length < 0x80) {
            buffer[start - 1] = (byte) length;
            return;
        }
        // One octet was left for the length; a longer one moves the message on.
        reserve(MAX_VARINT);
        int more = (31 - Integer.numberOfLeadingZeros(length)) / 7;
        System.arraycopy(buffer, start, buffer, start + more, length);
        size = varint(start - 1, length) + length;
    }

    /** Writes what a field begins with, behind all that is written; where its value belongs. */
    private int tag(int field, int wireType) {
        return varint(size, field << 3 | wireType);
    }

    /** Writes a number at a place; the place behind it. */
    private int varint(int place, long number) {
        int at = place;
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            buffer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[at++] = (byte) rest;
        return at;
    }

    private void reserve(int octets) {
        if (buffer.length - size < octets) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + octets));
        }
    }
}
