/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.sdp.Sdp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages of RFC 4475 and RFC 5118: each is read, and has the defects its section says, no other. */
class TortureMessagesTest {

    @ParameterizedTest(name = "RFC 4475 {0}: [{1}]")
    @CsvSource({
        // 3.1.1: valid
        "wsinv, ''",
        "intmeth, ''",
        "esc01, ''",
        "escnull, ''",
        "esc02, ''",
        "lwsdisp, ''",
        "longreq, ''",
        "dblreq, ''",
        "semiuri, ''",
        "transports, ''",
        "mpart01, ''",
        "unreason, ''",
        "noreason, ''",
        // 3.1.2: invalid
        "badinv01, bad-contact bad-via",
        "clerr, body-shorter-than-content-length",
        "ncl, bad-content-length",
        "scalar02, bad-cseq bad-expires bad-max-forwards",
        "scalarlg, bad-cseq bad-field",
        "quotbal, bad-to",
        "ltgtruri, bad-request-uri",
        "lwsruri, bad-request-uri",
        "lwsstart, bad-start-line",
        "trws, bad-start-line",
        "escruri, bad-request-uri",
        "baddate, bad-date",
        "regbadct, bad-contact",
        "badaspec, bad-to",
        "baddn, bad-from bad-to unterminated-headers",
        "badvers, unknown-version",
        "mismatch01, cseq-method-mismatch",
        "mismatch02, cseq-method-mismatch",
        "bigcode, bad-status-code",
        // 3.2 to 3.4: well formed, and wrong or odd in what they mean
        "badbranch, ''",
        "insuf, missing-call-id missing-from missing-to",
        "unkscm, ''",
        "novelsc, ''",
        "unksm2, ''",
        "bext01, ''",
        "invut, ''",
        "regaut01, ''",
        "multi01, duplicate-call-id duplicate-cseq duplicate-from duplicate-max-forwards duplicate-to",
        "mcl01, duplicate-content-length",
        "bcast, ''",
        "zeromf, ''",
        "cparam01, ''",
        "cparam02, ''",
        "regescrt, ''",
        "sdp01, ''",
        "inv2543, ''"
    })
    void rfc4475(String name, String defects) throws IOException {
        check("rfc4475/" + name + ".dat", defects);
    }

    @ParameterizedTest(name = "RFC 5118 {0}: [{1}]")
    @CsvSource({
        "ipv6-good, ''",
        "ipv6-bad, bad-request-uri",
        "port-ambiguous, ''",
        "port-unambiguous, ''",
        "via-received-param-with-delim, ''",
        "via-received-param-no-delim, ''",
        "ipv6-in-sdp, ''",
        "mult-ip-in-header, ''",
        "mult-ip-in-sdp, ''",
        "ipv4-mapped-ipv6, ''",
        "ipv6-bug-abnf-3-colons, ''",
        "ipv6-correct-abnf-2-colons, ''"
    })
    void rfc5118(String name, String defects) throws IOException {
        check("rfc5118/" + name, defects);
    }

    private static void check(String file, String defects) throws IOException {
        byte[] bytes = bytes(file);
        assertThat(SipMessage.looksLikeSip(bytes, 0, bytes.length)).isTrue();
        SipMessage message = SipMessage.of(bytes, 0, bytes.length);
        var found = message.defects().stream()
                .map(one -> one.defect().text())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(String.join(" ", found)).isEqualTo(defects);
        long place = CallIdScanner.scan(bytes, 0, bytes.length);
        assertThat(message.callId()).hasToString(PropertyTest.text(bytes, place));
    }

    @Test
    void everyMessageOfTheTwoTablesHasItsTest() throws IOException {
        assertThat(named("rfc4475"))
                .containsExactlyInAnyOrderElementsOf(ExtraCaptures.names(ExtraCaptures.require("RFC4475.tsv")));
        assertThat(named("rfc5118"))
                .containsExactlyInAnyOrderElementsOf(ExtraCaptures.names(ExtraCaptures.require("RFC5118.tsv")));
    }

