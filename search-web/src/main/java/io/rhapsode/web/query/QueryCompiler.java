/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch._types.query_dsl.QueryBuilders;
import co.elastic.clients.json.JsonData;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns a {@link Clause} into an Elasticsearch query for one kind of document. It writes only queries that an index
 * answers: a value's end is looked up in the field that keeps it backwards, and a wildcard on both sides is allowed
 * only where a field has few values.
 */
public final class QueryCompiler {

    /** Finds what a field has in the documents of a query: Call-IDs for "calls with a message in which ...". */
    public interface Join {
        /** @param path of a keyword of this kind */
        List<String> values(Kind kind, String path, Query query);
    }

    private static final String CALL_ID = "sip.call_id";

    /** Elasticsearch's own limit for a keyword is 32766 bytes; the templates keep 2048 characters. */
    private static final int MAX_VALUE = 1_024;

    /** An unsigned number of 32 bits, as SIP and RTP have them. */
    private static final long MOST_WHOLE = 4_294_967_295L;

    /** What fits into the nanoseconds of a long, as Elasticsearch keeps times, and a day more. */
    private static final Instant LATEST = Instant.parse("2262-01-01T00:00:00Z");

    private static final Duration DAY = Duration.ofDays(1);

    private static final DateTimeFormatter NANOS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Kind kind;
    private final Join join;

    private QueryCompiler(Kind kind, Join join) {
        this.kind = kind;
        this.join = join;
    }

    /** @throws QueryError where a value does not fit its field */
    public static Query compile(Clause clause, Kind kind, Join join) throws QueryError {
        return new QueryCompiler(kind, join).query(clause);
    }

    private Query query(Clause clause) throws QueryError {
        if (clause instanceof Clause.And and) {
            return QueryBuilders.bool().filter(queries(and.clauses())).build()._toQuery();
        }
        if (clause instanceof Clause.Or or) {
            return any(queries(or.clauses()));
        }
        if (clause instanceof Clause.Not not) {
            return QueryBuilders.bool().mustNot(query(not.clause())).build()._toQuery();
        }
        if (clause instanceof Clause.Words words) {
            return words(words);
        }
        if (clause instanceof Clause.Is is) {
            return onFields(is.field(), (path, on) -> is(is, path, on));
        }
        if (clause instanceof Clause.Between between) {
            return onFields(between.field(), (path, on) -> between(between, path, on));
        }
        return QueryBuilders.matchAll().build()._toQuery();
    }

    private List<Query> queries(List<Clause> clauses) throws QueryError {
        var queries = new ArrayList<Query>();
        for (Clause clause : clauses) {
            queries.add(query(clause));
        }
        return queries;
    }

    private interface OnField {
        Query query(String path, Kind on) throws QueryError;
    }

    /** Any of the field's paths; where this kind has none, the Call-IDs of what the kind that has it finds. */
    private Query onFields(Field field, OnField one) throws QueryError {
        Kind on = field.owner(kind);
        var choices = new ArrayList<Query>();
        for (String path : field.paths(on)) {
            choices.add(one.query(path, on));
        }
        if (field.equals(Fields.LEG)) {
            // Those that are joined through others have but the session in common.
            choices.add(among(Fields.SESSION, join.values(on, Fields.SESSION, any(choices))));
        }
        return on == kind ? any(choices) : joined(on, any(choices));
    }

    private Query joined(Kind on, Query query) {
        return among(CALL_ID, join.values(on, CALL_ID, query));
    }

    private static Query among(String path, List<String> values) {
        List<FieldValue> any = values.stream().map(FieldValue::of).toList();
        return any.isEmpty() ? none() : QueryBuilders.terms(t -> t.field(path).terms(v -> v.value(any)));
    }

