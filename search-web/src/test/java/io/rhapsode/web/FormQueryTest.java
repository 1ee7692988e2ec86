/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.web.query.Clause;
import io.rhapsode.web.query.QueryError;
import io.rhapsode.web.query.QueryParser;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormQueryTest {

    /** Those whose value is read before it is written. */
    private static final Set<String> READ = Set.of("method", "cseq", "via1");

    private static final List<String> PIECES = List.of(
            "\"", "\\", "*", "(", ")", "[", "]", "{", "}", "~", "<", ">", "=", ":", ",", ";", "-", " ", "\u00a0", "\t",
            "\n", "\0", " OR ", " AND ", "NOT ", " TO ", "from:", "a", "+49", "7", "é", "\ud83d", "\u202e");

    private static String query(Map<String, String> typed, String... nodes) {
        var given = new HashMap<String, List<String>>();
        typed.forEach((name, value) -> given.put(name, List.of(value)));
        return FormQuery.of(Parameters.of(given, FormPage.names()), List.of(nodes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "ruri|+49221*|ruri:+49221*",
                "method|INVITE|method:INVITE",
                "method|486|code:486",
                "method|4xx|code:4xx",
                "cseq|7|cseq:7",
                "cseq|invite|cseqmethod:invite",
                "cseq|7 INVITE|cseq:7 AND cseqmethod:INVITE",
                "status|Not Found|status:~\"Not Found\"",
                "reason|Q.850;cause=16;text=\"Normal\"|reason:~\"Q.850;cause=16;text=\\\"Normal\\\"\"",
                "via1|SIP/2.0/UDP 10.0.0.1:5060;branch=x|via1:~\"SIP/2.0/UDP 10.0.0.1:5060\"",
                "via1|;branch=x|''",
                "originator|[2001:db8::1]|originator:~\"[2001:db8::1]\"",
                "callid|a b) OR (c|callid:~\"a b) OR (c\"",
                "auth|' '|''"
            })
    void aFieldIsACondition(String name, String value, String query) {
        assertThat(query(Map.of(name, value))).isEqualTo(query);
    }

    @Test
    void fieldsAreJoinedByAndOrByOrWithinThePlaceTheTimeAndWhatIsUnique() {
        var typed = new HashMap<>(Map.of("from", "alice", "to", "bob"));
        assertThat(query(typed)).isEqualTo("to:bob AND from:alice");
        assertThat(query(typed, "dus")).isEqualTo("to:bob AND from:alice AND node:dus");
        typed.put("join", "or");
        assertThat(query(typed)).isEqualTo("to:bob OR from:alice");
        typed.put("unique", "true");
        assertThat(query(typed, "dus", "c g", "dus"))
                .isEqualTo("(to:bob OR from:alice) AND (node:dus OR node:~\"c g\") AND unique:true");
        assertThat(query(Map.of("cseq", "1 BYE", "from", "alice", "join", "or")))
                .isEqualTo("from:alice OR (cseq:1 AND cseqmethod:BYE)");
        assertThat(query(Map.of(), "dus", "cgn")).isEqualTo("node:dus OR node:cgn");
        assertThat(query(Map.of())).isEmpty();
    }

    /** One condition for each value with the value as it was typed, joined as they were to be joined, and nothing else. */
    @Property(tries = 2_000)
    void noValueBreaksOutOfItsCondition(
            @ForAll("values") List<String> values, @ForAll boolean or, @ForAll("value") String node) throws QueryError {
        var typed = new LinkedHashMap<String, String>();
        for (FormPage.Input input : FormPage.inputs()) {
            if (!READ.contains(input.name()) && typed.size() < values.size()) {
                typed.put(input.name(), values.get(typed.size()));
            }
        }
        typed.put("join", or ? "or" : "and");
        var conditions = typed.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals("join") && !entry.getValue().isBlank())
                .map(entry -> (entry.getKey().equals("b2b") ? "leg" : entry.getKey()) + "="
                        + entry.getValue().strip())
                .toList();
        String query = query(typed);
        if (query.length() <= QueryParser.MAX_LENGTH) {
            assertThat(conditions(QueryParser.parse(query), or)).isEqualTo(conditions);
        }
        if (!node.isBlank()) {
            assertThat(conditions(QueryParser.parse(query(Map.of(), node)), or))
                    .containsExactly("node=" + node.strip());
        }
    }

    /** What is read of a value before it is written is one condition for each of its parts. */
    @Property(tries = 2_000)
    void neitherDoesOneThatIsReadBefore(@ForAll("value") String value) throws QueryError {
        for (String name : READ) {
            String query = query(Map.of(name, value, "from", "alice", "join", "or"));
            Clause clause = QueryParser.parse(query);
            var choices = clause instanceof Clause.Or or ? or.clauses() : List.of(clause);
            assertThat(choices).hasSizeLessThanOrEqualTo(2);
            assertThat(conditions(choices.get(0), false)).contains("from=alice");
            if (choices.size() == 2) {
                assertThat(conditions(choices.get(1), false))
                        .allMatch(condition -> condition.matches("(?s)(method|code|cseq|cseqmethod|via1)=.+"));
            }
        }
    }

    private static List<String> conditions(Clause clause, boolean or) {
        if (clause instanceof Clause.Everything) {
            return List.of();
        }
        if (clause instanceof Clause.Is is) {
            assertThat(is.quoted()).isFalse();
            return List.of(is.field().name() + "=" + is.value());
        }
        var clauses = or ? ((Clause.Or) clause).clauses() : ((Clause.And) clause).clauses();
        return clauses.stream().flatMap(each -> conditions(each, or).stream()).toList();
    }

    @Provide
    Arbitrary<String> value() {
        return Arbitraries.oneOf(
                Arbitraries.of(PIECES).list().ofMaxSize(8).map(pieces -> String.join("", pieces)),
                Arbitraries.strings().ofMaxLength(30));
    }

    @Provide
    Arbitrary<List<String>> values() {
        return value().list().ofMaxSize(25);
    }
}
