/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.rhapsode.web.query.Kind;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SearchPageTest {

    private static String page(Kind kind, String callId, int number) {
        var asked = new SearchPage.Asked("x y", kind, "24h", "", "", "");
        var search = new Search(kind, "x y", null, null, 50, true);
        var document = Json.createObjectBuilder()
                .add("@timestamp", "2026-11-24T08:15:00Z")
                .add("sip", Json.createObjectBuilder().add("call_id", callId))
                .build();
        var found =
                new Page(search, 1, 1, List.of(new Page.Hit("id", document)), Map.of(), List.of(), 0, null, List.of());
        var html = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, Pages.class.getClassLoader(), "io.rhapsode.web.page")
                .render(
                        "search.jte",
                        Map.of("model", SearchPage.found(asked, search, found, number), "style", "/style.css"),
                        html);
        return html.toString();
    }

    @ParameterizedTest
    @EnumSource
    void aCallIdThatIsTooLongToBeLookedUpHasNoLink(Kind kind) {
        String longest = "i".repeat(CallStore.LONGEST_CALL_ID);
        assertThat(page(kind, longest, 1)).contains("href=\"/calls/" + longest);
        assertThat(page(kind, longest + "i", 1)).contains(longest + "i").doesNotContain("/calls/i");
    }

    @Test
    void pagesAfterTheFirstLeadBackToIt() {
        assertThat(page(Kind.CALLS, "x", 1)).doesNotContain("First page");
        assertThat(page(Kind.CALLS, "x", 2))
                .contains("<a href=\"/?kind=calls&amp;range=24h&amp;q=x%20y\">First page</a>");
    }

    @Test
    void thatIsWhatTheIndexLeavesOut() throws IOException {
        for (String kind : List.of("calls", "sip", "media", "logs")) {
            JsonObject callId =
                    (JsonObject) template(kind).getValue("/template/mappings/properties/sip/properties/call_id");
            assertThat(callId.getInt("ignore_above")).as(kind).isEqualTo(CallStore.LONGEST_CALL_ID);
        }
    }

    private static JsonObject template(String kind) throws IOException {
        String name = "/elasticsearch/rhapsode-" + kind + ".json";
        try (InputStream in = SearchPageTest.class.getResourceAsStream(name);
                var reader = Json.createReader(in)) {
            return reader.readObject();
        }
    }
}
