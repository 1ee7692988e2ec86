/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParserTest {

    private static final List<String> PIECES = List.of(
            "from:",
            "code:",
            "text:",
            "time:",
            "ip:",
            "sip.cseq.code:",
            "mos:",
            "jitter:",
            "log:",
            "3.5",
            "0.2s",
            "nofield:",
            "AND",
            " OR ",
            "NOT ",
            "-",
            "(",
            ")",
            "\"",
            "\\",
            "~\"",
            "unique:true",
            "[",
            "]",
            "{",
            " TO ",
            ">=",
            "<",
            "*",
            "4xx",
            "10.0.0.0/8",
            "fe80::1",
            "[::1]:5060",
            "2026-11-24",
            "+49221",
            "00",
            "alice",
            " ",
            "\u202e",
            "\ud83d",
            "\0");

    @Test
    void nothingIsEverything() throws QueryError {
        assertThat(QueryParser.parse("  \t ")).isEqualTo(new Clause.Everything());
    }

    @Test
    void andBindsTighterThanOr() throws QueryError {
        assertThat(QueryParser.parse("a OR b c"))
                .isEqualTo(
                        new Clause.Or(List.of(words("a", 1), new Clause.And(List.of(words("b", 6), words("c", 8))))));
    }

    @Test
    void operatorsInSmallLettersAreWords() throws QueryError {
        assertThat(QueryParser.parse("not or")).isEqualTo(new Clause.And(List.of(words("not", 1), words("or", 5))));
    }

    @Test
    void minusIsNotOnlyAtTheBeginningOfAWord() throws QueryError {
        assertThat(QueryParser.parse("-a b-c"))
                .isEqualTo(new Clause.And(List.of(new Clause.Not(words("a", 2)), words("b-c", 4))));
    }

    @Test
    void bracketsAfterAFieldHoldItsValues() throws QueryError {
        Field node = Fields.named("node").orElseThrow();
        assertThat(QueryParser.parse("node:(dus OR \"c g n\")"))
                .isEqualTo(new Clause.Or(
                        List.of(new Clause.Is(node, "dus", false, 7), new Clause.Is(node, "c g n", true, 14))));
    }

    @Test
    void aTildeTakesAPhraseForAValueWithoutQuotes() throws QueryError {
        Field reason = Fields.named("reason").orElseThrow();
        assertThat(QueryParser.parse("reason:~\"no (\\\"way\\\") *\""))
                .isEqualTo(new Clause.Is(reason, "no (\"way\") *", false, 8));
        assertThat(QueryParser.parse("reason:(~\"a b\" OR ~c)"))
                .isEqualTo(new Clause.Or(
                        List.of(new Clause.Is(reason, "a b", false, 9), new Clause.Is(reason, "~c", false, 19))));
    }

    @Test
    void rangesAndComparisonsHaveEnds() throws QueryError {
        Field code = Fields.named("code").orElseThrow();
        assertThat(QueryParser.parse("code:[400 TO 499}"))
                .isEqualTo(new Clause.Between(code, "400", true, "499", false, 6));
        assertThat(QueryParser.parse("code:>=400")).isEqualTo(new Clause.Between(code, "400", true, null, true, 6));
        assertThat(QueryParser.parse("code:<400")).isEqualTo(new Clause.Between(code, null, true, "400", false, 6));
        assertThat(QueryParser.parse("code:[* TO 299]"))
                .isEqualTo(new Clause.Between(code, null, true, "299", true, 6));
    }

    @Test
    void backslashKeepsAQuote() throws QueryError {
        assertThat(QueryParser.parse("\"a\\\"b\\\\c\"")).isEqualTo(new Clause.Words("a\"b\\c", true, 1));
    }

    @ParameterizedTest
    @CsvSource({"sip:alice@example.com", "fe80::1", "2001:db8::1", "10.0.0.1:5060", "[::1]:5060", "tel:+49221"})
    void aColonInAUriOrAddressIsNoField(String text) throws QueryError {
        assertThat(QueryParser.parse(text)).isEqualTo(words(text, 1));
    }

    @Test
    void fieldsHaveShortNamesOtherNamesAndFullNamesInAnyCase() throws QueryError {
        for (String name : List.of("callid", "Call-ID", "CID", "sip.call_id")) {
            var is = (Clause.Is) QueryParser.parse(name + ":x");
            assertThat(is.field().paths(Kind.MESSAGES)).as(name).containsExactly("sip.call_id");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "code:400 (a OR b|10|never closed",
                "a )|3|closes nothing",
                "a \"b c|3|quote is never closed",
                "form:1|1|did you mean 'from'",
                "zzzzzz:1|1|in quotes",
                "pi:1|1|did you mean 'ip'",
                "stat:1|1|did you mean 'state'",
                "medthod:1|1|did you mean 'method'",
                "xy:1|1|in quotes",
                "foo:1|1|in quotes",
                "bar:1|1|in quotes",
                "from: 1|6|must follow 'from:'",
                "a OR|5|missing here",
                "a AND AND b|7|before AND",
                "()|2|before ')'",
                "code:>= 4|8|must follow '>='",
                "code:[4 TO 5|13|missing here",
                "\"  \"|1|nothing between"
            })
    void anErrorSaysWhere(String query, int column, String sentence) {
        assertThatThrownBy(() -> QueryParser.parse(query))
                .isInstanceOf(QueryError.class)
                .hasMessageStartingWith("column " + column + ": ")
                .hasMessageContaining(sentence);
    }

    @Test
    void lengthDepthAndClausesAreBounded() {
        assertThatThrownBy(() -> QueryParser.parse("a".repeat(QueryParser.MAX_LENGTH + 1)))
                .hasMessageContaining("longer than 2000 characters");
        assertThatThrownBy(() -> QueryParser.parse("(".repeat(QueryParser.MAX_LENGTH)))
                .hasMessageContaining("column 21: the query is nested deeper than 20 levels");
        assertThatThrownBy(() -> QueryParser.parse("a ".repeat(QueryParser.MAX_CLAUSES + 1)))
                .hasMessageContaining("more than 100 parts");
    }

    @Property(tries = 5_000)
    void anyTextIsAQueryOrAnErrorWithItsPlace(@ForAll("queries") String text) {
        try {
            for (Kind searched : Kind.values()) {
                QueryCompiler.compile(QueryParser.parse(text), searched, (kind, path, query) -> List.of("id"));
            }
        } catch (QueryError e) {
            assertThat(e.column()).isBetween(1, text.length() + 1);
            assertThat(e).hasMessageStartingWith("column " + e.column() + ": ");
        }
    }

    @Provide
    Arbitrary<String> queries() {
        return Arbitraries.oneOf(
                Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join("", pieces)),
                Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join(" ", pieces)),
                Arbitraries.strings().ofMaxLength(200));
    }

    private static Clause words(String text, int column) {
        return new Clause.Words(text, false, column);
    }
}
