/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

/** Tells IP addresses and networks from other text, without asking a name server. */
final class Address {

    private Address() {}

    /** "10.0.0.1", "10.0.0.0/8", "2001:db8::1", "2001:db8::/32". */
    static boolean isAddress(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean four = isFour(address);
        return (four || isSix(address)) && (slash < 0 || isNumber(text.substring(slash + 1), four ? 32 : 128));
    }

    /** Position of the colon of "10.0.0.1:5060" or "[2001:db8::1]:5060", else -1. */
    static int portColon(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !isNumber(text.substring(colon + 1), 65_535)) {
            return -1;
        }
        String host = text.substring(0, colon);
        boolean inBrackets = host.length() > 2 && host.startsWith("[") && host.endsWith("]");
        return isFour(host) || inBrackets && isSix(host.substring(1, host.length() - 1)) ? colon : -1;
    }

    static boolean isNumber(String text, long most) {
        if (text.isEmpty() || text.length() > 10) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return Long.parseLong(text) <= most;
    }

    /** Not with leading zeros, which some read as octal: RFC 6943 section 3.1.1. */
    private static boolean isFour(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (!isNumber(part, 255) || part.length() > 1 && part.startsWith("0")) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSix(String text) {
        int gap = text.indexOf("::");
        if (text.length() > 45 || gap != text.lastIndexOf("::")) {
            return false;
        }
        if (gap < 0) {
            return groups(text) == 8;
        }
        int before = groups(text.substring(0, gap));
        int after = groups(text.substring(gap + 2));
        return before >= 0 && after >= 0 && before + after < 8;
    }

    /** How many groups of 16 bits these are, a dotted end counting as two; -1 if they are none. */
    private static int groups(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] groups = text.split(":", -1);
        for (int i = 0; i < groups.length; i++) {
            if (i == groups.length - 1 && isFour(groups[i])) {
                return groups.length + 1;
            }
            if (groups[i].isEmpty() || groups[i].length() > 4 || !isHex(groups[i])) {
                return -1;
            }
        }
        return groups.length;
    }

    private static boolean isHex(String text) {
        return text.chars().allMatch(letter -> Character.digit(letter, 16) >= 0 && letter < 128);
    }
}
