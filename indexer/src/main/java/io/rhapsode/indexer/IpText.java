/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.ByteString;

/** IP addresses as text, IPv6 in the one form that RFC 5952 recommends: people compare them by eye. */
final class IpText {

    /** Bytes of the longest: eight groups of four digits with colons. */
    static final int LONGEST = 39;

    private static final String HEX = "0123456789abcdef";

    private IpText() {}

    /**
     * @param address 4 or 16 bytes in network order
     * @return the position after the text
     */
    static int write(ByteString address, byte[] to, int at) {
        return address.size() == 4 ? dotted(address, 0, to, at) : groups(address, to, at);
    }

    private static int dotted(ByteString address, int from, byte[] to, int at) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                to[at++] = '.';
            }
            int value = address.byteAt(from + i) & 255;
            if (value > 99) {
                to[at++] = (byte) ('0' + value / 100);
            }
            if (value > 9) {
                to[at++] = (byte) ('0' + value / 10 % 10);
            }
            to[at++] = (byte) ('0' + value % 10);
        }
        return at;
    }

    private static int groups(ByteString address, byte[] to, int at) {
        int zeros = longestZeros(address);
        int first = zeros >> 4;
        int after = first + (zeros & 15);
        for (int i = 0; i < 8; i++) {
            if (i == first && after > first) {
                to[at++] = ':';
                to[at++] = ':';
                i = after - 1;
                continue;
            }
            if (i > 0 && i != after) {
                to[at++] = ':';
            }
            if (i == 6 && isMapped(address)) {
                return dotted(address, 12, to, at);
            }
            at = group(group(address, i), to, at);
        }
        return at;
    }

    /** Where the longest run of zero groups begins (times 16) and how long it is; a single zero is no run. */
    private static int longestZeros(ByteString address) {
        int best = 0;
        int run = 0;
        for (int i = 0; i < 8; i++) {
            run = group(address, i) == 0 ? run + 1 : 0;
            if (run > 1 && run > (best & 15)) {
                best = i - run + 1 << 4 | run;
            }
        }
        return best;
    }

    /** An IPv4 address in IPv6, ::ffff:192.0.2.1 (RFC 4291 section 2.5.5.2). */
    private static boolean isMapped(ByteString address) {
        for (int i = 0; i < 5; i++) {
            if (group(address, i) != 0) {
                return false;
            }
        }
        return group(address, 5) == 0xFFFF;
    }

    private static int group(ByteString address, int i) {
        return (address.byteAt(2 * i) & 255) << 8 | address.byteAt(2 * i + 1) & 255;
    }

    private static int group(int value, byte[] to, int at) {
        boolean begun = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            int digit = value >> shift & 15;
            begun |= digit != 0 || shift == 0;
            if (begun) {
                to[at++] = (byte) HEX.charAt(digit);
            }
        }
        return at;
    }
}
