/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import java.util.Arrays;

/** IP addresses as they stand in packets: 4 bytes, or 16. */
public final class IpAddress {

    public static final int V4_LENGTH = 4;
    public static final int V6_LENGTH = 16;

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

    private IpAddress() {}

    /** The 4 bytes behind ::ffff:0:0/96 (RFC 4291 2.5.5.2) if the address is of that kind, else the address itself. */
    public static byte[] unmapped(byte[] address) {
        return isMapped(address) ? Arrays.copyOfRange(address, MAPPED.length, V6_LENGTH) : address;
    }

    /** The address as 16 bytes: an IPv4 address as ::ffff:a.b.c.d. */
    public static byte[] mapped(byte[] address) {
        if (address.length == V6_LENGTH) {
            return address;
        }
        byte[] mapped = Arrays.copyOf(MAPPED, V6_LENGTH);
        System.arraycopy(address, 0, mapped, MAPPED.length, V4_LENGTH);
        return mapped;
    }

    private static boolean isMapped(byte[] address) {
        return address.length == V6_LENGTH && isMapped(address, 0);
    }

    /** Whether the 16 bytes from offset on are an IPv4 address mapped into IPv6. */
    public static boolean isMapped(byte[] bytes, int offset) {
        // Nearly every address begins with something else.
        return bytes[offset] == 0 && Arrays.equals(bytes, offset, offset + MAPPED.length, MAPPED, 0, MAPPED.length);
    }
}
