/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a query such as {@code from:0221* code:>=400 "Not Acceptable" -method:REGISTER (node:dus OR node:cgn)}.
 *
 * <pre>
 * query  = and { "OR" and }
 * and    = unary { [ "AND" ] unary }
 * unary  = ( "NOT" | "-" ) unary | "(" query ")" | field ":" value | word | "phrase"
 * value  = word | [ "~" ] "phrase" | ( ">" | ">=" | "<" | "<=" ) word | "[" word "TO" word "]" | "(" query of values ")"
 * </pre>
 *
 * <p>A value in quotes is exact; {@code ~} before them makes it mean what it would without quotes, were there no blanks
 * and brackets in it. Square brackets include their ends, curly ones do not, {@code *} is an open end. Length, depth and number of
 * clauses are bounded, so that no query costs more than its answer is worth.
 */
public final class QueryParser {

    public static final int MAX_LENGTH = 2_000;
    static final int MAX_DEPTH = 20;
    static final int MAX_CLAUSES = 100;

    /** What reads like a field name but begins a URI. */
    private static final Set<String> SCHEMES =
            Set.of("sip", "sips", "tel", "urn", "http", "https", "msrp", "msrps", "xmpp");

    private final String text;
    private int at;
    private int depth;
    private int clauses;

    private QueryParser(String text) {
        this.text = text;
    }

    /** @throws QueryError saying where the text is no query */
    public static Clause parse(String text) throws QueryError {
        if (text.length() > MAX_LENGTH) {
            throw new QueryError(MAX_LENGTH + 1, "the query is longer than " + MAX_LENGTH + " characters");
        }
        var parser = new QueryParser(text);
        parser.skipBlanks();
        if (parser.atEnd()) {
            return new Clause.Everything();
        }
        Clause query = parser.or(null);
        if (!parser.atEnd()) {
            throw parser.error("this ')' closes nothing");
        }
        return query;
    }

    private Clause or(Field field) throws QueryError {
        var choices = new ArrayList<Clause>();
        do {
            choices.add(and(field));
        } while (consumeOperator("OR"));
        return choices.size() == 1 ? choices.get(0) : new Clause.Or(List.copyOf(choices));
    }

    private Clause and(Field field) throws QueryError {
        var all = new ArrayList<Clause>();
        all.add(unary(field));
        while (consumeOperator("AND") || !(atEnd() || peek() == ')' || isOperator("OR"))) {
            all.add(unary(field));
        }
        return all.size() == 1 ? all.get(0) : new Clause.And(List.copyOf(all));
    }

    private Clause unary(Field field) throws QueryError {
        if (++depth > MAX_DEPTH) {
            throw error("the query is nested deeper than " + MAX_DEPTH + " levels");
        }
        skipBlanks();
        Clause clause = negated() ? new Clause.Not(unary(field)) : primary(field);
        depth--;
        skipBlanks();
        return clause;
    }

    private boolean negated() {
        if (consumeOperator("NOT")) {
            return true;
        }
        if (!atEnd() && peek() == '-' && at + 1 < text.length() && !isBlank(text.charAt(at + 1))) {
            at++;
            return true;
        }
        return false;
    }

    private Clause primary(Field field) throws QueryError {
        if (atEnd()) {
            throw error("something to search for is missing here");
        }
        if (isOperator("AND") || isOperator("OR")) {
            throw error("something to search for is missing before " + text.substring(at, wordEnd()));
        }
        if (peek() == ')') {
            throw error("something to search for is missing before ')'");
        }
        if (peek() == '(') {
            return brackets(field);
        }
        if (++clauses > MAX_CLAUSES) {
            throw error("the query has more than " + MAX_CLAUSES + " parts");
        }
        return field == null ? wordsOrField() : value(field);
    }

    private Clause brackets(Field field) throws QueryError {
        int open = at++;
        Clause inside = or(field);
        if (atEnd()) {
            throw new QueryError(open + 1, "this '(' is never closed");
        }
        at++;
        return inside;
    }

    private Clause wordsOrField() throws QueryError {
        int column = at + 1;
        if (peek() == '"') {
            return new Clause.Words(phrase(), true, column);
        }
        int colon = colonAfterName();
        if (colon > 0) {
            String name = text.substring(at, colon);
            Optional<Field> field = Fields.named(name);
            if (field.isPresent()) {
                at = colon + 1;
                return fieldValue(field.get());
            }
            if (!SCHEMES.contains(name.toLowerCase(java.util.Locale.ROOT)) && !Address.isAddress(peekWord())) {
                throw unknown(name, column);
            }
        }
        return new Clause.Words(word(), false, column);
    }

    private QueryError unknown(String name, int column) {
        String cut = name.length() > 40 ? name.substring(0, 40) + "…" : name;
        return new QueryError(
                column,
                "there is no field '" + cut + "'"
                        + Fields.like(name)
                                .map(known -> "; did you mean '" + known + "'?")
                                .orElse("; if this is text to search for, put it in quotes"));
    }

