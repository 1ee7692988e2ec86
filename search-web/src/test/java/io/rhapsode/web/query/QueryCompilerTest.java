/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
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
        String query = QueryCompiler.compile(QueryParser.parse("branch:z9hG4bK1"), Kind.CALLS, (kind, path, on) -> {
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
    void wordsOfALogAreLookedForInItsTextAndInThePacket() throws QueryError {
        assertThat(compiled("\"no route\"", Kind.LOGS))
                .contains("match_phrase", "\"message\"", "\"event.original\"", "\"no route\"");
        assertThat(compiled("log:route", Kind.LOGS)).contains("\"message\"").doesNotContain("event.original");
        assertThat(compiled("msrp://a.example.com", Kind.LOGS)).contains("msrp://a.example.com");
    }

    @Test
    void wordsOfAReportAreLookedForInItsTextAndItsNames() throws QueryError {
        assertThat(compiled("PCMA", Kind.MEDIA))
                .contains("event.original", "rhapsode.media.streams.codec", "\"case_insensitive\":true");
        assertThat(compiled("voip*", Kind.MEDIA)).contains("\"prefix\"", "rhapsode.media.contents");
    }

    @Test
    void anAddressWithPortIsAnEndOfAReportOrOfItsStreams() throws QueryError {
        assertThat(compiled("10.0.0.1:4000", Kind.MEDIA))
                .contains("source.port", "rhapsode.media.streams.from", "\"10.0.0.1:4000\"");
        assertThat(compiled("10.0.0.1:4000", Kind.LOGS)).contains("source.port").doesNotContain("streams");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mos:<3.6|rhapsode.media.streams.mos|\"lt\":\"3.6\"",
                "loss:[1.5 TO 20]|rhapsode.media.streams.loss_percent|\"gte\":\"1.5\"",
                "jitter:>30|rhapsode.media.streams.jitter_ms|\"gt\":\"30.0\"",
                "rtt:>=0.25s|rhapsode.media.streams.round_trip_ms|\"gte\":\"250.0\"",
                "ssrc:3724882677|rhapsode.media.streams.ssrc|3724882677",
                "codec:pcma|rhapsode.media.streams.codec|\"pcma\"",
                "report:rtcp-json|rhapsode.media.source|\"rtcp-json\"",
                "port:4001|source.port|4001",
                "src:10.0.0.0/8|source.ip|10.0.0.0/8",
                "rhapsode.media.from_sip:true|rhapsode.media.from_sip|true"
            })
    void whatReportsAreAskedFor(String query, String path, String value) throws QueryError {
        assertThat(compiled(query, Kind.MEDIA)).contains(path, value);
    }

    @Test
    void aPhraseWithATildeIsAnyPartOfADescription() throws QueryError {
        assertThat(messages("reason:~\"normal call\"")).contains("\"wildcard\"", "\"*normal call*\"");
        assertThat(messages("reason:\"normal call\"")).contains("\"term\"").doesNotContain("wildcard");
    }

    @Test
    void whatIsUniqueHasNoMarkThatItRepeats() throws QueryError {
        assertThat(messages("unique:true")).contains("must_not", "\"exists\"", "rhapsode.repeat");
        assertThat(messages("unique:false")).contains("\"exists\"").doesNotContain("must_not");
        assertThat(messages("repeat:duplicate")).contains("rhapsode.repeat", "\"duplicate\"");
    }

    @ParameterizedTest
    @CsvSource({"leg:one@a", "b2b:one@a"})
    void aCallIsFoundByItsOwnCallIdAndThoseItIsJoinedTo(String query) throws QueryError {
        assertThat(compiled(query, Kind.CALLS))
                .contains("sip.call_id", "rhapsode.call.links.call_id", "rhapsode.call.session", "one@a")
                .doesNotContain("perhaps");
    }

    @Test
    void theLegsOfACallAreAllOfItsSession() throws QueryError {
        var asked = new ArrayList<String>();
        String query = QueryCompiler.compile(QueryParser.parse("b2b:one@a"), Kind.MESSAGES, (kind, path, on) -> {
                    asked.add(kind + " " + path + " " + on);
                    return List.of(path.equals("sip.call_id") ? "other@a" : "first@a");
                })
                .toString();
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0)).startsWith("CALLS rhapsode.call.session ").contains("one@a");
        assertThat(asked.get(1)).startsWith("CALLS sip.call_id ").contains("one@a", "first@a");
        assertThat(query).contains("sip.call_id", "other@a").doesNotContain("first@a");
    }

    @ParameterizedTest
    @CsvSource({
        "level:ERROR, log.level",
        "kind:msrp, rhapsode.log.kind",
        "frompath:alice, rhapsode.log.from",
        "topath:bob*, rhapsode.log.to",
        "messageid:4, rhapsode.log.message_id",
        "contenttype:plain, rhapsode.log.content_type",
        "node:dus, observer.name",
        "transport:tcp, network.transport",
        "callid:abc, sip.call_id"
    })
    void whatLogsAreAskedFor(String query, String path) throws QueryError {
        assertThat(compiled(query, Kind.LOGS)).contains(path).doesNotContain("match_none");
    }

    @ParameterizedTest
    @CsvSource({
        "discard:>2, CALLS, MEDIA",
        "mos:<3, MESSAGES, CALLS",
        "r:<50, LOGS, MEDIA",
        "level:error, CALLS, LOGS",
        "log:route, MESSAGES, LOGS",
        "a:+4930*, MEDIA, CALLS",
        "state:failed, LOGS, CALLS",
        "branch:x, MEDIA, MESSAGES",
        "site:dus, LOGS, CALLS",
        "codec:pcma, LOGS, CALLS",
        "*4991, LOGS, CALLS"
    })
    void whatAKindDoesNotKnowIsAskedOfTheOneThatDoes(String query, Kind searched, Kind asked) throws QueryError {
        var kinds = new ArrayList<Kind>();
        String compiled = QueryCompiler.compile(QueryParser.parse(query), searched, (kind, path, on) -> {
                    kinds.add(kind);
                    return List.of("one@a");
                })
                .toString();
        assertThat(kinds).containsExactly(asked);
        assertThat(compiled).contains("\"terms\"", "sip.call_id", "one@a");
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
                "unique:maybe|8|neither true nor false",
                "unique:*|8|neither true nor false",
                "unique:>true|8|no order",
                "ip:10.0.0.256|4|no IP address",
                "ip:10.0.0.0/33|4|no IP address",
                "callid:*abc|8|not by its end",
                "from:*123*|6|not by both",
                "duration:>soon|10|no duration like",
                "time:>yesterday|6|no time like",
                "state:>a|7|no order",
                "mos:<good|5|no number like",
                "mos:1.2.3|5|no number like",
                "mos:NaN|5|no number like",
                "loss:>1e3|6|no number like",
                "jitter:>2weeks|8|no duration like",
                "***|1|its end (*abc), not by both",
                "to:*555*|4|not by both",
                "code:[400 499]|11|TO' is missing",
                "code:[400 TO|13|a value is missing here",
                "code:4294967296|6|up to 4294967295",
                "hold:yes|6|neither true nor false",
                "rhapsode.sdp.hold:tru*|19|neither true nor false",
                "ip:01.2.3.4|4|no IP address",
                "time:<1960-01-01|6|between 1970 and 2261",
                "time:2300-01-01|6|between 1970 and 2261"
            })
    void aValueThatDoesNotFitIsAnErrorWithItsPlace(String query, int column, String sentence) {
        assertThatThrownBy(() -> messages(query))
                .isInstanceOf(QueryError.class)
                .hasMessageStartingWith("column " + column + ": ")
                .hasMessageContaining(sentence);
    }

    @Test
    void aDateIsItsWholeDayAsABoundToo() throws QueryError {
        assertThat(messages("time:[2026-11-29 TO 2026-11-30]"))
                .contains("\"gte\":\"2026-11-29T00:00:00.000000000Z\"", "\"lt\":\"2026-12-01T00:00:00.000000000Z\"");
        assertThat(messages("time:>2026-11-30")).contains("\"gte\":\"2026-12-01T00:00:00.000000000Z\"");
        assertThat(messages("time:<2026-11-30")).contains("\"lt\":\"2026-11-30T00:00:00.000000000Z\"");
    }

    @Test
    void aTimeIsComparedToTheNanosecond() throws QueryError {
        assertThat(messages("time:>2026-11-30T16:59:22Z")).contains("\"gt\":\"2026-11-30T16:59:22.000000000Z\"");
        assertThat(messages("time:<=2026-11-30T16:59:22.5Z"))
                .contains("\"lte\":\"2026-11-30T16:59:22.500000000Z\"")
                .contains("\"gte\":\"1970-01-01T00:00:00.000000000Z\"");
    }

    @Test
    void aNumberBeyondItsFieldIsNoError() throws QueryError {
        assertThat(messages("port:>3000000000")).contains("match_none");
        assertThat(messages("port:3000000000")).contains("match_none");
        assertThat(messages("srcport:[1 TO 4294967295]"))
                .contains("\"gte\":\"1\"")
                .doesNotContain("4294967295");
    }

    @Test
    void lettersBeyondAsciiAreFoundInAnyCaseToo() throws QueryError {
        assertThat(messages("name:~\"jörg ÜNAL\""))
                .contains("*jörg ünal*", "*JÖRG ÜNAL*", "*Jörg Ünal*", "\"case_insensitive\":true");
        assertThat(messages("fromhost:ö.example"))
                .contains("\"ö.example\"", "\"Ö.EXAMPLE\"", "\"case_insensitive\":true");
    }

    @Test
    void anAddressOfOneGroupIsNoWordToSearchFor() throws QueryError {
        assertThat(messages("::1")).contains("\"source.ip\"").doesNotContain("match_phrase");
        assertThat(messages("2001:db8::1")).contains("match_phrase");
    }

    @Test
    void aFullNameComparesAsItsShortNameDoes() throws QueryError {
        assertThat(messages("sip.method:invite")).isEqualTo(messages("method:invite"));
        assertThat(messages("sip.user_agent.original:phone")).isEqualTo(messages("ua:phone"));
        assertThat(messages("rhapsode.sdp.hold:TRUE")).isEqualTo(messages("hold:true"));
    }

    @Test
    void everyShortNameLeadsToFieldsThatTheTemplatesHave() {
        for (Field field : Fields.SHORT) {
            assertThat(field.paths()).as(field.name()).isNotEmpty();
            field.paths()
                    .forEach((kind, paths) ->
                            assertThat(paths).as(field.name()).isNotEmpty().allMatch(path -> Fields.has(kind, path)));
        }
    }

    @Test
    void aFullNameIsOfTheSameTypeInEveryKind() {
        var types = new HashMap<String, String>();
        for (Kind kind : Kind.values()) {
            Mapping.of(kind.indices()).forEach((path, type) -> assertThat(types.merge(path, type, (one, other) -> one))
                    .as(path)
                    .isEqualTo(type));
        }
    }

    @Test
    void everyNameOfAKindsWordsIsOneThatItsTemplateHas() {
        for (Kind kind : Kind.values()) {
            assertThat(kind.names()).as(kind.path()).allMatch(path -> Fields.has(kind, path));
            assertThat(kind.texts()).as(kind.path()).allMatch(path -> Fields.has(kind, path));
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
        return QueryCompiler.compile(QueryParser.parse(query), kind, (on, path, joined) -> List.of())
                .toString();
    }
}
