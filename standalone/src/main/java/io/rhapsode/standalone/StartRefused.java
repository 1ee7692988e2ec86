/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

/** Why it does not start, in one sentence for the person at the keyboard. */
public final class StartRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StartRefused(String sentence) {
        super(sentence);
    }
}
