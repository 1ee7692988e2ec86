/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import java.util.List;

/**
 * Something to ask for by name.
 *
 * @param name as people write it
 * @param aliases other names for it
 * @param messages the fields of message documents it looks in, any of them; empty: ask the call documents
 * @param calls likewise the fields of call documents
 * @param about what it is, in a few words
 */
public record Field(
        String name, List<String> aliases, Type type, List<String> messages, List<String> calls, String about) {

    public enum Type {
        /** Compared byte by byte (Call-ID, tags, branches). */
        EXACT,
        /** Compared in any case. */
        NAME,
        /** Words for people: an unquoted value is found anywhere in it, in any case. */
        DESCRIPTION,
        /** A number or name of a subscriber: +49 and 0049 are the same. */
        USER,
        ADDRESS,
        INTEGER,
        /** Kept in milliseconds, asked for in seconds or with a unit. */
        DURATION,
        TIME,
        /** The whole message. */
        TEXT
    }

    public List<String> paths(Kind kind) {
        return kind == Kind.MESSAGES ? messages : calls;
    }
}
