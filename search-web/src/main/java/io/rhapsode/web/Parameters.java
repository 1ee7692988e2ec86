/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.IsoTime;
import jakarta.json.JsonException;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The query parameters of one request: each known by name, and given once at most. */
final class Parameters {

    private final Map<String, List<String>> given;

    private Parameters(Map<String, List<String>> given) {
        this.given = given;
    }

    /** @throws Refused 400 where there are unknown or repeated ones */
    static Parameters of(Map<String, List<String>> given, String... known) {
        for (var parameter : given.entrySet()) {
            if (!Set.of(known).contains(parameter.getKey())) {
                throw Refused.badRequest("unknown parameter '" + cut(parameter.getKey()) + "'; known are "
                        + (known.length == 0 ? "none" : String.join(", ", Arrays.asList(known))));
            }
            if (parameter.getValue().size() > 1) {
                throw Refused.badRequest("parameter '" + parameter.getKey() + "' is given more than once");
            }
        }
        return new Parameters(given);
    }

    /**
     * The members of a JSON object, each a text.
     *
     * @throws Refused 400 where it is none, or has others
     */
    static Parameters ofJson(String body, String... known) {
        var given = new LinkedHashMap<String, List<String>>();
        try (var reader = Json.createReader(new StringReader(body))) {
            reader.readObject().forEach((name, value) -> {
                if (!(value instanceof JsonString text)) {
                    throw Refused.badRequest("'" + cut(name) + "' must be a text");
                }
                given.put(name, List.of(text.getString()));
            });
        } catch (JsonException e) {
            throw Refused.badRequest("the body must be a JSON object: " + cut(e.getMessage()));
        }
        return of(given, known);
    }

    /** The text, empty if absent. */
    String text(String name) {
        var values = given.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    /** True if it is given, be it empty. */
    boolean has(String name) {
        return !given.getOrDefault(name, List.of()).isEmpty();
    }

    /**
     * One line of text that can be seen.
     *
     * @param most characters
     * @throws Refused 400 if there is none, or it is longer
     */
    String line(String name, int most) {
        String text = text(name).strip();
        checkLine(name, text, most);
        return text;
    }

    static void checkLine(String name, String text, int most) {
        if (text.isEmpty() || text.codePointCount(0, text.length()) > most) {
            throw Refused.badRequest("'" + name + "' must have 1 to " + most + " characters");
        }
        if (text.codePoints().anyMatch(Parameters::isUnseen)) {
            throw Refused.badRequest("'" + name + "' must be one line of characters that can be seen");
        }
    }

    /** Controls, marks that turn the direction of text, line ends, halves of characters, and what has no meaning. */
    private static boolean isUnseen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    int number(String name, int fallback, int least, int most) {
        String text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The sentence below says what is asked for.
        }
        throw Refused.badRequest(
                "'" + name + "' must be a whole number from " + least + " to " + most + ", not '" + cut(text) + "'");
    }

    boolean flag(String name, boolean fallback) {
        return switch (text(name)) {
            case "" -> fallback;
            case "true", "1", "yes" -> true;
            case "false", "0", "no" -> false;
            default -> throw Refused.badRequest("'" + name + "' must be true or false");
        };
    }

    /** ISO-8601 with date and time; without a zone it is UTC, and a blank may stand before the time. Null if absent. */
    Instant time(String name) {
        String text = text(name).strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            var time = time(new StringBuilder(text));
            // What fits into the nanoseconds of a long, as Elasticsearch keeps them.
            if (time.getEpochSecond() >= 0 && time.getEpochSecond() < 9_200_000_000L) {
                return time;
            }
            throw Refused.badRequest("'" + name + "' must be between 1970 and 2261");
        } catch (DateTimeException e) {
            throw Refused.badRequest(
                    "'" + name + "' must be ISO-8601, like 2026-11-24T08:15:00Z, not '" + cut(text) + "'");
        }
    }

    private static Instant time(StringBuilder text) {
        if (text.length() > IsoTime.DATE_LENGTH && text.charAt(IsoTime.DATE_LENGTH) == ' ') {
            text.setCharAt(IsoTime.DATE_LENGTH, 'T');
        }
        // A plus sign that was not escaped arrives as a blank.
        return IsoTime.of(text.toString().replace(' ', '+'));
    }

    /** @throws Refused 400 if both are there, and the first is not before the second */
    static void checkOrder(Instant from, Instant to) {
        if (from != null && to != null && !from.isBefore(to)) {
            throw Refused.badRequest("'from' must be before 'to'");
        }
    }

    static String cut(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