    private static TreeSet<String> named(String method) {
        return Arrays.stream(TortureMessagesTest.class.getDeclaredMethods())
                .filter(one -> one.getName().equals(method))
                .flatMap(one -> Arrays.stream(one.getAnnotation(CsvSource.class).value()))
                .map(line -> line.substring(0, line.indexOf(',')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void wsinvIsReadThroughItsFoldsAndSpaces() throws IOException {
        SipMessage message = message("rfc4475/wsinv.dat");
        assertThat(message.from().displayName()).hasToString("J Rosenberg \\\"");
        assertThat(message.from().tag()).hasToString("98asjd8");
        assertThat(message.to().tag()).hasToString("1918181833n");
        assertThat(message.callId()).hasToString("wsinv.ndaksdj@192.0.2.1");
        assertThat(message.cseqNumber()).isEqualTo(9);
        assertThat(message.maxForwards()).isEqualTo(68);
        assertThat(message.vias()).extracting(via -> via.transport().toString()).containsExactly("UDP", "TCP", "UDP");
        assertThat(message.vias()).extracting(via -> via.branch().toString()).contains("390skdjuw", "z9hG4bK9ikj8");
        assertThat(message.header("UnknownHeaderWithUnusualValue")).hasToString(";;,,;;,;");
        assertThat(message.header("NewFangledHeader")).hasToString("newfangled value continued newfangled value");
    }

    @Test
    void intmethKeepsEveryTokenCharacterOfTheMethodAndTheUser() throws IOException {
        SipMessage message = message("rfc4475/intmeth.dat");
        assertThat(message.method()).hasToString("!interesting-Method0123456789_*+`.%indeed'~");
        assertThat(message.requestUri().user()).hasToString("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
        assertThat(message.requestUri().host()).hasToString("example.com");
    }

    @Test
    void escapesAreResolvedAfterSplittingAndOnlyInUsers() throws IOException {
        assertThat(message("rfc4475/esc01.dat").requestUri().user()).hasToString("sips:user@example.com");
        assertThat(message("rfc4475/escnull.dat").to().uri().user()).hasToString("null-\0-null");
        assertThat(message("rfc4475/escnull.dat").contacts()).hasSize(2);
        assertThat(message("rfc4475/esc02.dat").method()).hasToString("RE%47IST%45R");
        assertThat(message("rfc4475/esc02.dat").to().displayName()).hasToString("%Z%45");
        assertThat(message("rfc4475/semiuri.dat").requestUri().user()).hasToString("user;par=u@example.net");
    }

    @Test
    void longreqIsReadWhole() throws IOException {
        SipMessage message = message("rfc4475/longreq.dat");
        assertThat(message.vias()).hasSize(34);
        assertThat(message.callId().toString()).hasSize(141).startsWith("longreq.one");
    }

    @Test
    void brokenMessagesStillGiveWhatIsUnambiguous() throws IOException {
        SipMessage quotbal = message("rfc4475/quotbal.dat");
        assertThat(quotbal.to().displayName()).hasToString("Mr. J. User");
        assertThat(quotbal.to().uri().user()).hasToString("j.user");
        assertThat(message("rfc4475/baddn.dat").from().displayName()).hasToString("Bell, Alexander");
        assertThat(message("rfc4475/ltgtruri.dat").requestUri().original()).hasToString("sip:user@example.com");
        assertThat(message("rfc4475/lwsstart.dat").method()).hasToString("INVITE");
        assertThat(message("rfc4475/bigcode.dat").statusCode()).isZero();
        assertThat(message("rfc4475/ncl.dat").contentLength()).isEqualTo(-1);
        assertThat(message("rfc4475/multi01.dat").callId()).hasToString("multi01.98asdh@192.0.2.1");
    }

    @Test
    void whatFollowsTheBodyIsNoneOfTheMessage() throws IOException {
        SipMessage message = message("rfc4475/dblreq.dat");
        assertThat(message.method()).hasToString("REGISTER");
        assertThat(message.bodyLength()).isZero();
    }

    @Test
    void reasonPhrasesMayHaveAnyLettersOrNone() throws IOException {
        assertThat(message("rfc4475/unreason.dat").reasonPhrase())
                .hasToString("= 2**3 * 5**2 но сто девяносто девять - простое");
        assertThat(message("rfc4475/noreason.dat").reasonPhrase().isEmpty()).isTrue();
        assertThat(message("rfc4475/noreason.dat").statusCode()).isEqualTo(100);
    }

    @Test
    void ipv6AddressesAreReadWithTheirPorts() throws IOException {
        SipUri ambiguous = message("rfc5118/port-ambiguous").requestUri();
        assertThat(Map.entry(ambiguous.host().toString(), ambiguous.port()))
                .isEqualTo(Map.entry("2001:db8::10:5070", 0));
        SipUri plain = message("rfc5118/port-unambiguous").requestUri();
        assertThat(Map.entry(plain.host().toString(), plain.port())).isEqualTo(Map.entry("2001:db8::10", 5070));
        assertThat(message("rfc5118/ipv6-bad").requestUri().host()).hasToString("2001:db8::10");
    }

    @Test
    void receivedIsTheSameWithAndWithoutBrackets() throws IOException {
        for (String name : new String[] {"via-received-param-with-delim", "via-received-param-no-delim"}) {
            assertThat(message("rfc5118/" + name).vias().get(0).received()).hasToString("2001:db8::9:255");
        }
    }

    @Test
    void eachMediaHasItsOwnAddress() throws IOException {
        SipMessage message = message("rfc5118/mult-ip-in-sdp");
        Sdp sdp = Sdp.of(bytes("rfc5118/mult-ip-in-sdp"), message.bodyOffset(), message.bodyLength());
        assertThat(sdp.media())
                .extracting(media -> media.address().toString())
                .containsExactly("192.0.2.1", "2001:db8::1");
        assertThat(sdp.mediaAddresses()).containsExactly("192.0.2.1:22334", "[2001:db8::1]:6024");
    }

    private static SipMessage message(String file) throws IOException {
        byte[] bytes = bytes(file);
        return SipMessage.of(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources", file));
    }
}
