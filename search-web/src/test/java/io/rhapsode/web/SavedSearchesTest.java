/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhapsode.web.query.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedSearchesTest {

    @ParameterizedTest
    @ValueSource(strings = {"<script>alert(1)", "a b", "50 % & more?#", "Ü 电话", "...x"})
    void namesOfAnyVisibleCharacters(String name) {
        assertThat(SavedSearches.checked(name)).isEqualTo(name);
    }

    @Test
    void aNameIsTheSameHoweverItWasTyped() {
        assertThat(SavedSearches.checked("  Bu\u0308ro ")).isEqualTo("B\u00fcro");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                ".",
                "..",
                "../",
                "../x",
                "a/b",
                "a\\b",
                "a\nb",
                "a\u0000b",
                "a\u202eb",
                "a\u200bb",
                "\ud800"
            })
    void namesThatWouldNotStandInAnAddressOrCannotBeSeen(String name) {
        assertThatThrownBy(() -> SavedSearches.checked(name))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.status()).isEqualTo(400));
    }

    @Test
    void lengthIsCountedInCharacters() {
        assertThat(SavedSearches.checked("\ud83d\udcde".repeat(80))).hasSize(160);
        assertThatThrownBy(() -> SavedSearches.checked("a".repeat(81))).isInstanceOf(Refused.class);
    }

    private static SearchPage.Asked asked(String... namesAndValues) {
        var given = new HashMap<String, List<String>>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            given.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return SavedSearches.asked(Parameters.of(given, SavedSearches.PARTS));
    }

    @Test
    void aSearchIsWhatThePageOpens() {
        assertThat(asked("kind", "messages", "q", " code:4xx ", "range", "7d"))
                .isEqualTo(new SearchPage.Asked("code:4xx", Kind.MESSAGES, "7d", "", "", ""));
        assertThat(asked()).isEqualTo(new SearchPage.Asked("", Kind.CALLS, "24h", "", "", ""));
        assertThat(asked("from", "2026-11-24T08:00:00+01:00").link("x"))
                .isEqualTo("/?kind=calls&range=custom&from=2026-11-24T07%3A00%3A00Z&to=&q=x");
    }

    @Test
    void theQueryIsReadWhenItIsSaved() {
        assertThatThrownBy(() -> asked("q", "state:failed nonsense:1"))
                .isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.column()).isEqualTo(14);
                });
        assertThatThrownBy(() -> asked("q", "duration:>soon"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.column()).isPositive());
    }

    @Test
    void whatCouldNotBeSearchedForIsNotSaved() {
        for (var wrong : List.of(
                Map.of("kind", "letters"),
                Map.of("range", "8d"),
                Map.of("range", "custom"),
                Map.of("range", "7d", "from", "2026-11-24T08:00:00Z"),
                Map.of("from", "yesterday"),
                Map.of("from", "2026-11-24T08:00:00Z", "to", "2026-11-24T07:00:00Z"))) {
            assertThatThrownBy(() -> asked(wrong.entrySet().stream()
                            .flatMap(part -> Stream.of(part.getKey(), part.getValue()))
                            .toArray(String[]::new)))
                    .as("%s", wrong)
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void aConditionIsAVersionOrNothingThere() {
        assertThat(Kept.Condition.of(null, null)).isEqualTo(Kept.Condition.NONE);
        assertThat(Kept.Condition.of(null, "*")).isEqualTo(Kept.Condition.ABSENT);
        assertThat(Kept.Condition.of("\"12-3\"", null)).isEqualTo(new Kept.Condition(false, 12, 3));
        for (String wrong : List.of("", "12", "-", "12-", "x-y", "*")) {
            assertThatThrownBy(() -> Kept.Condition.of(wrong, null)).as(wrong).isInstanceOf(Refused.class);
        }
        assertThatThrownBy(() -> Kept.Condition.of("\"1-1\"", "*")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> Kept.Condition.of(null, "\"1-1\"")).isInstanceOf(Refused.class);
    }

    @Test
    void aBodyIsAnObjectOfKnownTexts() {
        assertThat(Parameters.ofJson("{\"q\":\"x\"}", "q").text("q")).isEqualTo("x");
        for (String wrong : List.of("", "[]", "{\"q\":1}", "{\"q\":\"x\"", "{\"other\":\"x\"}", "null")) {
            assertThatThrownBy(() -> Parameters.ofJson(wrong, "q")).as(wrong).isInstanceOf(Refused.class);
        }
    }
}
