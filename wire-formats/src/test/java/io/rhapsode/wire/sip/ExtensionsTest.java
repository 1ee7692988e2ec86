/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each field of {@link Extensions}, from an example of its RFC or one like it. */
class ExtensionsTest {

    private static SipMessage with(String headers) {
        return SipMessageTest.crlf("""
                INVITE sip:b@b.example SIP/2.0
                Via: SIP/2.0/UDP a.example;branch=z9hG4bKa
                From: <sip:a@a.example>;tag=1
                To: <sip:b@b.example>
                Call-ID: c@a
                CSeq: 1 INVITE
                """ + headers + "\n\n");
    }

    /** The fields of a message that has these headers, and no defect. */
    private static Extensions clean(String headers) {
        SipMessage message = with(headers);
        assertThat(message.defects()).isEmpty();
        return message.extensions();
    }

    private static List<String> users(List<Address> addresses) {
        return addresses.stream().map(one -> one.uri().user().toString()).toList();
    }

    @Test
    void preferredIdentityAndRemoteParty() {
        Extensions fields = clean("P-Preferred-Identity: \"C J\" <sip:fluffy@cisco.example>, <tel:+14085264000>\n"
                + "Remote-Party-ID: \"John\" <sip:+1@a.example>;party=calling;privacy=full;screen=yes");
        assertThat(users(fields.preferredIdentities())).containsExactly("fluffy", "+14085264000");
        assertThat(fields.remoteParties().get(0).parameter("privacy")).hasToString("full");
        assertThat(fields.remoteParties().get(0).parameter("screen")).hasToString("yes");
    }

    @Test
    void diversionsOverSeveralLinesAndValues() {
        Extensions fields = clean("Diversion: <sip:+19195551002>;reason=user-busy, <sip:x@y>;reason=\"no-answer\"\n"
                + "Diversion: <tel:+1>;counter=2;privacy=off");
        assertThat(users(fields.diversions())).containsExactly("", "x", "+1");
        assertThat(fields.diversions())
                .extracting(one -> one.parameter("reason").toString())
                .containsExactly("user-busy", "no-answer", "");
        assertThat(fields.diversions().get(2).parameter("counter")).hasToString("2");
    }

    @Test
    void historyWithItsIndexCauseAndReason() {
        Extensions fields = clean("History-Info: <sip:bob@example.com?Reason=SIP%3Bcause%3D302>;index=1.1,"
                + "<sip:office@example.com;cause=486>;index=1.2;mp=1.1");
        assertThat(fields.history())
                .extracting(one -> one.parameter("index").toString())
                .containsExactly("1.1", "1.2");
        assertThat(fields.history().get(0).uri().header("reason")).hasToString("SIP%3Bcause%3D302");
        assertThat(fields.history().get(1).uri().parameter("cause")).hasToString("486");
    }

    @Test
    void reasonsWithTheirTextsAndWhatQ850CallsThem() {
        Extensions fields =
                clean("Reason: SIP ;cause=200 ;text=\"Call completed, elsewhere\", Q.850;cause=16;text=\"x\"");
        assertThat(fields.reasons()).extracting(one -> one.value().toString()).containsExactly("SIP", "Q.850");
        assertThat(fields.reasons().get(0).parameter("text")).hasToString("Call completed, elsewhere");
        assertThat(Q850.text(fields.reasons().get(1).number("cause", 127))).isEqualTo("Normal call clearing");
        assertThat(Q850.text(17)).isEqualTo("User busy");
        assertThat(List.of(Q850.text(-1), Q850.text(15), Q850.text(128), Q850.text(1L << 40)))
                .containsOnly("");
    }

    @Test
    void routesAndRecordRoutes() {
        Extensions fields =
                clean("Route: <sip:p1.example;lr>,\n <sip:p2.example:5070;lr>\nRecord-Route: <sip:[2001:db8::1];lr>");
        assertThat(fields.routes())
                .extracting(one -> one.uri().host().toString())
                .containsExactly("p1.example", "p2.example");
        assertThat(fields.routes().get(1).uri().port()).isEqualTo(5070);
        assertThat(fields.recordRoutes().get(0).uri().host()).hasToString("2001:db8::1");
        assertThat(fields.recordRoutes().get(0).uri().parameters()).hasToString(";lr");
    }

