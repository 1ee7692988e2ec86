/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.xmpp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.MalformedPacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmppStanzaTest {

    static final String MESSAGE = "<message from='juliet@example.com/balcony' id=\"ktx72v49\" to='romeo@example.net'"
            + " type='chat' xml:lang='en'><subject>x</subject><bodyguard/><body>Art thou not Romeo, &amp; a Montague?"
            + " &#x2764;&lt;</body></message>";

    private static XmppStanza read(String text) throws MalformedPacket {
        byte[] bytes = text.getBytes(UTF_8);
        return XmppStanza.of(bytes, 0, bytes.length);
    }

    /** The message of RFC 6121 section 5.1, with a little more to trip over. */
    @Test
    void messageWithBody() throws MalformedPacket {
        assertThat(read(MESSAGE))
                .isEqualTo(new XmppStanza(
                        "message",
                        "juliet@example.com/balcony",
                        "romeo@example.net",
                        "ktx72v49",
                        "chat",
                        "Art thou not Romeo, & a Montague? \u2764<"));
    }

    @Test
    void presenceIqAndStream() throws MalformedPacket {
        assertThat(read("<presence/>")).isEqualTo(new XmppStanza("presence", "", "", "", "", ""));
        assertThat(read(" \n<iq id='1' type='get'><query xmlns='jabber:iq:roster'/></iq>")
                        .type())
                .isEqualTo("get");
        assertThat(read("<?xml version='1.0'?><stream:stream from='a' to='b' xmlns='jabber:client'>")
                        .kind())
                .isEqualTo("stream");
    }

    @Test
    void beginningOfAStanza() throws MalformedPacket {
        assertThat(read(MESSAGE.substring(0, MESSAGE.indexOf("Romeo"))).body()).isEqualTo("Art thou not ");
        assertThat(read("<message from='juliet@ex").from()).isEqualTo("juliet@ex");
    }

    @Test
    void referencesThatNeedADeclarationStay() throws MalformedPacket {
        assertThat(read("<message><body>&lol9; &#xD800; &#99999999; & &;</body></message>")
                        .body())
                .isEqualTo("&lol9; &#xD800; &#99999999; & &;");
    }

    @Test
    void declarationsThatXmppForbids() {
        assertThatThrownBy(() -> read("<!DOCTYPE lolz [<!ENTITY lol SYSTEM 'file:///etc/passwd'>]><message/>"))
                .hasMessage("xmpp-restricted-xml");
    }

    @Test
    void credentialsAreKnownForWhatTheyAre() throws MalformedPacket {
        assertThat(read("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldA==</auth>")
                        .isSecret())
                .isTrue();
        assertThat(read(MESSAGE).isSecret()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{}",
                "<",
                "< a/>",
                "<1/>",
                "<?xml",
                "<a b>",
                "<a b=>",
                "<a b=c>",
                "<a: x='1'>",
                "</a>"
            })
    void whatIsNoStanza(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedPacket.class).hasMessage("not-xmpp");
    }

    @Test
    void namesAndAttributesAreBounded() {
        assertThatThrownBy(() -> read("<" + "a".repeat(100) + "/>")).hasMessage("not-xmpp");
        assertThatThrownBy(() -> read("<a " + "b='' ".repeat(1) + "c='" + "x".repeat(10_000) + "'/>"))
                .hasMessage("not-xmpp");
    }
}