    private Query words(Clause.Words words) throws QueryError {
        String text = words.text();
        checkLength(text, words.column());
        if (!words.quoted()) {
            int port = Address.portColon(text);
            if (port > 0) {
                return hostAndPort(text, port);
            }
            if (Address.isAddress(text)) {
                return addressOrText(text);
            }
            if (text.startsWith("*") || text.indexOf('*') >= 0 && text.indexOf('*') < text.length() - 1) {
                return endOfNumber(words);
            }
        }
        var choices = new ArrayList<>(named(text));
        choices.add(inTexts(path -> inText(path, text, words.quoted(), words.column())));
        return any(choices);
    }

    private interface OnText {
        Query query(String path) throws QueryError;
    }

    /** In any text of this kind; where it has none, in those of its messages. */
    private Query inTexts(OnText one) throws QueryError {
        Kind on = kind.texts().isEmpty() ? Kind.MESSAGES : kind;
        var choices = new ArrayList<Query>();
        for (String path : on.texts()) {
            choices.add(one.query(path));
        }
        return on == kind ? any(choices) : joined(on, any(choices));
    }

    private Query addressOrText(String text) throws QueryError {
        var choices = new ArrayList<Query>();
        for (String path : Fields.named("ip").orElseThrow().paths(kind)) {
            choices.add(term(path, text, false));
        }
        // Of "::1" the text knows the word "1" alone.
        boolean isPhrase =
                Stream.of(text.split("[.:]")).filter(group -> !group.isEmpty()).count() > 1;
        if (isPhrase && text.indexOf('/') < 0) {
            choices.add(inTexts(path -> phrase(path, text)));
        }
        return any(choices);
    }

    /** One end of the packet, or what this kind keeps as "address:port". */
    private Query hostAndPort(String text, int colon) {
        var choices = new ArrayList<Query>();
        for (String path : Fields.named("host").orElseThrow().paths(kind)) {
            choices.add(term(path, text, false));
        }
        if (Fields.has(kind, "source.port")) {
            String address = text.substring(0, colon).replace("[", "").replace("]", "");
            int port = Integer.parseInt(text.substring(colon + 1));
            choices.add(endpoint("source", address, port));
            choices.add(endpoint("destination", address, port));
        }
        return any(choices);
    }

    private static Query endpoint(String side, String address, int port) {
        return QueryBuilders.bool()
                .filter(term(side + ".ip", address, false), number(side + ".port", port))
                .build()
                ._toQuery();
    }

    /** "*4991" and "49*91" without a field: numbers that end so. */
    private Query endOfNumber(Clause.Words words) throws QueryError {
        Field number = Fields.named("number").orElseThrow();
        return query(new Clause.Is(number, words.text(), false, words.column()));
    }

    /**
     * The standard tokenizer makes one token of "sip:alice" (a colon between letters joins them), so that a word is
     * looked for with and without the scheme.
     */
    private static Query inText(String path, String text, boolean quoted, int column) throws QueryError {
        boolean open = !quoted && text.endsWith("*");
        String start = open ? text.substring(0, text.length() - 1) : text;
        if (start.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw new QueryError(column, "there is no letter or digit to search for");
        }
        var choices = new ArrayList<Query>();
        choices.add(open ? phrasePrefix(path, start) : phrase(path, start));
        if (Character.isLetter(start.charAt(0)) && start.indexOf(':') < 0) {
            choices.add(open ? phrasePrefix(path, "sip:" + start) : phrase(path, "sip:" + start));
        }
        return any(choices);
    }

    private static Query phrase(String path, String text) {
        return QueryBuilders.matchPhrase(m -> m.field(path).query(text));
    }

    private static Query phrasePrefix(String path, String text) {
        return QueryBuilders.matchPhrasePrefix(m -> m.field(path).query(text).maxExpansions(100));
    }

    /** What is named so, or begins so. */
    private List<Query> named(String text) {
        boolean open = text.endsWith("*");
        String start = open ? text.substring(0, text.length() - 1) : text;
        return kind.names().stream()
                .map(path -> open ? prefix(path, start, true) : term(path, start, true))
                .toList();
    }

