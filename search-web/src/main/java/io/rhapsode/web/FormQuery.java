/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes what was filled in on the form as a query. A value is written so that it is one value whatever is in it: only
 * {@code *} has a meaning, that of any beginning or ending.
 */
final class FormQuery {

    /** What ends a word of the query language, or may begin something else than one. */
    private static final String NOT_IN_WORDS = "()[]{}<>~\"\\\u00a0";

    private FormQuery() {}

    /**
     * @param typed by the names of {@link FormPage#GROUPS}; {@code join} is "or" where one of them is enough, and
     *     {@code unique} a flag
     * @param nodes capture nodes, empty for all
     */
    static String of(Parameters typed, List<String> nodes) {
        var conditions = new ArrayList<String>();
        for (FormPage.Input input : FormPage.inputs()) {
            String condition = condition(input.name(), typed.text(input.name()).strip());
            if (!condition.isEmpty()) {
                conditions.add(condition);
            }
        }
        var places = nodes.stream()
                .filter(node -> !node.isBlank())
                .map(node -> is("node", node.strip()))
                .distinct()
                .toList();
        var all = new ArrayList<String>();
        if (typed.text("join").equals("or")) {
            add(all, conditions);
        } else {
            all.addAll(conditions);
        }
        add(all, places);
        if (typed.flag("unique", false)) {
            all.add("unique:true");
        }
        return all.size() == 1 && all.get(0).startsWith("(") ? unwrapped(all.get(0)) : String.join(" AND ", all);
    }

    /** Any of these, as one condition. */
    private static void add(List<String> all, List<String> choices) {
        if (!choices.isEmpty()) {
            all.add(choices.size() == 1 ? choices.get(0) : "(" + String.join(" OR ", choices) + ")");
        }
    }

    private static String unwrapped(String brackets) {
        return brackets.substring(1, brackets.length() - 1);
    }

    private static String condition(String name, String value) {
        if (value.isEmpty()) {
            return "";
        }
        return switch (name) {
            case "method" -> is(isDigit(value.charAt(0)) ? "code" : "method", value);
            case "cseq" -> cseq(value);
            case "via1" -> via(value);
            default -> is(name, value);
        };
    }

    /** "1 INVITE", or one of them. */
    private static String cseq(String value) {
        var parts = new ArrayList<String>();
        for (String part : value.split("\\s+")) {
            parts.add(is(isDigit(part.charAt(0)) ? "cseq" : "cseqmethod", part));
        }
        return parts.size() == 1 ? parts.get(0) : "(" + String.join(" AND ", parts) + ")";
    }

    /** What is kept of the first Via has no parameters. */
    private static String via(String value) {
        int semicolon = value.indexOf(';');
        String sentBy = semicolon < 0 ? value : value.substring(0, semicolon).strip();
        return sentBy.isEmpty() ? "" : is("via1", sentBy);
    }

    private static String is(String field, String value) {
        boolean isWord = value.chars().noneMatch(letter -> letter <= ' ' || NOT_IN_WORDS.indexOf(letter) >= 0);
        return field
                + ':'
                + (isWord ? value : "~\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }

    private static boolean isDigit(char letter) {
        return letter >= '0' && letter <= '9';
    }
}
