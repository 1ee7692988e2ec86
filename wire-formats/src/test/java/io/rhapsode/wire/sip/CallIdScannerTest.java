/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallIdScannerTest {
    private static final String START = "BYE sip:b SIP/2.0\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Call-ID: a@b\r\n",
                "CALL-id:a@b\r\n",
                "Call-ID \t :\t a@b \t\r\n",
                "i: a@b\r\n",
                "I:a@b\r\n",
                "Call-ID:\r\n a@b\r\n",
                "Call-ID: \r\n\t\r\n  a@b\r\n",
                "Via: x\r\n y\r\nCall-ID: a@b\r\nCall-ID: other\r\n",
                "Call-ID:\r\ni: a@b\r\n",
                "Call-IDs: x\r\nCall-I: x\r\nCall_ID: x\r\nCallMID: x\r\nidentity: x\r\ni x: y\r\nCall-ID: a@b\r\n",
                "Subject: x\r\n Call-ID: in a fold\r\nCall-ID: a@b\r\n",
                "Call-ID: a@b"
            })
    void findsTheCallId(String headers) {
        assertThat(scan(START + headers + "\r\n")).isEqualTo("a@b");
        assertThat(scan((START + headers + "\r\n").replace("\r\n", "\n"))).isEqualTo("a@b");
        assertThat(scan((START + headers + "\r\n").replace("\r\n", "\r"))).isEqualTo("a@b");
        assertThat(scan("\r\n\r\n" + START + headers + "\r\n")).isEqualTo("a@b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Call-ID: in the start line",
                START,
                START + "Call-ID:\r\n\r\n",
                START + "Via: x\r\n\r\nCall-ID: in-the-body\r\n",
                START + "Via: x\n\nCall-ID: in-the-body\r\n",
                START + " Call-ID: a-fold-of-nothing\r\n\r\n",
                START + "Call-ID\r\n: x\r\n\r\n"
            })
    void findsNoneWhereThereIsNone(String message) {
        assertThat(scan(message)).isEmpty();
    }

    @Test
    void looksNoFurtherThanTheLastHeaderOfTheBound() {
        String header = "X: y\r\n";
        assertThat(scan(START + header.repeat(Lines.MAX_HEADERS - 1) + "i: last\r\n\r\n"))
                .isEqualTo("last");
        assertThat(scan(START + header.repeat(Lines.MAX_HEADERS) + "i: late\r\n\r\n"))
                .isEmpty();
        assertThat(scan(START + "X: " + "y".repeat(Lines.MAX_HEADER_BYTES) + "\r\ni: late\r\n\r\n"))
                .isEmpty();
    }

    @Test
    void aCallIdOfOneOctetIsFoundAtTheVeryEndOfTheArray() {
        assertThat(scan(START + "i:x")).isEqualTo("x");
    }

    private static String scan(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PropertyTest.agree(bytes, 0, bytes.length);
        return PropertyTest.text(bytes, CallIdScanner.scan(bytes, 0, bytes.length));
    }
}
