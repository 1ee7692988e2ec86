/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

/** The user part of a URI where it is a telephone-subscriber (RFC 3261 section 19.1.6, RFC 3966). */
final class Subscriber {

    /** National numbers are at most so long almost everywhere, and prefixes stand before them. */
    private static final int COMPARED_DIGITS = 9;

    /** What is shorter is an extension, of which the same is in many places, and is no end of a longer number. */
    private static final int SUBSCRIBER_DIGITS = 7;

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

    /**
     * Likewise, of a number of seven digits or more without zeros before it: they stand for where the call goes to (ITU-T E.164
     * section 7.3), and the other leg may have no more than the subscriber's number.
     */
    static String withoutPrefix(String user) {
        String digits = digits(number(user));
        int zeros = 0;
        while (digits.length() - zeros > SUBSCRIBER_DIGITS && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return compared(digits.substring(zeros));
    }

    /** Of such digits the last seven: what the long and the short form of a number have in common. */
    static String key(String digits) {
        return digits.substring(Math.max(0, digits.length() - SUBSCRIBER_DIGITS));
    }

    /** True if the one is the end of the other, and so may be a shorter form of it. */
    static boolean isSame(String one, String other) {
        return one.equals(other)
                || one.length() >= SUBSCRIBER_DIGITS
                        && other.length() >= SUBSCRIBER_DIGITS
                        && (one.endsWith(other) || other.endsWith(one));
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
