/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrappedSipTest {

    private static final String SIP = "OPTIONS sip:bob@example.com SIP/2.0\r\nSubject: \"hi\" \\ tab\t\r\n\r\n";
    private static final String ESCAPED =
            "OPTIONS sip:bob@example.com SIP\\/2.0\\r\\nSubject: \\\"hi\\\" \\\\ tab\\t\\r\\n\\r\\n";

    @Test
    void payloadOfTheObjectIsTheMessage() {
        assertThat(unwrapped("{\"payload\":\"" + ESCAPED + "\"}")).isEqualTo(SIP);
        assertThat(unwrapped(" {\n\t\"time\" : 12, \"payload\" :\r\n \"" + ESCAPED + "\", \"x\": []}"))
                .isEqualTo(SIP);
    }

    @Test
    void payloadAsAValueOrDeeperInsideIsNone() {
        assertThat(unwrapped("{\"a\": \"payload\", \"b\": {\"payload\": \"x\"}, \"c\": [\"payload\"]}"))
                .isNull();
        assertThat(unwrapped("{\"a\": \"payload\", \"b\": {\"payload\": \"x\"}, \"payload\": \"y\"}"))
                .isEqualTo("y");
    }

    @Test
    void unicodeEscapesBecomeUtf8() {
        assertThat(unwrapped("{\"payload\":\"\\u0041\\u00e4\\u20ac\\ud83c\\udfd4ü\"}"))
                .isEqualTo("Aä€🏔ü");
    }

    @Test
    void whatIsCutOrWronglyEscapedStaysAsItIs() {
        String whole = "{\"payload\":\"a\\u20acb\"}";
        for (int length = 0; length < whole.length() - 1; length++) {
            assertThat(unwrapped(whole.substring(0, length)))
                    .as(whole.substring(0, length))
                    .isNull();
        }
        for (String wrong : List.of("\\x", "\\u12", "\\ud83c", "\\ud83c\\u0041", "\\udfd4")) {
            assertThat(unwrapped("{\"payload\":\"" + wrong + "\"}")).as(wrong).isNull();
        }
        assertThat(unwrapped("{\"payload\": 7}")).isNull();
    }

    @Test
    void decoderUnwrapsSipAndOnlySip() throws Exception {
        byte[] json = ("{\"payload\":\"" + ESCAPED + "\"}").getBytes(UTF_8);
        assertThat(decodedPayload(1, json)).isEqualTo(SIP.getBytes(UTF_8));
        assertThat(decodedPayload(5, json)).isEqualTo(json);
        byte[] other = "{\"pay\":1}".getBytes(UTF_8);
        assertThat(decodedPayload(1, other)).isEqualTo(other);
    }

    private static byte[] decodedPayload(int type, byte[] payload) throws Exception {
        byte[] bytes = HepEncoder.encode(new HepPacket(
                3, 17, null, null, 1, 2, -1, type, 1, null, null, -1, null, payload, 0, payload.length, List.of()));
        var packet = HepDecoder.decode(bytes, 0, bytes.length);
        int from = packet.payloadOffset();
        return Arrays.copyOfRange(packet.bytes(), from, from + packet.payloadLength());
    }

    private static String unwrapped(String json) {
        byte[] bytes = ("##" + json + "##").getBytes(UTF_8);
        byte[] text = WrappedSip.unwrap(bytes, 2, bytes.length - 4);
        return text == null ? null : new String(text, UTF_8);
    }
}
