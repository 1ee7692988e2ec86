/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

/** Why bytes from the network could not be read. It carries no stack trace, so that a flood of them costs little. */
public final class MalformedPacket extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param reason few fixed words in kebab-case, fit to count by: "hep-bad-length" */
    public MalformedPacket(String reason) {
        super(reason, null, false, false);
    }

    /** What is wrong, in kebab-case; one of a small fixed set. */
    public String reason() {
        return getMessage();
    }
}
