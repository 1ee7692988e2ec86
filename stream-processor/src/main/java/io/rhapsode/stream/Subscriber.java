/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

/** The user part of a URI where it is a telephone-subscriber (RFC 3261 section 19.1.6, RFC 3966). */
final class Subscriber {

    /** National numbers are at most so long almost everywhere, and prefixes stand before them. */
    private static final int COMPARED_DIGITS = 9;

    private static final int LEAST_DIGITS = 3;

    /** Visual separators (RFC 3966 section 5.1.1), and a blank. */
    private static final String SEPARATORS = "-.() ";

    private Subscriber() {}

    /**
     * The number without what is behind it, such as how it was ported (RFC 4694): {@code +4940;npdi;rn=+4941} as
     * {@code +4940}. A user that is no number is given back as it is, since its semicolons are its own.
     */
    static String number(String user) {
        int end = user.indexOf(';');
        return end > 0 && !digits(user.substring(0, end)).isEmpty() ? user.substring(0, end) : user;
    }

    /**
     * What two ways to write a subscriber's number have in common: its last nine digits.
     *
     * @return empty for what is no number, or has less than three digits
     */
    static String compared(String user) {
        String digits = digits(number(user));
        int length = digits.length();
        return length < LEAST_DIGITS ? "" : digits.substring(Math.max(0, length - COMPARED_DIGITS));
    }

    /** Empty if it is no number. */
    private static String digits(String number) {
        var digits = new StringBuilder(number.length());
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c >= '0' && c <= '9') {
                digits.append(c);
            } else if (!(c == '+' && i == 0) && SEPARATORS.indexOf(c) < 0) {
                return "";
            }
        }
        return digits.toString();
    }
}
