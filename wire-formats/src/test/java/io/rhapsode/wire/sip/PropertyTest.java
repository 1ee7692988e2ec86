/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.rhapsode.wire.Text;
import io.rhapsode.wire.sdp.Sdp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for any octets: the scan and the parser agree, nothing is thrown, and the time is bounded. */
class PropertyTest {
    private static final Duration LONG = Duration.ofSeconds(2);

    @Property(tries = 5_000)
    void scanAgreesWithParserOnGeneratedMessages(@ForAll("messages") byte[] message) {
        agree(message, 0, message.length);
    }

    @Property(tries = 20_000)
    void scanAgreesWithParserOnMutatedMessages(@ForAll("messages") byte[] message, @ForAll long seed) {
        mutate(message, new Random(seed));
        agree(message, 0, message.length);
    }

    @Property(tries = 10_000)
    void scanAgreesWithParserOnCutMessages(@ForAll("messages") byte[] message, @ForAll long seed) {
        var random = new Random(seed);
        int offset = random.nextInt(message.length);
        agree(message, offset, random.nextInt(message.length - offset + 1));
    }

    @Property(tries = 5_000)
    void anyOctetsAreRead(@ForAll byte[] octets) {
        agree(octets, 0, octets.length);
        Sdp.of(octets, 0, octets.length);
    }

    @Property(tries = 500)
    void nothingOutsideTheRangeIsRead(@ForAll("messages") byte[] message) {
        byte[] surrounded = new byte[message.length + 200];
        Arrays.fill(surrounded, (byte) 'i');
        byte[] trap = "Call-ID: trap\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(trap, 0, surrounded, message.length + 100, trap.length);
        System.arraycopy(message, 0, surrounded, 100, message.length);
        SipMessage alone = SipMessage.of(message, 0, message.length);
        SipMessage inside = SipMessage.of(surrounded, 100, message.length);
        assertThat(inside.callId()).isEqualTo(alone.callId());
        assertThat(inside.defects()).isEqualTo(alone.defects());
        assertThat(inside.bodyLength()).isEqualTo(alone.bodyLength());
        agree(surrounded, 100, message.length);
    }

    @Test
    void aMessageCutAnywhereIsRead() {
        byte[] whole = sample();
        for (int end = 0; end <= whole.length; end++) {
            for (int start : new int[] {0, end / 3, end}) {
                byte[] part = Arrays.copyOfRange(whole, start, end);
                agree(part, 0, part.length);
            }
        }
    }

    @Test
    void everySingleOctetMayBeAnyOther() {
        byte[] whole = sample();
        for (int at = 0; at < whole.length; at++) {
            byte kept = whole[at];
            for (char other : "\0\r\n\t :;,<>\"\\@%[=*i\u00ff".toCharArray()) {
                whole[at] = (byte) other;
                agree(whole, 0, whole.length);
            }
            whole[at] = kept;
        }
    }

