/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

/** A query that cannot be answered: where it is wrong, and in a sentence why. */
public final class QueryError extends Exception {

    private static final long serialVersionUID = 1;

    private final int column;

    /** @param column where, counted from 1 in characters */
    public QueryError(int column, String sentence) {
        super("column " + column + ": " + sentence, null, false, false);
        this.column = column;
    }

    public int column() {
        return column;
    }
}
