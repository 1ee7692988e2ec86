/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.wire.MalformedPacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    private static JsonValue read(String text) throws MalformedPacket {
        byte[] bytes = text.getBytes(UTF_8);
        return JsonReader.read(bytes, 0, bytes.length);
    }

    @Test
    void everyKindOfValue() throws MalformedPacket {
        var json = read(" {\"a\": [1, -2.5e1, \"x\", true, null, {}], \"b\": {\"c\": 0}}\r\n");
        assertThat(json.get("a").items().get(0).number()).isEqualTo(1);
        assertThat(json.get("a").items().get(1).number()).isEqualTo(-25);
        assertThat(json.get("a").items().get(2).text()).isEqualTo("x");
        assertThat(json.get("a").items()).hasSize(6);
        assertThat(json.get("b").get("c").number()).isZero();
    }

    @Test
    void whatIsNotThereIsNothing() throws MalformedPacket {
        var json = read("{\"a\":1}");
        assertThat(json.get("b").get("c").items()).isEmpty();
        assertThat(json.get("b").number()).isNaN();
        assertThat(json.get("b").text()).isEmpty();
        assertThat(json.get("a").get("x").isObject()).isFalse();
    }

    @Test
    void numbersAsTextsAreNumbers() throws MalformedPacket {
        var json = read("[\"3373905467\", \"0x10\", \"1d\", \"NaN\", \"\", 13217348104192]");
        assertThat(json.items().get(0).number()).isEqualTo(3373905467.0);
        assertThat(json.items().subList(1, 5))
                .allSatisfy(item -> assertThat(item.number()).isNaN());
        assertThat(json.items().get(5).text()).isEqualTo("13217348104192");
    }

    @Test
    void escapesAreResolvedAndHalvesOfPairsReplaced() throws MalformedPacket {
        assertThat(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"").text())
                .isEqualTo("\"\\/\b\f\n\r\t\u00e9\ud83d\ude00");
        assertThat(read("\"a\\ud83db\"").text()).isEqualTo("a\ufffdb");
    }

    @Test
    void zeroBytesOfACStringMayFollow() throws MalformedPacket {
        assertThat(read("{\"a\":1}\0").get("a").number()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "[1,]",
                "[1 2]",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u12\"",
                "\"\\",
                "\"\n\"",
                "01",
                "1.",
                ".5",
                "1e",
                "-",
                "+1",
                "tru",
                "nul",
                "1 2",
                "{}x",
                "NaN",
                "123456789012345678901234567890123",
                "1e999",
                "'a'"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedPacket.class).hasMessage("json-malformed");
    }

    @Test
    void depthAndSizeAreBounded() {
        assertThatThrownBy(() -> read("[".repeat(1_000_000))).hasMessage("json-too-deep");
        assertThatThrownBy(() -> read("{\"a\":".repeat(100_000))).hasMessage("json-too-deep");
        assertThatThrownBy(() -> read("[" + "1,".repeat(500_000) + "1]")).hasMessage("json-too-large");
    }
}
