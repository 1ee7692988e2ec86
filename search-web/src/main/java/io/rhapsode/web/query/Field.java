/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Something to ask for by name.
 *
 * @param name as people write it
 * @param aliases other names for it
 * @param paths by kind the fields of its documents it looks in, any of them; a kind that has none is not there
 * @param about what it is, in a few words
 */
public record Field(String name, List<String> aliases, Type type, Map<Kind, List<String>> paths, String about) {

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
        DECIMAL,
        /** Kept in milliseconds, asked for in seconds or with a unit. */
        DURATION,
        /** Kept in milliseconds and fractions, asked for in those or with a unit. */
        DELAY,
        TIME,
        /** True or false. */
        BOOLEAN,
        /** True where the documents do not have it. */
        ABSENCE,
        /** The whole message. */
        TEXT
    }

    public List<String> paths(Kind kind) {
        return paths.getOrDefault(kind, List.of());
    }

    /** The kind to ask for it: the one that is searched if that has it, else the first that does. */
    Kind owner(Kind searched) {
        return paths.containsKey(searched)
                ? searched
                : paths.keySet().stream().sorted().findFirst().orElseThrow();
    }

    /** The same field, which documents of this kind have too. */
    Field in(Kind kind, String... fields) {
        var more = new EnumMap<Kind, List<String>>(Kind.class);
        more.putAll(paths);
        more.put(kind, List.of(fields));
        return new Field(name, aliases, type, Map.copyOf(more), about);
    }
}