    @Test
    void userAndRealmOfBothAuthorizations() {
        Extensions fields = clean("Authorization: Digest username=\"bob\", realm=\"a.example\", nonce=\"1\"\n"
                + "Proxy-Authorization: Digest realm=\"x\"\nProxy-Authorization: Digest username=\"u\\\"v\",realm=p");
        assertThat(fields.authorization().user()).hasToString("bob");
        assertThat(fields.authorization().realm()).hasToString("a.example");
        assertThat(fields.proxyAuthorization().user()).hasToString("u\"v");
        assertThat(fields.proxyAuthorization().realm()).hasToString("p");
    }

    @Test
    void sessionIdOfBothSides() {
        FieldValue id = clean("Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2")
                .sessionId();
        assertThat(id.value()).hasToString("ab30317f1a784dc48ff824d0d3715d86");
        assertThat(id.parameter("remote")).hasToString("47755a9de7794ba387653f2099600ef2");
    }

    @Test
    void chargingVector() {
        FieldValue vector = clean("P-Charging-Vector: icid-value=\"1234bc9876e\";icid-generated-at=192.0.2.6;"
                        + " orig-ioi=home1.example")
                .chargingVector();
        assertThat(vector.parameter("icid-value")).hasToString("1234bc9876e");
        assertThat(vector.parameter("icid-generated-at")).hasToString("192.0.2.6");
        assertThat(vector.parameter("orig-ioi")).hasToString("home1.example");
        assertThat(vector.parameter("term-ioi").isEmpty()).isTrue();
    }

    @Test
    void warnings() {
        List<Warning> warnings = clean(
                        "Warning: 307 isi.edu \"Session parameter 'foo', not understood\"," + " 301 isi.edu:5060 \"x\"")
                .warnings();
        assertThat(warnings).extracting(Warning::code).containsExactly(307, 301);
        assertThat(warnings.get(0).text()).hasToString("Session parameter 'foo', not understood");
        assertThat(warnings.get(1).agent()).hasToString("isi.edu:5060");
    }

    @Test
    void retryAfterWithCommentAndParameter() {
        assertThat(clean("Retry-After: 18000;duration=3600").retryAfter()).isEqualTo(18_000);
        assertThat(clean("Retry-After: 120 (I'm in a meeting)").retryAfter()).isEqualTo(120);
    }

    @Test
    void provisionalResponses() {
        assertThat(clean("RSeq: 988789").rseq()).isEqualTo(988_789);
        RAck rack = clean("RAck: 776656 1 INVITE").rack();
        assertThat(rack.responseNumber()).isEqualTo(776_656);
        assertThat(rack.cseqNumber()).isEqualTo(1);
        assertThat(rack.method()).hasToString("INVITE");
    }

    @Test
    void sessionTimers() {
        Extensions fields = clean("x: 4000;refresher=uac\nMin-SE: 3600;lr");
        assertThat(fields.sessionExpires().number(1L << 32)).isEqualTo(4_000);
        assertThat(fields.sessionExpires().parameter("refresher")).hasToString("uac");
        assertThat(fields.minSe()).isEqualTo(3_600);
    }

    @Test
    void eventAndSubscriptionState() {
        Extensions fields = clean("o: refer;id=93809824\nSubscription-State: terminated;reason=noresource;expires=7");
        assertThat(fields.event().value()).hasToString("refer");
        assertThat(fields.event().parameter("id")).hasToString("93809824");
        assertThat(fields.subscriptionState().value()).hasToString("terminated");
        assertThat(fields.subscriptionState().parameter("reason")).hasToString("noresource");
        assertThat(fields.subscriptionState().number("expires", 100)).isEqualTo(7);
    }

    @Test
    void transfers() {
        Extensions fields = clean("Refer-To: <sip:dave@d.example?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345>\n"
                + "b: <sip:r@ref.example>;cid=\"2UWQFN309shb3@ref.example\"\n"
                + "Replaces: 425928@bobster.example.org;to-tag=7743;from-tag=6472\n"
                + "Join: 12adf2f34456gs5;to-tag=12345;from-tag=54321");
        assertThat(fields.referTo().uri().user()).hasToString("dave");
        assertThat(fields.referTo().uri().header("replaces")).hasToString("12345%40192.168.118.3%3Bto-tag%3D12345");
        assertThat(fields.referredBy().uri().user()).hasToString("r");
        assertThat(fields.replaces().value()).hasToString("425928@bobster.example.org");
        assertThat(fields.replaces().parameter("from-tag")).hasToString("6472");
        assertThat(fields.join().parameter("to-tag")).hasToString("12345");
    }