    private Clause fieldValue(Field field) throws QueryError {
        if (atEnd() || isBlank(peek()) || peek() == ')') {
            throw error("a value must follow '" + field.name() + ":' without a space");
        }
        return peek() == '(' ? brackets(field) : value(field);
    }

    private Clause value(Field field) throws QueryError {
        int column = at + 1;
        if (peek() == '"') {
            return new Clause.Is(field, phrase(), true, column);
        }
        if (text.startsWith("~\"", at)) {
            at++;
            return new Clause.Is(field, phrase(), false, column);
        }
        if (peek() == '<' || peek() == '>') {
            return comparison(field);
        }
        if ((peek() == '[' || peek() == '{') && isRange(field)) {
            return range(field);
        }
        return new Clause.Is(field, word(), false, column);
    }

    private Clause comparison(Field field) throws QueryError {
        int column = at + 1;
        char sign = text.charAt(at++);
        boolean included = !atEnd() && peek() == '=';
        if (included) {
            at++;
        }
        if (atEnd() || isBlank(peek()) || peek() == ')' || peek() == '(') {
            throw error("a value must follow '" + text.substring(column - 1, at) + "' without a space");
        }
        String bound = peek() == '"' ? phrase() : word();
        return sign == '>'
                ? new Clause.Between(field, bound, included, null, true, column)
                : new Clause.Between(field, null, true, bound, included, column);
    }

    /** "[a TO b]", and what was meant to be: a number or time has no brackets of its own, as addresses and names do. */
    private boolean isRange(Field field) {
        int close = at;
        while (close < text.length() && text.charAt(close) != ']' && text.charAt(close) != '}') {
            close++;
        }
        return text.substring(at, close).contains(" TO ")
                || switch (field.type()) {
                    case INTEGER, DECIMAL, DURATION, DELAY, TIME -> true;
                    default -> false;
                };
    }

    private Clause range(Field field) throws QueryError {
        int column = at + 1;
        boolean fromIncluded = text.charAt(at++) == '[';
        String from = bound();
        if (!consumeOperator("TO")) {
            throw error("'TO' is missing here, as in [400 TO 499]");
        }
        String to = bound();
        if (atEnd() || (peek() != ']' && peek() != '}')) {
            throw error("']' or '}' is missing here");
        }
        boolean toIncluded = text.charAt(at++) == ']';
        return new Clause.Between(field, from, fromIncluded, to, toIncluded, column);
    }

    private String bound() throws QueryError {
        skipBlanks();
        if (!atEnd() && peek() == '"') {
            return phrase();
        }
        int begin = at;
        while (!atEnd() && !isBlank(peek()) && peek() != ']' && peek() != '}') {
            at++;
        }
        if (begin == at) {
            throw error("a value is missing here, as in [400 TO 499]");
        }
        String bound = text.substring(begin, at);
        return bound.equals("*") ? null : bound;
    }

    private String phrase() throws QueryError {
        int open = at++;
        var phrase = new StringBuilder();
        while (!atEnd() && peek() != '"') {
            if (peek() == '\\' && at + 1 < text.length()) {
                at++;
            }
            phrase.append(text.charAt(at++));
        }
        if (atEnd()) {
            throw new QueryError(open + 1, "this quote is never closed");
        }
        at++;
        if (phrase.toString().isBlank()) {
            throw new QueryError(open + 1, "there is nothing between these quotes");
        }
        return phrase.toString();
    }

    private String word() {
        String word = peekWord();
        at += word.length();
        return word;
    }

    private String peekWord() {
        return text.substring(at, wordEnd());
    }

    private int wordEnd() {
        int end = at;
        while (end < text.length() && !isBlank(text.charAt(end)) && "()".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    /** Where the colon stands after what can be a field's name, else -1. */
    private int colonAfterName() {
        int end = at;
        while (end < text.length() && isNameLetter(text.charAt(end), end == at)) {
            end++;
        }
        return end > at && end < text.length() && text.charAt(end) == ':' ? end : -1;
    }

    private static boolean isNameLetter(char letter, boolean first) {
        return letter >= 'a' && letter <= 'z'
                || letter >= 'A' && letter <= 'Z'
                || letter == '_'
                || letter == '@'
                || !first && (letter >= '0' && letter <= '9' || letter == '.' || letter == '-');
    }

    private boolean consumeOperator(String operator) {
        skipBlanks();
        boolean there = isOperator(operator);
        if (there) {
            at += operator.length();
            skipBlanks();
        }
        return there;
    }

    /** Operators are words of their own in capitals: "not" and "or" are also words to search for. */
    private boolean isOperator(String operator) {
        return text.startsWith(operator, at)
                && (at + operator.length() == text.length()
                        || isBlank(text.charAt(at + operator.length()))
                        || text.charAt(at + operator.length()) == '(');
    }

    private void skipBlanks() {
        while (!atEnd() && isBlank(peek())) {
            at++;
        }
    }

    private static boolean isBlank(char letter) {
        return letter <= ' ' || letter == '\u00a0';
    }

    private boolean atEnd() {
        return at >= text.length();
    }

    private char peek() {
        return text.charAt(at);
    }

    private QueryError error(String sentence) {
        return new QueryError(at + 1, sentence);
    }
}
