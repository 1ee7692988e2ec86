/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import io.rhapsode.schema.Indices;

/** What a search finds. */
public enum Kind {
    MESSAGES(Indices.SIP),
    CALLS(Indices.CALLS);

    private final Indices indices;

    Kind(Indices indices) {
        this.indices = indices;
    }

    public Indices indices() {
        return indices;
    }

    /** The kind that knows the rest about the same Call-ID. */
    public Kind other() {
        return this == MESSAGES ? CALLS : MESSAGES;
    }
}