    private Query is(Clause.Is is, String path, Kind on) throws QueryError {
        String value = is.value();
        checkLength(value, is.column());
        if (!is.quoted() && value.equals("*") && is.field().type() != Field.Type.ABSENCE) {
            return QueryBuilders.exists(e -> e.field(path));
        }
        return switch (is.field().type()) {
            case TEXT -> inText(path, value, is.quoted(), is.column());
            case ADDRESS -> address(path, value, is.column());
            case INTEGER -> integer(path, value, on, is.column());
            case BOOLEAN -> term(path, String.valueOf(isTrue(value, is.column())), false);
            case DECIMAL, DELAY -> term(path, bound(is.field(), value, is.column()), false);
            case DURATION -> number(path, Math.round(millis(value, 1_000, is.column())));
            case TIME -> moment(path, value, is.column());
            case ABSENCE -> absence(path, value, is.column());
            case USER -> user(is, path, on);
            case DESCRIPTION -> description(is, path, on);
            case NAME, EXACT -> name(is, path, on);
        };
    }

    private static Query address(String path, String value, int column) throws QueryError {
        String bare = value.startsWith("[") && value.endsWith("]") ? value.substring(1, value.length() - 1) : value;
        if (Address.isAddress(bare)) {
            return term(path, bare, false);
        }
        // "10.1.*" as people write it for 10.1.0.0/16
        String network = network(bare);
        if (network == null) {
            throw new QueryError(column, "'" + cut(value) + "' is no IP address or network like 10.0.0.0/8");
        }
        return term(path, network, false);
    }

    private static String network(String value) {
        if (!value.endsWith(".*")) {
            return null;
        }
        String[] parts = value.substring(0, value.length() - 2).split("\\.", -1);
        String network = String.join(".", parts) + ".0".repeat(Math.max(0, 4 - parts.length)) + "/" + 8 * parts.length;
        return parts.length < 4 && Address.isAddress(network) ? network : null;
    }

