/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import java.util.List;

/** What a query says, before it is known of which documents. Columns count from 1. */
public sealed interface Clause {

    /** Every document. */
    record Everything() implements Clause {}

    record And(List<Clause> clauses) implements Clause {}

    record Or(List<Clause> clauses) implements Clause {}

    record Not(Clause clause) implements Clause {}

    /** A word or phrase anywhere in the message. */
    record Words(String text, boolean quoted, int column) implements Clause {}

    /** A field with a value; wildcards count only where the value is not quoted. */
    record Is(Field field, String value, boolean quoted, int column) implements Clause {}

    /** A field between two values; null is an open end. */
    record Between(Field field, String from, boolean fromIncluded, String to, boolean toIncluded, int column)
            implements Clause {}
}
