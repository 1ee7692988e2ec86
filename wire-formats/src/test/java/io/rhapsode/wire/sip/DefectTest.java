/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One broken message for each defect, made from a clean one; the defect is found, and no other. */
class DefectTest {
    private static final String CLEAN = """
            INVITE sip:b@b.example SIP/2.0
            Via: SIP/2.0/UDP a.example;branch=z9hG4bKa
            Max-Forwards: 70
            From: <sip:a@a.example>;tag=1
            To: <sip:b@b.example>
            Call-ID: c@a
            CSeq: 1 INVITE
            Contact: <sip:a@192.0.2.1>
            P-Asserted-Identity: <sip:a@a.example>
            Expires: 60
            Date: Sat, 13 Nov 2010 23:29:00 GMT
            Content-Length: 4

            v=0
            """;

    private record Change(String from, String to) {}

    private static final Map<Defect, Change> CHANGES = Map.ofEntries(
            change(Defect.BAD_START_LINE, "INVITE sip:b@b.example", "INVITE  sip:b@b.example"),
            change(Defect.UNKNOWN_VERSION, "example SIP/2.0", "example SIP/3.0"),
            change(Defect.BAD_REQUEST_URI, "sip:b@b.example SIP", "sip:b@b.example:x SIP"),
            change(Defect.BAD_STATUS_CODE, "INVITE sip:b@b.example SIP/2.0", "SIP/2.0 700 Much"),
            change(Defect.BAD_HEADER_LINE, "Expires: 60", "Expires 60"),
            change(Defect.UNTERMINATED_HEADERS, "Content-Length: 4\n\nv=0\n", "Content-Length: 0\n"),
            change(Defect.TOO_MANY_HEADERS, "Expires: 60\n", "Expires: 60\n" + "X: y\n".repeat(1_000)),
            change(
                    Defect.HEADERS_TOO_LONG,
                    "Content-Length: 4",
                    "Content-Length: 0\nX: " + "y".repeat(Lines.MAX_HEADER_BYTES)),
            change(Defect.TOO_MANY_VALUES, "Contact: ", "Contact: " + "<sip:c@c>,".repeat(SipMessage.MAX_VALUES)),
            change(Defect.MISSING_CALL_ID, "Call-ID: c@a\n", ""),
            change(Defect.MISSING_CSEQ, "CSeq: 1 INVITE\n", ""),
            change(Defect.MISSING_FROM, "From: <sip:a@a.example>;tag=1\n", ""),
            change(Defect.MISSING_TO, "To: <sip:b@b.example>\n", ""),
            change(Defect.MISSING_VIA, "Via: SIP/2.0/UDP a.example;branch=z9hG4bKa\n", ""),
            change(Defect.DUPLICATE_CALL_ID, "Call-ID: c@a\n", "Call-ID: c@a\ni: c@a\n"),
            change(Defect.DUPLICATE_CSEQ, "CSeq: 1 INVITE\n", "CSeq: 1 INVITE\nCSeq: 2 INVITE\n"),
            change(Defect.DUPLICATE_FROM, "From: ", "f: <sip:x@y>\nFrom: "),
            change(Defect.DUPLICATE_TO, "\nTo: ", "\nt: <sip:x@y>\nTo: "),
            change(Defect.DUPLICATE_MAX_FORWARDS, "Expires", "Max-Forwards: 1\nExpires"),
            change(Defect.DUPLICATE_CONTENT_LENGTH, "Content-Length: 4", "Content-Length: 4\nl: 4"),
            change(Defect.BAD_CALL_ID, "c@a\n", "c a\n"),
            change(Defect.BAD_CSEQ, "1 INVITE", "4294967296 INVITE"),
            change(Defect.CSEQ_METHOD_MISMATCH, "1 INVITE", "1 BYE"),
            change(Defect.BAD_FROM, "<sip:a@a.example>;tag=1", "<sip:a@a.example;tag=1"),
            change(Defect.BAD_TO, "<sip:b@b.example>\n", "\"B <sip:b@b.example>\n"),
            change(Defect.BAD_CONTACT, "Contact: ", "Contact: ,"),
            change(Defect.BAD_VIA, "SIP/2.0/UDP a.example", "SIP/2.0/UDP"),
            change(Defect.BAD_ASSERTED_IDENTITY, "Identity: <sip:", "Identity: <"),
            change(Defect.BAD_CONTENT_LENGTH, "Length: 4", "Length: -4"),
            change(Defect.BAD_MAX_FORWARDS, "70", "256"),
            change(Defect.BAD_EXPIRES, "60", "soon"),
            change(Defect.BAD_DATE, "GMT", "EST"),
            change(Defect.BAD_FIELD, "Expires: 60", "Retry-After: x/y\nExpires: 60"),
            change(Defect.BAD_IDENTITY, "Expires: 60", "Identity: eyJ.e30.c2ln;info=<https://c>\nExpires: 60"),
            change(Defect.BAD_MULTIPART, "Content-Length: 4", "Content-Type: multipart/mixed\nContent-Length: 4"),
            change(
                    Defect.TOO_MANY_PARTS,
                    "Content-Length: 4\n\n",
                    "Content-Type: multipart/mixed;boundary=b\n\n" + "--b\n\nx\n".repeat(65)),
            change(Defect.BODY_SHORTER_THAN_CONTENT_LENGTH, "Length: 4", "Length: 5"));

