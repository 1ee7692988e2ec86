/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.json;

/** Decimal numbers in texts from outside. */
public final class Numbers {

    /** More digits say nothing that a double could hold, and long ones cost time. */
    private static final int LONGEST = 32;

    private Numbers() {}

    /** The number that the text is (RFC 8259 section 6, a leading plus or zeros allowed); NaN if it is none. */
    public static double of(String text) {
        String number = text.strip();
        if (number.isEmpty() || number.length() > LONGEST) {
            return Double.NaN;
        }
        for (int i = 0; i < number.length(); i++) {
            // Double.parseDouble also knows hexadecimal numbers, "NaN" and a trailing "d", which nobody means here.
            if ("0123456789+-.eE".indexOf(number.charAt(i)) < 0) {
                return Double.NaN;
            }
        }
        try {
            double value = Double.parseDouble(number);
            return Double.isInfinite(value) ? Double.NaN : value;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