    private static Query integer(String path, String value, Kind on, int column) throws QueryError {
        // 4xx and 4* are how people say "any 4-hundred"
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.length() > 1 && lower.charAt(0) >= '1' && lower.charAt(0) <= '9') {
            String rest = lower.substring(1);
            if (path.equals("sip.code") && (rest.equals("xx") || rest.equals("*") || rest.equals("**"))) {
                int hundred = (lower.charAt(0) - '0') * 100;
                return range(path, String.valueOf(hundred), true, String.valueOf(hundred + 99), true);
            }
        }
        long number = whole(value, column);
        return number > Fields.most(on, path) ? none() : number(path, number);
    }

    private static boolean isTrue(String value, int column) throws QueryError {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new QueryError(column, "'" + cut(value) + "' is neither true nor false");
        };
    }

    private static Query absence(String path, String value, int column) throws QueryError {
        Query there = QueryBuilders.exists(e -> e.field(path));
        return isTrue(value, column)
                ? QueryBuilders.bool().mustNot(there).build()._toQuery()
                : there;
    }

    private static Query moment(String path, String value, int column) throws QueryError {
        Instant at = time(value, column);
        return isDate(value) ? range(path, nanos(at), true, nanos(at.plus(DAY)), false) : term(path, nanos(at), false);
    }

    private static Query user(Clause.Is is, String path, Kind on) throws QueryError {
        var choices = new ArrayList<Query>();
        for (String form : is.quoted() ? Set.of(is.value()) : forms(is.value())) {
            choices.add(
                    is.quoted()
                            ? term(path, form, false)
                            : pattern(new Clause.Is(is.field(), form, false, is.column()), path, on, hasLetter(form)));
        }
        return any(choices);
    }

    /** The ways one number is written: +49221…, 0049221… and 49221… */
    static Set<String> forms(String value) {
        var forms = new LinkedHashSet<String>();
        forms.add(value);
        String digits =
                value.startsWith("+") ? value.substring(1) : value.startsWith("00") ? value.substring(2) : value;
        boolean isNumber = digits.length() >= 5
                && digits.chars().limit(5).allMatch(c -> c >= '0' && c <= '9')
                && digits.charAt(0) != '0';
        if (isNumber && (value.length() > digits.length() || digits.length() >= 10)) {
            forms.add("+" + digits);
            forms.add("00" + digits);
            forms.add(digits);
        }
        return forms;
    }

    private static boolean hasLetter(String text) {
        return text.chars().anyMatch(Character::isLetter);
    }

    private static Query description(Clause.Is is, String path, Kind on) throws QueryError {
        if (is.quoted()) {
            return term(path, is.value(), false);
        }
        if (is.value().indexOf('*') >= 0) {
            return pattern(is, path, on, true);
        }
        return wildcard(path, "*" + escaped(is.value()) + "*", true);
    }

    private static Query name(Clause.Is is, String path, Kind on) throws QueryError {
        boolean anyCase = is.field().type() == Field.Type.NAME;
        return is.quoted() ? term(path, is.value(), anyCase) : pattern(is, path, on, anyCase);
    }

    private static Query pattern(Clause.Is is, String path, Kind on, boolean anyCase) throws QueryError {
        String value = is.value();
        int first = value.indexOf('*');
        if (first < 0) {
            return term(path, value, anyCase);
        }
        if (first == value.length() - 1) {
            return prefix(path, value.substring(0, first), anyCase);
        }
        if (Fields.isHeader(path)) {
            throw new QueryError(
                    is.column(), "'" + is.field().name() + "' can be searched by its beginning (abc*) only");
        }
        boolean fewValues =
                is.field().type() == Field.Type.DESCRIPTION || is.field().type() == Field.Type.NAME;
        if (fewValues || first >= 3) {
            return wildcard(path, starred(value), anyCase);
        }
        var reversed = Fields.reversed(on, path);
        String backwards = new StringBuilder(value).reverse().toString();
        int last = backwards.indexOf('*');
        if (reversed.isPresent() && last == backwards.length() - 1) {
            return prefix(reversed.get(), backwards.substring(0, last), anyCase);
        }
        if (reversed.isPresent() && last >= 3) {
            return wildcard(reversed.get(), starred(backwards), anyCase);
        }
        throw new QueryError(
                is.column(),
                reversed.isPresent()
                        ? value.indexOf('*', first + 1) > 0
                                ? "'" + is.field().name()
                                        + "' can be searched by its beginning (abc*) or its end (*abc), not by both"
                                : "'" + cut(value) + "' needs three characters before or after its *"
                        : "'" + is.field().name() + "' can be searched by its beginning (abc*), not by its end");
    }

    private static Query between(Clause.Between between, String path, Kind on) throws QueryError {
        if (between.field().type() == Field.Type.TIME) {
            return period(between, path);
        }
        int column = between.column();
        String from = bound(between.field(), between.from(), column);
        String to = bound(between.field(), between.to(), column);
        return switch (between.field().type()) {
            case INTEGER ->
                numbers(path, from, between.fromIncluded(), to, between.toIncluded(), Fields.most(on, path));
            default -> range(path, from, between.fromIncluded(), to, between.toIncluded());
        };
    }

    /** Elasticsearch refuses a bound that the field's type cannot hold. */
    private static Query numbers(
            String path, String from, boolean fromIncluded, String to, boolean toIncluded, long most) {
        if (from != null && Long.parseLong(from) > most) {
            return none();
        }
        return range(path, from, fromIncluded, to == null || Long.parseLong(to) > most ? null : to, toIncluded);
    }

    /**
     * A date is the whole day: what is until it ends with the day, what is after it begins with the next one. Without a begin it
     * is all since 1970: over a range that is open there Elasticsearch makes no histogram of nanoseconds.
     */
    private static Query period(Clause.Between between, String path) throws QueryError {
        Instant from = between.from() == null ? Instant.EPOCH : time(between.from(), between.column());
        boolean fromIncluded = between.from() == null || between.fromIncluded();
        if (isDate(between.from()) && !fromIncluded) {
            from = from.plus(DAY);
            fromIncluded = true;
        }
        if (between.to() == null) {
            return range(path, nanos(from), fromIncluded, null, true);
        }
        Instant to = time(between.to(), between.column());
        boolean wholeDay = isDate(between.to()) && between.toIncluded();
        return range(
                path,
                nanos(from),
                fromIncluded,
                nanos(wholeDay ? to.plus(DAY) : to),
                between.toIncluded() && !wholeDay);
    }

    private static boolean isDate(String value) {
        return value != null && value.length() == IsoTime.DATE_LENGTH;
    }

    /** Nine decimals: a bound with fewer is rounded up by Elasticsearch where it is excluded below, or included above. */
    private static String nanos(Instant time) {
        return NANOS.format(time);
    }

    private static String bound(Field field, String value, int column) throws QueryError {
        if (value == null) {
            return null;
        }
        checkLength(value, column);
        return switch (field.type()) {
            case INTEGER -> String.valueOf(whole(value, column));
            case DECIMAL -> String.valueOf(decimal(value, column));
            case DURATION -> String.valueOf(Math.round(millis(value, 1_000, column)));
            case DELAY -> String.valueOf(millis(value, 1, column));
            case ADDRESS -> plainAddress(value, column);
            case USER -> value;
            default -> throw new QueryError(column, "'" + field.name() + "' has no order to compare by");
        };
    }

    private static String plainAddress(String value, int column) throws QueryError {
        if (value.indexOf('/') >= 0 || !Address.isAddress(value)) {
            throw new QueryError(column, "'" + cut(value) + "' is no IP address");
        }
        return value;
    }

    private static long whole(String value, int column) throws QueryError {
        if (!Address.isNumber(value, MOST_WHOLE)) {
            throw new QueryError(column, "'" + cut(value) + "' is no whole number up to " + MOST_WHOLE);
        }
        return Long.parseLong(value);
    }

    private static double decimal(String value, int column) throws QueryError {
        double number = leadingNumber(value, value.length());
        if (Double.isNaN(number)) {
            throw new QueryError(column, "'" + cut(value) + "' is no number like 3.5");
        }
        return number;
    }

    /**
     * "1500ms", "30s", "2m", "1h".
     *
     * @param bare milliseconds that a number without a unit counts
     */
    private static double millis(String value, int bare, int column) throws QueryError {
        int end = value.length();
        while (end > 0 && Character.isLetter(value.charAt(end - 1))) {
            end--;
        }
        double unit =
                switch (value.substring(end)) {
                    case "" -> bare;
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m", "min" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> Double.NaN;
                };
        double millis = leadingNumber(value, end) * unit;
        if (Double.isNaN(millis)) {
            throw new QueryError(column, "'" + cut(value) + "' is no duration like 90s, 2m, 1h or 500ms");
        }
        return millis;
    }

    /** Digits with at most one point, below a thousand million; anything else is NaN. */
    private static double leadingNumber(String value, int end) {
        int point = value.substring(0, end).indexOf('.');
        String digits =
                point < 0 ? value.substring(0, end) : value.substring(0, point) + value.substring(point + 1, end);
        boolean isNumber = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        double number = isNumber ? Double.parseDouble(value.substring(0, end)) : Double.NaN;
        return number < 1e9 ? number : Double.NaN;
    }

    /** ISO-8601; a date is its midnight, a time without zone is UTC. */
    static Instant time(String value, int column) throws QueryError {
        Instant time;
        try {
            time = parsed(value);
        } catch (DateTimeException e) {
            throw new QueryError(column, "'" + cut(value) + "' is no time like 2026-11-24T08:15:00Z");
        }
        if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
            throw new QueryError(column, "a time must be between 1970 and 2261, unlike '" + cut(value) + "'");
        }
        return time;
    }

    private static Instant parsed(String value) {
        if (isDate(value)) {
            return LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return IsoTime.of(value);
    }

    private static void checkLength(String value, int column) throws QueryError {
        if (value.length() > MAX_VALUE) {
            throw new QueryError(column, "this value is longer than " + MAX_VALUE + " characters");
        }
    }

    private static String cut(String value) {
        return value.length() > 40 ? value.substring(0, 40) + "…" : value;
    }

    private static Query none() {
        return QueryBuilders.matchNone().build()._toQuery();
    }

    private static Query any(List<Query> choices) {
        return choices.size() == 1
                ? choices.get(0)
                : QueryBuilders.bool()
                        .should(choices)
                        .minimumShouldMatch("1")
                        .build()
                        ._toQuery();
    }

    private static Query term(String path, String value, boolean anyCase) {
        return anyCase
                ? inCases(
                        value,
                        form -> QueryBuilders.term(
                                t -> t.field(path).value(form).caseInsensitive(true)))
                : QueryBuilders.term(t -> t.field(path).value(value));
    }

    /** Elasticsearch compares ASCII letters alone in any case: the others are looked for as people write them. */
    private static Query inCases(String value, Function<String, Query> one) {
        if (value.chars().allMatch(letter -> letter < 128)) {
            return one.apply(value);
        }
        var forms = new LinkedHashSet<String>();
        forms.add(value);
        forms.add(value.toLowerCase(Locale.ROOT));
        forms.add(value.toUpperCase(Locale.ROOT));
        forms.add(capitalised(value));
        return any(forms.stream().map(one).toList());
    }

    /** "jörg ÜNAL" as "Jörg Ünal". */
    private static String capitalised(String text) {
        var capitalised = new StringBuilder();
        boolean inWord = false;
        for (int letter : text.codePoints().toArray()) {
            capitalised.appendCodePoint(inWord ? Character.toLowerCase(letter) : Character.toUpperCase(letter));
            inWord = Character.isLetter(letter);
        }
        return capitalised.toString();
    }

    private static Query number(String path, long value) {
        return QueryBuilders.term(t -> t.field(path).value(value));
    }

    private static Query prefix(String path, String value, boolean anyCase) {
        return anyCase
                ? inCases(
                        value,
                        form -> QueryBuilders.prefix(
                                p -> p.field(path).value(form).caseInsensitive(true)))
                : QueryBuilders.prefix(p -> p.field(path).value(value));
    }

    private static Query wildcard(String path, String pattern, boolean anyCase) {
        return anyCase
                ? inCases(
                        pattern,
                        form -> QueryBuilders.wildcard(
                                w -> w.field(path).value(form).caseInsensitive(true)))
                : QueryBuilders.wildcard(w -> w.field(path).value(pattern));
    }

    /** Only * is a wildcard here; what else Elasticsearch takes for one stands for itself. */
    private static String starred(String value) {
        return value.replace("\\", "\\\\").replace("?", "\\?");
    }

    private static String escaped(String value) {
        return starred(value).replace("*", "\\*");
    }

    private static Query range(String path, String from, boolean fromIncluded, String to, boolean toIncluded) {
        return QueryBuilders.range(r -> r.untyped(u -> {
            u.field(path);
            if (from != null) {
                var bound = JsonData.of(from);
                u = fromIncluded ? u.gte(bound) : u.gt(bound);
            }
            if (to != null) {
                var bound = JsonData.of(to);
                u = toIncluded ? u.lte(bound) : u.lt(bound);
            }
            return u;
        }));
    }
}