    private static Map.Entry<Defect, Change> change(Defect defect, String from, String to) {
        return Map.entry(defect, new Change(from, to));
    }

    @Test
    void theCleanMessageHasNone() {
        assertThat(defects(CLEAN)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void findsThisDefectAlone(Defect defect) {
        Change change = CHANGES.get(defect);
        assertThat(CLEAN).containsOnlyOnce(change.from());
        assertThat(defects(CLEAN.replace(change.from(), change.to()))).isEqualTo(Set.of(defect));
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void namesAreKebabCaseAndFixed(Defect defect) {
        assertThat(defect.text()).matches("[a-z]+(-[a-z]+)*").isEqualTo(defect.toString());
    }

    private static Set<Defect> defects(String text) {
        return findings(text).stream().map(Finding::defect).collect(Collectors.toSet());
    }

    private static List<Finding> findings(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return SipMessage.of(bytes, 0, bytes.length).defects();
    }

    /** Where in the clean message each defect's place is; what is not here is missing, or has its own test below. */
    static Stream<Arguments> places() {
        return Stream.of(
                arguments(Defect.BAD_START_LINE, "INVITE"),
                arguments(Defect.UNKNOWN_VERSION, "SIP/3.0"),
                arguments(Defect.BAD_REQUEST_URI, "sip:b@b.example:x"),
                arguments(Defect.BAD_STATUS_CODE, "700"),
                arguments(Defect.BAD_HEADER_LINE, "Expires 60"),
                arguments(Defect.TOO_MANY_VALUES, "<sip:a@192.0.2.1>"),
                arguments(Defect.DUPLICATE_CSEQ, "2 INVITE"),
                arguments(Defect.DUPLICATE_CALL_ID, "c@a\nCSeq"),
                arguments(Defect.BAD_CALL_ID, "c a"),
                arguments(Defect.BAD_CSEQ, "4294967296"),
                arguments(Defect.CSEQ_METHOD_MISMATCH, "1 BYE"),
                arguments(Defect.BAD_TO, "\"B <sip"),
                arguments(Defect.BAD_CONTACT, ",<sip:a@192"),
                arguments(Defect.BAD_VIA, "SIP/2.0/UDP;"),
                arguments(Defect.BAD_CONTENT_LENGTH, "-4"),
                arguments(Defect.BAD_MAX_FORWARDS, "256"),
                arguments(Defect.BAD_EXPIRES, "soon"),
                arguments(Defect.BAD_DATE, "Sat, "),
                arguments(Defect.BAD_FIELD, "x/y"),
                arguments(Defect.BAD_IDENTITY, "eyJ"),
                arguments(Defect.BAD_MULTIPART, "v=0"),
                arguments(Defect.BODY_SHORTER_THAN_CONTENT_LENGTH, "5\n"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void saysWhereItIs(Defect defect, String at) {
        Change change = CHANGES.get(defect);
        String broken = CLEAN.replace(change.from(), change.to());
        assertThat(findings(broken)).containsExactly(new Finding(defect, broken.indexOf(at)));
    }

    @Test
    void aPlaceInAFoldedValueIsItsBegin() {
        String folded = CLEAN.replace("Contact: <sip:a@192.0.2.1>", "Contact: <sip:a@192.0.2.1>\n , ,<sip:c@c>");
        assertThat(findings(folded)).containsExactly(new Finding(Defect.BAD_CONTACT, folded.indexOf("<sip:a@192")));
    }

    @Test
    void placesCountFromTheMessagesBeginNotTheArrays() {
        byte[] bytes = ("xxxx" + CLEAN.replace("Expires: 60", "Expires: soon")).getBytes(StandardCharsets.UTF_8);
        int at = CLEAN.indexOf("60");
        assertThat(SipMessage.of(bytes, 4, bytes.length - 4).defects())
                .containsExactly(new Finding(Defect.BAD_EXPIRES, at));
    }
}
