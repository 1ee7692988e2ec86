/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.rhapsode.wire.Text;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Texts of one packet as protobuf's texts: slices of the packet's own array, which is never written to again. No String
 * is made on the way from the packet to the topic.
 */
final class Slices {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGHS = 0x8080808080808080L;

    // Most packets are ASCII, and then so is each slice; in others each is looked at.
    private final boolean ascii;

    Slices(byte[] packet) {
        this.ascii = isAscii(packet);
    }

    /** The text as it stands; with U+FFFD for octets that are not UTF-8, which a text of protobuf must not have. */
    ByteString of(Text text) {
        if (text.isEmpty()) {
            return ByteString.EMPTY;
        }
        ByteString slice = UnsafeByteOperations.unsafeWrap(text.array(), text.start(), text.length());
        return ascii || slice.isValidUtf8() ? slice : ByteString.copyFromUtf8(text.toString());
    }

    private static boolean isAscii(byte[] bytes) {
        int at = 0;
        for (int last = bytes.length - Long.BYTES; at <= last; at += Long.BYTES) {
            if (((long) EIGHT.get(bytes, at) & HIGHS) != 0) {
                return false;
            }
        }
        while (at < bytes.length && bytes[at] >= 0) {
            at++;
        }
        return at == bytes.length;
    }
}
