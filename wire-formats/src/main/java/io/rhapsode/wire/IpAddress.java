/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** IP addresses as they stand in packets: 4 bytes, or 16. */
public final class IpAddress {

    public static final int V4_LENGTH = 4;
    public static final int V6_LENGTH = 16;

    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

    private IpAddress() {}

    /** What "192.0.2.1" or "2001:db8::1" stands for, unmapped; empty for all else. No name is ever looked up. */
    public static Optional<byte[]> of(String text) {
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    private static Optional<byte[]> v4(String text) {
        byte[] address = new byte[V4_LENGTH];
        int at = 0;
        for (int i = 0; i < V4_LENGTH; i++, at++) {
            int number = 0;
            int begin = at;
            while (at < text.length() && at < begin + 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                number = 10 * number + text.charAt(at++) - '0';
            }
            boolean ends = i + 1 < V4_LENGTH ? at < text.length() && text.charAt(at) == '.' : at == text.length();
            if (at == begin || number > 255 || !ends) {
                return Optional.empty();
            }
            address[i] = (byte) number;
        }
        return Optional.of(address);
    }

    private static Optional<byte[]> v6(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
                return Optional.empty();
            }
        }
        try {
            // With a colon in it, this is never taken for a name.
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

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