    @Test
    void accessAndVisitedNetworkAndGeolocation() {
        Extensions fields = clean("P-Access-Network-Info: 3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11\n"
                + "P-Visited-Network-ID: other.net, \"Visited network number 1\"\n"
                + "Geolocation: <cid:target123@atlanta.example>");
        assertThat(fields.accessNetworks().get(0).value()).hasToString("3GPP-UTRAN-TDD");
        assertThat(fields.accessNetworks().get(0).parameter("utran-cell-id-3gpp"))
                .hasToString("234151D0FCE11");
        assertThat(fields.visitedNetworks())
                .extracting(one -> one.value().toString())
                .containsExactly("other.net", "Visited network number 1");
        assertThat(fields.geolocations().get(0).uri().original()).hasToString("cid:target123@atlanta.example");
    }

    private static String token(String header, String payload) {
        var encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(payload.getBytes(StandardCharsets.UTF_8)) + ".c2lnbmF0dXJl";
    }

    /** RFC 8588 section 4. */
    @Test
    void passportOfShaken() {
        String token = token(
                "{\"alg\":\"ES256\",\"typ\":\"passport\",\"ppt\":\"shaken\",\"x5u\":\"https://cert.example/p.cer\"}",
                "{\"attest\":\"A\",\"dest\":{\"tn\":[\"12125551213\"],\"uri\":[\"sip:b@x\"]},\"iat\":1443208345,"
                        + "\"orig\":{\"tn\":\"12155551212\"},\"origid\":\"123e4567\"}");
        Extensions fields = clean("Identity: " + token + ";info=<https://cert.example/q.cer>;alg=ES256;ppt=shaken");
        assertThat(fields.identities())
                .containsExactly(new Passport(
                        "A",
                        "12155551212",
                        List.of("12125551213", "sip:b@x"),
                        1_443_208_345,
                        "123e4567",
                        "shaken",
                        "https://cert.example/p.cer"));
    }

    @Test
    void compactPassportHasWhatTheHeaderSays() {
        assertThat(clean("y: ..c2ln;info=<https://c.example/p>;ppt=\"div\"").identities())
                .containsExactly(new Passport("", "", List.of(), -1, "", "div", "https://c.example/p"));
    }

    @Test
    void anIdentityOfRfc4474HasNone() {
        assertThat(clean("Identity: \"ZYNBbHC00VMZr2kZt6VmCvPonWJMGvQTBDqghoWeLxJf\"")
                        .identities())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "!.e30.c", "e30.e3.c", "e30.W10.c", "..", "e30.eyJ4Ijox.c"})
    void whatIsNoPassportIsADefect(String token) {
        SipMessage message = with("Identity: " + token);
        boolean compact = token.equals("..");
        assertThat(message.defects()).extracting(Finding::defect).hasSize(compact ? 0 : 1);
    }

    @Test
    void deepAndLargeJsonIsRefused() {
        assertThat(Json.parse("[".repeat(100_000))).isNull();
        assertThat(Json.parse("[" + "1,".repeat(1_000) + "1]")).isNull();
        assertThat(Json.parse("{\"a\":[1,-2.5e3,true,null,\"\\u00e4\\n\"]}")).isNotNull();
        for (String broken : List.of("", "{", "{a:1}", "[1,]", "01", "1.", "\"\\x\"", "\"\n\"", "nul", "{} x", "-")) {
            assertThat(Json.parse(broken)).as(broken).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Route: <sip:a",
                "Reason: ;cause=1",
                "RAck: 1 INVITE",
                "RSeq: x",
                "Min-SE: -1",
                "Warning: 30 x",
                "P-Charging-Vector: x",
                "Session-ID: ;;",
                "Diversion: ,<sip:a@b>"
            })
    void whatIsBrokenIsADefectWithItsPlace(String header) {
        SipMessage message = with(header);
        assertThat(message.defects()).extracting(Finding::defect).containsExactly(Defect.BAD_FIELD);
        assertThat(message.defects().get(0).offset()).isGreaterThan(100);
    }
}
