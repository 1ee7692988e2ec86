/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryCompilerTest {

    @Test
    void aNumberIsFoundByItsEndInTheFieldThatKeepsItBackwards() throws QueryError {
        assertThat(messages("to:*4991")).contains("\"prefix\"", "rhapsode.reversed.to", "\"1994\"");
        assertThat(calls("a:*4991")).contains("\"prefix\"", "rhapsode.reversed.a_number", "\"1994\"");
    }

    @Test
    void internationalNumbersAreTheSameHoweverWritten() throws QueryError {
        for (String number : List.of("+492219876543", "00492219876543", "492219876543")) {
            assertThat(messages("from:" + number))
                    .as(number)
                    .contains("\"+492219876543\"", "\"00492219876543\"", "\"492219876543\"");
        }
        assertThat(messages("from:\"+492219876543\"")).doesNotContain("0049221");
        assertThat(messages("from:0221987654")).doesNotContain("\"+");
        assertThat(messages("from:0049221*")).contains("\"+49221\"", "\"0049221\"");
    }

    @ParameterizedTest
    @CsvSource({"4xx", "4XX", "4*", "[400 TO 499]"})
    void aHundredOfCodesIsARange(String value) throws QueryError {
        assertThat(messages("code:" + value)).contains("\"sip.code\"", "\"gte\":\"400\"", "\"lte\":\"499\"");
    }

    @Test
    void networksAreAskedOfAddressFields() throws QueryError {
        assertThat(messages("ip:10.0.0.0/8")).contains("source.ip", "destination.ip", "10.0.0.0/8");
        assertThat(messages("ip:10.1.*")).contains("10.1.0.0/16");
        assertThat(messages("src:[2001:db8::1]")).contains("\"2001:db8::1\"");
        assertThat(calls("ip:2001:db8::/32")).contains("related.ip", "2001:db8::/32");
    }

    @Test
    void anAddressWithPortIsOneEnd() throws QueryError {
        assertThat(messages("10.0.0.1:5060")).contains("source.ip", "source.port", "destination.port", "5060");
        assertThat(calls("10.0.0.1:5060")).contains("rhapsode.call.hosts", "10.0.0.1:5060");
    }

    @Test
    void whatOnlyMessagesKnowIsAskedOfThemAndJoinedByCallId() throws QueryError {
        var asked = new StringBuilder();
        String query = QueryCompiler.compile(QueryParser.parse("branch:z9hG4bK1"), Kind.CALLS, (kind, on) -> {
                    asked.append(kind).append(on);
                    return List.of("one@a", "two@b");
                })
                .toString();
        assertThat(asked).contains("MESSAGES", "sip.via.branch", "z9hG4bK1");
        assertThat(query).contains("\"terms\"", "sip.call_id", "one@a", "two@b");
    }

    @Test
    void noCallIdFoundMeansNothingFound() throws QueryError {
        assertThat(messages("state:failed")).contains("match_none");
    }

    @Test
    void wordsAreFoundWithAndWithoutTheSchemeTheTokenizerJoins() throws QueryError {
        assertThat(messages("alice")).contains("match_phrase", "\"alice\"", "\"sip:alice\"");
        assertThat(messages("z9hG4bK-7*")).contains("match_phrase_prefix");
    }

    @Test
    void headersThatAreKeptByNameAreFoundByTheirBeginning() throws QueryError {
        assertThat(messages("header.X-CID:abc")).contains("\"term\"", "rhapsode.headers.x-cid", "\"abc\"");
        assertThat(messages("header.x-cid:ab*")).contains("\"prefix\"", "rhapsode.headers.x-cid", "\"ab\"");
        assertThat(messages("header.x-cid:*")).contains("\"exists\"");
        assertThatThrownBy(() -> messages("header.x-cid:*bc"))
                .isInstanceOf(QueryError.class)
                .hasMessageContaining("beginning");
    }

    @Test
    void fieldsOfExtensionsAndOfTheSessionDescriptionHaveShortNames() throws QueryError {
        assertThat(messages("cause:16")).contains("rhapsode.cause.q850", "16");
        assertThat(messages("codec:pcma hold:true")).contains("rhapsode.sdp.codec", "rhapsode.sdp.hold", "true");
        assertThat(messages("diverted:+4930123"))
                .contains("rhapsode.diverted_by.username", "rhapsode.history.username");
        assertThat(messages("attest:a")).contains("rhapsode.passport.attestation");
    }

    @Test
    void onlyTheStarIsAWildcard() throws QueryError {
        assertThat(messages("ua:*a?b*")).contains("*a\\\\?b*");
        assertThat(messages("ua:\"a*b\"")).contains("\"term\"", "\"a*b\"").doesNotContain("wildcard");
        assertThat(messages("callid:abc*")).contains("\"prefix\"", "\"abc\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "code:abc|6|no whole number",
                "a b code:99999999999|10|no whole number",
                "ip:10.0.0.256|4|no IP address",
                "ip:10.0.0.0/33|4|no IP address",
                "callid:*abc|8|not by its end",
                "from:*123*|6|three characters",
                "duration:>soon|10|no duration like",
                "time:>yesterday|6|no time like",
                "state:>a|7|no order",
                "***|1|three characters"
            })
    void aValueThatDoesNotFitIsAnErrorWithItsPlace(String query, int column, String sentence) {
        assertThatThrownBy(() -> messages(query))
                .isInstanceOf(QueryError.class)
                .hasMessageStartingWith("column " + column + ": ")
                .hasMessageContaining(sentence);
    }

    @Test
    void everyShortNameLeadsToFieldsThatTheTemplatesHave() {
        for (Field field : Fields.SHORT) {
            assertThat(field.messages()).as(field.name()).allMatch(path -> Fields.has(Kind.MESSAGES, path));
            assertThat(field.calls()).as(field.name()).allMatch(path -> Fields.has(Kind.CALLS, path));
            assertThat(field.messages().size() + field.calls().size())
                    .as(field.name())
                    .isPositive();
        }
    }

    @Test
    void namesAndOtherNamesAreUsedOnce() {
        assertThat(Fields.SHORT.stream()
                        .flatMap(field -> java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(field.name()), field.aliases().stream())))
                .doesNotHaveDuplicates();
    }

    private static String messages(String query) throws QueryError {
        return compiled(query, Kind.MESSAGES);
    }

    private static String calls(String query) throws QueryError {
        return compiled(query, Kind.CALLS);
    }

    private static String compiled(String query, Kind kind) throws QueryError {
        return QueryCompiler.compile(QueryParser.parse(query), kind, (on, joined) -> List.of())
                .toString();
    }
}
