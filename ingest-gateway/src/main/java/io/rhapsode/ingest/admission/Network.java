/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import io.rhapsode.wire.IpAddress;
import java.net.InetAddress;

/**
 * A range of addresses (RFC 4632 section 3.1, RFC 4291 section 2.3). IPv4 and its mapping into IPv6 are the same.
 *
 * @param prefix how many leading bits count: 0 to 32, or 0 to 128
 */
record Network(byte[] address, int prefix) {

    /**
     * @param text as "10.1.0.0/16", "2001:db8::/32", or a single address
     * @throws IllegalArgumentException if it is nothing of the kind; a host name is not
     */
    static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash), text);
        int bits = 8 * address.length;
        int prefix = slash < 0 ? bits : number(text.substring(slash + 1));
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("no network: " + text);
        }
        return new Network(address, prefix);
    }

    private static byte[] address(String address, String text) {
        return IpAddress.of(address).orElseThrow(() -> new IllegalArgumentException("no network: " + text));
    }

    private static int number(String digits) {
        return digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
    }

    boolean contains(InetAddress other) {
        byte[] candidate = IpAddress.unmapped(other.getAddress());
        if (candidate.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit += 8) {
            int mask = 0xff << Math.max(0, 8 - (prefix - bit));
            if (((candidate[bit / 8] ^ address[bit / 8]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
