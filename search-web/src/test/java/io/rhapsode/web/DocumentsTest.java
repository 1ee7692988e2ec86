/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class DocumentsTest {

    private static final String[] HIDDEN = {"reversed", "payload"};

    @Test
    void whatIsForTheIndexAloneIsLeftOutAndNothingElse() {
        JsonObject document = read("""
                {"a": 1, "rhapsode": {"site": "dus", "reversed": {"from": "19"}, "payload": "AA=="}, "reversed": 2}
                """);
        assertThat(Documents.without(HIDDEN, document)).isEqualTo(read("""
                {"a": 1, "rhapsode": {"site": "dus"}, "reversed": 2}
                """));
    }

    @Test
    void aDocumentWithoutAnyOfItIsGivenBackAsItIs() {
        JsonObject document = read("{\"rhapsode\": {\"site\": \"dus\"}}");
        assertThat(Documents.without(HIDDEN, document)).isSameAs(document);
        assertThat(Documents.without(HIDDEN, read("{}"))).isEmpty();
    }

    private static JsonObject read(String json) {
        try (var reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
