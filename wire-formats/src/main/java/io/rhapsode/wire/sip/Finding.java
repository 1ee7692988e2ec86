/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

/**
 * A defect and where it is.
 *
 * @param offset octets from the message's begin to the value or line that is wrong, for a folded value to its begin; 0
 *     for what is missing
 */
public record Finding(Defect defect, int offset) {
    /** "bad-via@120" */
    @Override
    public String toString() {
        return defect.text() + '@' + offset;
    }
}
