/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultipartTest {

    @Test
    void sdpIsupPidfAndXmlAreToldApartByteForByte() {
        String isup = "\u0001\u0000I\u0000\n\u0003\u0002\u00ff\r\r\n-";
        byte[] message = message(
                "multipart/mixed; boundary=\"a b\"", """
                this is for old readers
                --a b
                Content-Type: application/sdp
                Content-Disposition: session;handling=required

                v=0
                s=-
                --a b
                content-type : application/ISUP;version=itu-t92+
                Content-Disposition: signal; handling=optional

                """.replace("\n", "\r\n") + isup + """

                --a b
                c: application/pidf+xml

                <presence/>
                --a b

                text
                --a b--
                this too
                """.replace("\n", "\r\n"));
        SipMessage sip = SipMessage.of(message, 0, message.length);
        assertThat(sip.parts())
                .extracting(part -> part.type().toString())
                .containsExactly(
                        "application/sdp", "application/ISUP;version=itu-t92+", "application/pidf+xml", "text/plain");
        assertThat(contents(message, sip.parts())).containsExactly("v=0\r\ns=-", isup, "<presence/>", "text");
        assertThat(sip.parts().get(1).disposition()).hasToString("signal; handling=optional");
        assertThat(sip.parts().get(1).is("application/isup")).isTrue();
        assertThat(sip.defects()).isEmpty();
    }

    @Test
    void nestedPartsAreFlatAndTheirDepthIsBounded() {
        String inner = "--i\n\none\n--i\n\ntwo\n--i--";
        byte[] two = message(
                "multipart/mixed;boundary=o",
                "--o\nContent-Type: multipart/alternative;boundary=i\n\n" + inner + "\n--o\n\nthree\n--o--\n");
        SipMessage sip = SipMessage.of(two, 0, two.length);
        assertThat(contents(two, sip.parts())).containsExactly("one", "two", "three");
        assertThat(sip.defects()).isEmpty();
        String deep = "x";
        for (int depth = 9; depth > 0; depth--) {
            deep = "--b" + depth + "x\nContent-Type: multipart/mixed;boundary=b" + (depth + 1) + "x\n\n" + deep
                    + "\n--b" + depth + "x--";
        }
        byte[] nine = message("multipart/mixed;boundary=b1x", deep);
        assertThat(SipMessage.of(nine, 0, nine.length).defects())
                .extracting(Finding::defect)
                .contains(Defect.TOO_MANY_PARTS);
    }

    @Test
    void aBodyThatIsCutGivesThePartsThatAreThere() {
        byte[] cut = message("multipart/mixed;boundary=b", "--b\n\none\n--b\n\ntw");
        SipMessage sip = SipMessage.of(cut, 0, cut.length);
        assertThat(contents(cut, sip.parts())).containsExactly("one", "tw");
        assertThat(sip.defects()).extracting(Finding::defect).containsExactly(Defect.BAD_MULTIPART);
    }

    @Test
    void aBoundaryInsideALineIsNone() {
        byte[] message = message("multipart/mixed;boundary=b", "--b\n\nx --b\n--bb\n--b x\n--b--\n");
        assertThat(contents(message, SipMessage.of(message, 0, message.length).parts()))
                .containsExactly("x --b\n--bb\n--b x");
    }

    @Test
    void aBodyThatIsNotMultipartIsOnePart() {
        byte[] message = message("application/sdp", "v=0\n");
        assertThat(SipMessage.of(message, 0, message.length).parts())
                .singleElement()
                .satisfies(part -> assertThat(part.is("application/sdp")).isTrue());
        assertThat(SipMessageTest.message("x").parts()).isEmpty();
    }

    /** RFC 4475 section 3.1.1.11: S/MIME, with a binary part. */
    @Test
    void mpart01HasItsTwoParts() throws IOException {
        byte[] message = Files.readAllBytes(Path.of("src/test/resources/rfc4475/mpart01.dat"));
        List<BodyPart> parts = SipMessage.of(message, 0, message.length).parts();
        assertThat(parts)
                .extracting(part -> part.type().toString())
                .containsExactly("text/plain", "application/octet-stream");
        assertThat(contents(message, parts).get(0)).isEqualTo("Hello");
    }

    private static byte[] message(String type, String body) {
        return ("""
                MESSAGE sip:b@b.example SIP/2.0
                Via: SIP/2.0/UDP a.example;branch=z9hG4bKa
                From: <sip:a@a.example>;tag=1
                To: <sip:b@b.example>
                Call-ID: c@a
                CSeq: 1 MESSAGE
                Content-Type:""" + " " + type + "\n\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> contents(byte[] message, List<BodyPart> parts) {
        return parts.stream()
                .map(part -> Arrays.copyOfRange(message, part.offset(), part.offset() + part.length()))
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .toList();
    }
}