    static List<String> hostile() {
        String start = "INVITE sip:a@b SIP/2.0\r\n";
        return List.of(
                ",".repeat(65_000),
                start + "Contact: " + ",".repeat(65_000),
                start + "Via: " + "SIP/2.0/UDP a;,".repeat(4_300),
                start + "X: y\r\n".repeat(10_000) + "Call-ID: late\r\n\r\n",
                start + "Via: SIP/2.0/UDP a\r\n".repeat(10_000) + "\r\n",
                start + "Call-ID:\r\n".repeat(7_000),
                start + "Call-ID:" + "\r\n ".repeat(20_000),
                start + "From: " + "\"\\\";".repeat(16_000),
                start + "Contact: " + "\"\\\",".repeat(16_000),
                start + "Contact: <sip:a>;" + "\"\\\";".repeat(16_000),
                start + "Contact: " + "<".repeat(65_000),
                start + "To: " + "<\"".repeat(32_000),
                start + "Authorization: Digest " + "a=\"\\\",".repeat(9_000),
                start + "Via: " + "SIP/2.0/UDP ".repeat(5_000),
                start + "From: <sip:" + "%41".repeat(21_000) + "@b>",
                start + "From: a\r\n" + " \r\n".repeat(20_000),
                "\r\n".repeat(32_000),
                "\r".repeat(65_000),
                "INVITE " + " ".repeat(65_000),
                " ".repeat(65_000),
                "v=0\r\n" + "m=audio 1 RTP/AVP 0\r\n".repeat(3_000),
                "m=audio 1 RTP/AVP" + " 0".repeat(32_000),
                "m=audio 1 RTP/AVP 0\r\n" + "a=rtpmap:1 x/1/1\r\n".repeat(3_600));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileMessagesTakeBoundedTime(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertTimeout(LONG, () -> {
            agree(bytes, 0, bytes.length);
            Sdp.of(bytes, 0, bytes.length);
        });
    }

    /** Reads every field, and compares the scan with the parser; returns the message. */
    static SipMessage agree(byte[] bytes, int offset, int length) {
        SipMessage.looksLikeSip(bytes, offset, length);
        SipMessage message = SipMessage.of(bytes, offset, length);
        long place = CallIdScanner.scan(bytes, offset, length);
        assertThat(message.callId()).hasToString(text(bytes, place));
        assertThat(message.defects().stream().anyMatch(one -> one.defect() == Defect.MISSING_CALL_ID))
                .isEqualTo(place < 0);
        assertThat(message.extensions().authorization()).isNotNull();
        assertThat(message.userAgent()).isNotNull();
        assertThat(message.contentType()).isNotNull();
        assertThat(message.headers(Text.of("reason"))).isNotNull();
        assertThat(message.vias()).hasSizeLessThanOrEqualTo(SipMessage.MAX_VALUES);
        assertThat(message.contacts()).hasSizeLessThanOrEqualTo(SipMessage.MAX_VALUES);
        assertThat(message.bodyOffset()).isBetween(offset, offset + length);
        assertThat(message.bodyLength()).isBetween(0, offset + length - message.bodyOffset());
        return message;
    }

    static String text(byte[] bytes, long place) {
        return place < 0 ? "" : new String(bytes, (int) (place >>> 32), (int) place, StandardCharsets.UTF_8);
    }

    private static byte[] sample() {
        return """
                INVITE sip:b@b.example SIP/2.0\r
                Via : SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport;received=192.0.2.1, SIP/2.0/TCP b\r
                From: "A \\"B\\"" <sip:a%40b:c@a.example:5062;x=y?h=i>;tag="1"\r
                t: tel:+49-30;phone-context=b\r
                i:\r
                 a@b\r
                CSeq: 1\r
                \tINVITE\r
                m: <sip:a@192.0.2.1>;q=0.7, *\r
                Authorization: Digest realm="x, y", username="u"\r
                Content-Length: 3\r
                \r
                v=0""".getBytes(StandardCharsets.UTF_8);
    }

    private static void mutate(byte[] message, Random random) {
        byte[] special = "\r\n\r\n \t:;,<>\"\\@iIcC\0\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
            int at = random.nextInt(message.length);
            message[at] = random.nextBoolean() ? special[random.nextInt(special.length)] : (byte) random.nextInt(256);
        }
    }

    @Provide
    Arbitrary<byte[]> messages() {
        var startLines = Arbitraries.of("INVITE sip:a@b SIP/2.0", "SIP/2.0 200 OK", "x", "", "\n\nBYE sip:a SIP/2.0");
        var headers = Arbitraries.of(
                        "Call-ID: one@a",
                        "call-id\t : two",
                        "I:three",
                        "i : \n  folded@id ",
                        "CALL-ID: fo\n ld",
                        "Call-ID:",
                        "Call-ID",
                        "Call-IDs: no",
                        "Callxid: no",
                        "i",
                        "i x: no",
                        "Contact: <sip:a@b>, \"i: c\" <sip:d>",
                        "Subject: a\n i: no",
                        "Via: SIP/2.0/UDP a;branch=b",
                        "From: <sip:a@b>;tag=1",
                        "CSeq: 1 INVITE",
                        "Content-Length: 4",
                        " i: continued",
                        ": empty",
                        "i: lone\rreturn",
                        "Call-ID: \u00e4\u00f6")
                .list()
                .ofMaxSize(30);
        var ends = Arbitraries.of("\r\n", "\n", "\r", "\r\r\n");
        var bodies = Arbitraries.of("", "\n", "\ni: body\n", "\n\nCall-ID: body");
        return Combinators.combine(startLines, headers, ends, bodies)
                .as((start, lines, end, body) -> (start + "\n" + String.join("\n", lines) + "\n" + body + "\u0020")
                        .replace("\n", end)
                        .getBytes(StandardCharsets.UTF_8));
    }
}
