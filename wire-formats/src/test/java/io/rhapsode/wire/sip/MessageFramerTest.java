/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageFramerTest {
    private static final String INVITE = """
            INVITE sip:b@b.example SIP/2.0
            Call-ID: 1
            l : 5

            v=0
            """.replace("\n", "\r\n");
    private static final String OK = "SIP/2.0 200 OK\nCall-ID: 1\nContent-Length: 0\n\n";

    @Test
    void severalMessagesAndKeepAlivesInAStreamAreToldApart() {
        assertThat(pieces("\r\n\r\n" + INVITE + OK + INVITE)).containsExactly("\r\n\r\n", INVITE, OK, INVITE);
    }

    @Test
    void aMessageNeedsMoreUntilItsLastOctetIsThere() {
        for (int length = 0; length < INVITE.length(); length++) {
            assertThat(length(INVITE.substring(0, length))).isEqualTo(MessageFramer.NEED_MORE);
        }
        assertThat(length(INVITE)).isEqualTo(INVITE.length());
        assertThat(length(INVITE + OK)).isEqualTo(INVITE.length());
    }

    @Test
    void withoutContentLengthAMessageEndsWithItsHeaders() {
        assertThat(pieces("BYE sip:a SIP/2.0\r\n\r\n" + OK)).containsExactly("BYE sip:a SIP/2.0\r\n\r\n", OK);
    }

    @Test
    void whatIsNoSipIsSaidSoWithItsFirstLine() {
        assertThat(length("GET / HTTP/1.1\r\n")).isEqualTo(MessageFramer.NOT_SIP);
        assertThat(length("\u0016\u0003\u0001\n")).isEqualTo(MessageFramer.NOT_SIP);
        assertThat(length("x".repeat(Lines.MAX_HEADER_BYTES))).isEqualTo(MessageFramer.NOT_SIP);
    }

    @Test
    void neverAsksForMoreThanItsBound() {
        String endless = "BYE sip:a SIP/2.0\r\n" + "X: y\r\n".repeat(30_000);
        assertThat(length(endless)).isEqualTo(MessageFramer.TOO_LONG);
        assertThat(length("BYE sip:a SIP/2.0\r\nl: 2147483647\r\n\r\n")).isEqualTo(MessageFramer.TOO_LONG);
        assertThat(length("BYE sip:a SIP/2.0\r\nl: 200000\r\n\r\n")).isEqualTo(MessageFramer.NEED_MORE);
    }

    private static List<String> pieces(String stream) {
        var pieces = new ArrayList<String>();
        String rest = stream;
        while (!rest.isEmpty()) {
            int length = length(rest);
            assertThat(length).isPositive();
            pieces.add(rest.substring(0, length));
            rest = rest.substring(length);
        }
        return pieces;
    }

    private static int length(String text) {
        byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.ISO_8859_1);
        return MessageFramer.length(bytes, 2, bytes.length - 4);
    }
}
