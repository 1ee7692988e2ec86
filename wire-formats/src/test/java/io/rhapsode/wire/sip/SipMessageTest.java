/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.Text;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SipMessageTest {
    private static final String INVITE = """
            INVITE sip:+4930123@Example.COM:5062;user=phone SIP/2.0
            Via: SIP/2.0/UDP proxy.example.com;branch=z9hG4bKa;received=192.0.2.7;rport=5070, SIP/2.0/TCP [2001:DB8::1]:5061;branch=z9hG4bKb
            v: SIP/2.0/TLS third.example.com
            Max-Forwards: 69
            From: "Al \\"Ace\\" Ice" <sip:alice:secret@a.example>;tag=f1
            t: sip:bob@b.example;tag=t1
            i: abc@a.example
            CSeq: 314 INVITE
            Contact: <sip:alice@192.0.2.1:5063>;expires=60, "B, C" <sips:b@[2001:db8::2]>
            Authorization: Digest realm="a, b", username="al ice", nonce="x"
            P-Asserted-Identity: <sip:+491@a.example>
            P-Asserted-Identity: <tel:+49-1>
            Subject: one
             two
            s: three
            User-Agent: phone/1
            Expires: 120
            Content-Type: application/sdp
            Content-Length: 4

            v=0
            """;

    static SipUri uri(String original, String scheme, String user, String host, int port, String parameters) {
        return new SipUri(
                Text.of(original),
                Text.of(scheme),
                Text.of(user),
                Text.of(host),
                port,
                Text.of(parameters),
                Text.EMPTY);
    }

    static SipMessage message(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return SipMessage.of(bytes, 0, bytes.length);
    }

    static SipMessage crlf(String text) {
        return message(text.replace("\n", "\r\n"));
    }

    @Test
    void readsEveryFieldOfARequest() {
        SipMessage message = crlf(INVITE);
        assertThat(message.isRequest()).isTrue();
        assertThat(message.method()).hasToString("INVITE");
        assertThat(message.requestUri())
                .isEqualTo(uri(
                        "sip:+4930123@Example.COM:5062;user=phone",
                        "sip",
                        "+4930123",
                        "example.com",
                        5062,
                        ";user=phone"));
        assertThat(message.callId()).hasToString("abc@a.example");
        assertThat(message.cseqNumber()).isEqualTo(314);
        assertThat(message.cseqMethod()).hasToString("INVITE");
        assertThat(message.from().displayName()).hasToString("Al \"Ace\" Ice");
        assertThat(message.from().uri())
                .isEqualTo(uri("sip:alice:secret@a.example", "sip", "alice", "a.example", 0, ""));
        assertThat(message.from().tag()).hasToString("f1");
        assertThat(message.to())
                .isEqualTo(new Address(
                        Text.EMPTY,
                        uri("sip:bob@b.example", "sip", "bob", "b.example", 0, ""),
                        Text.of("t1"),
                        Text.of("sip:bob@b.example;tag=t1"),
                        Text.of(";tag=t1")));
        assertThat(message.contacts())
                .extracting(one -> one.displayName().toString())
                .containsExactly("", "B, C");
        assertThat(message.contacts().get(1).uri().host()).hasToString("2001:db8::2");
        assertThat(message.vias()).extracting(via -> via.transport().toString()).containsExactly("UDP", "TCP", "TLS");
        assertThat(message.vias().get(0))
                .isEqualTo(new Via(
                        Text.of("SIP/2.0/UDP proxy.example.com;branch=z9hG4bKa;received=192.0.2.7;rport=5070"),
                        Text.of("UDP"),
                        Text.of("proxy.example.com"),
                        0,
                        Text.of("z9hG4bKa"),
                        Text.of("192.0.2.7"),
                        5070));
        assertThat(message.vias().get(1).host()).hasToString("2001:db8::1");
        assertThat(message.vias().get(1).port()).isEqualTo(5061);
        assertThat(message.assertedIdentities())
                .extracting(identity -> identity.uri().user().toString())
                .containsExactly("+491", "+49-1");
        assertThat(message.extensions().authorization())
                .isEqualTo(new Credentials(Text.of("Digest"), Text.of("al ice"), Text.of("a, b")));
        assertThat(message.headers(Text.of("subject"))).isEqualTo(List.of(Text.of("one two"), Text.of("three")));
        assertThat(message.userAgent()).hasToString("phone/1");
        assertThat(message.maxForwards()).isEqualTo(69);
        assertThat(message.expires()).isEqualTo(120);
        assertThat(message.contentType()).hasToString("application/sdp");
        assertThat(message.contentLength()).isEqualTo(4);
        assertThat(message.bodyLength()).isEqualTo(4);
        assertThat(message.defects()).isEmpty();
    }

    @Test
    void readsTheSameWithLineFeedsAlone() {
        assertThat(message(INVITE).callId()).hasToString("abc@a.example");
        assertThat(message(INVITE).header("s")).hasToString("one two");
        assertThat(message(INVITE).defects()).isEmpty();
    }

    @Test
    void readsTheSameWithCarriageReturnsAlone() {
        SipMessage message = message(INVITE.replace('\n', '\r'));
        assertThat(message.callId()).hasToString("abc@a.example");
        assertThat(message.header("s")).hasToString("one two");
        assertThat(message.bodyLength()).isEqualTo(4);
        assertThat(message.defects()).isEmpty();
    }

    @Test
    void readsAResponse() {
        SipMessage message = crlf("""
                SIP/2.0 486 Besetzt – später
                Via: SIP/2.0/UDP a.example;branch=z9hG4bKa
                From: <sip:a@a.example>;tag=1
                To: <sip:b@b.example>;tag=2
                Call-ID: x
                CSeq: 1 INVITE
                Server: gateway
                Content-Length: 0

                """);
        assertThat(message.isRequest()).isFalse();
        assertThat(message.method().isEmpty()).isTrue();
        assertThat(message.requestUri()).isEqualTo(SipUri.NONE);
        assertThat(message.statusCode()).isEqualTo(486);
        assertThat(message.reasonPhrase()).hasToString("Besetzt – später");
        assertThat(message.server()).hasToString("gateway");
        assertThat(message.defects()).isEmpty();
    }

    @Test
    void saysWhatIsMissingFromNothing() {
        SipMessage message = message("");
        assertThat(message.defects())
                .extracting(Finding::defect)
                .containsExactlyInAnyOrder(
                        Defect.BAD_START_LINE,
                        Defect.UNTERMINATED_HEADERS,
                        Defect.MISSING_CALL_ID,
                        Defect.MISSING_CSEQ,
                        Defect.MISSING_FROM,
                        Defect.MISSING_TO,
                        Defect.MISSING_VIA);
        assertThat(message.from()).isEqualTo(Address.NONE);
        assertThat(message.cseqNumber()).isEqualTo(-1);
        assertThat(message.contentLength()).isEqualTo(-1);
        assertThat(Defect.MISSING_CALL_ID.text()).isEqualTo("missing-call-id");
    }
}
