/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonBytesTest {

    private final JsonBytes json = new JsonBytes(1);

    private JsonObject read() {
        try (var reader = Json.createReader(new ByteArrayInputStream(json.bytes(), 0, json.length()))) {
            return reader.readObject();
        }
    }

    private String written() {
        return new String(json.bytes(), 0, json.length(), StandardCharsets.UTF_8);
    }

    @Test
    void everyCharacterOfUnicodeComesBackFromAReader() {
        var all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }
        json.object().text("all", all.toString()).end();
        assertThat(read().getString("all")).isEqualTo(all.toString());
    }

    @Test
    void halfASurrogatePairIsWrittenAsReplacementCharacterAndNotAsBrokenUtf8() {
        json.object().text("a", "x\uD83D").text("b", "\uDE00\uD83Dy").end();
        assertThat(read().getString("a")).isEqualTo("x\uFFFD");
        assertThat(read().getString("b")).isEqualTo("\uFFFD\uFFFDy");
    }

    @Test
    void bytesThatAreTextAreThatText() {
        json.object();
        assertThat(json.utf8("a", ByteString.copyFromUtf8("INVITE \"Jörg\"\r\n\0😀")))
                .isTrue();
        json.end();
        assertThat(read().getString("a")).isEqualTo("INVITE \"Jörg\"\r\n\0😀");
    }

    @Test
    void bytesThatAreNotTextAreShownAndReported() {
        json.object();
        assertThat(json.utf8("a", ByteString.copyFrom(new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xC3})))
                .isFalse();
        json.end();
        assertThat(read().getString("a")).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void randomBytesAlwaysMakeReadableJson() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var bytes = new byte[random.nextInt(200) + 1];
            random.nextBytes(bytes);
            json.cut(0);
            json.object();
            json.utf8("a", ByteString.copyFrom(bytes));
            json.end();
            assertThat(read().getString("a")).as("seed %d", seed).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatIsEmptyLeavesNoTraceAtAnyDepth() {
        json.object()
                .number("first", 1)
                .object("a")
                .object("b")
                .text("c", "")
                .end()
                .list("d")
                .object()
                .end()
                .endList()
                .end()
                .number("last", Long.MAX_VALUE)
                .end();
        assertThat(written()).isEqualTo("{\"first\":1,\"last\":9223372036854775807}");
    }

    @Test
    void commasStandBetweenElementsAlsoAfterOnesThatVanished() {
        json.object()
                .texts("l", List.of("", "a", "", "b"))
                .list("o")
                .object()
                .end()
                .object()
                .number("n", 0)
                .end()
                .object()
                .number("n", -1)
                .end()
                .endList()
                .end();
        assertThat(written()).isEqualTo("{\"l\":[\"a\",\"b\"],\"o\":[{\"n\":0},{\"n\":-1}]}");
    }

    @Test
    void aNumberOfTheWireThatElasticsearchsIntegerCannotHoldIsLeftOut() {
        json.object()
                .integer("fits", Integer.MAX_VALUE)
                .integer("not", Integer.MIN_VALUE)
                .integer("norThis", -1)
                .end();
        assertThat(written()).isEqualTo("{\"fits\":2147483647}");
    }

    @Test
    void reversedTextIsReadFromItsEndAndKeepsItsPairsWhole() {
        json.object().reversed("r", "4930😀1").end();
        assertThat(read().getString("r")).isEqualTo("1😀0394");
    }
}
