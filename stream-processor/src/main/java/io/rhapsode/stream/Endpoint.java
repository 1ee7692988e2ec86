/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.ByteString;

/** Address and port as text: "192.0.2.1:5060", "[2001:db8::1]:5060" (RFC 5952). */
final class Endpoint {

    private static final int GROUPS = 8;

    private Endpoint() {}

    /**
     * @param address 4 or 16 bytes, network order
     * @return empty if the address is neither
     */
    static String text(ByteString address, int port) {
        return switch (address.size()) {
            case 4 -> ipv4(address).append(':').append(port).toString();
            case 16 -> ipv6(address).append("]:").append(port).toString();
            default -> "";
        };
    }

    /** The address alone: "192.0.2.1", "2001:db8::1"; empty if it is neither. */
    static String address(ByteString address) {
        return switch (address.size()) {
            case 4 -> ipv4(address).toString();
            case 16 -> ipv6(address).substring(1);
            default -> "";
        };
    }

    private static StringBuilder ipv4(ByteString address) {
        var text = new StringBuilder(21);
        for (int i = 0; i < 4; i++) {
            text.append(i == 0 ? "" : ".").append(address.byteAt(i) & 0xff);
        }
        return text;
    }

    private static StringBuilder ipv6(ByteString address) {
        int bestStart = -1;
        int bestLength = 1;
        for (int start = 0; start < GROUPS; start++) {
            int length = 0;
            while (start + length < GROUPS && group(address, start + length) == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = start;
                bestLength = length;
            }
        }
        var text = new StringBuilder("[");
        for (int i = 0; i < GROUPS; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                text.append(i == 0 || i == bestStart + bestLength && bestStart >= 0 ? "" : ":")
                        .append(Integer.toHexString(group(address, i)));
            }
        }
        return text;
    }

    private static int group(ByteString address, int index) {
        return (address.byteAt(2 * index) & 0xff) << 8 | address.byteAt(2 * index + 1) & 0xff;
    }
}
