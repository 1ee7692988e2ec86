/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

/**
 * Whether a packet is let in.
 *
 * @param agent whose it is; null if it is refused, or anybody may send
 * @param refusal why not, in kebab-case; null if it is let in
 */
public record Decision(Agent agent, String refusal) {

    static final Decision ANYBODY = new Decision(null, null);
    static final Decision AUTH_MISSING = refused("auth-missing");
    static final Decision AUTH_WRONG = refused("auth-wrong");
    static final Decision CERTIFICATE_MISSING = refused("certificate-missing");
    static final Decision CERTIFICATE_UNKNOWN = refused("certificate-unknown");

    private static Decision refused(String reason) {
        return new Decision(null, reason);
    }
}
