/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallLegsTest {

    private static JsonObject call(String callId, String session, JsonArrayBuilder links, JsonArrayBuilder perhaps) {
        var call = Json.createObjectBuilder().add("links", links).add("perhaps", perhaps);
        if (!session.isEmpty()) {
            call.add("session", session);
        }
        return Json.createObjectBuilder()
                .add("sip", Json.createObjectBuilder().add("call_id", callId))
                .add("rhapsode", Json.createObjectBuilder().add("call", call))
                .build();
    }

    private static JsonArrayBuilder links(String... callIdsAndRules) {
        var links = Json.createArrayBuilder();
        for (int i = 0; i < callIdsAndRules.length; i += 2) {
            links.add(Json.createObjectBuilder()
                    .add("call_id", callIdsAndRules[i])
                    .add("rule", callIdsAndRules[i + 1]));
        }
        return links;
    }

    private static Page.Hit hit(JsonObject document) {
        return new Page.Hit("id", document);
    }

    @Test
    void allOfTheSessionAreLegsAndEachSaysWhatJoinsIt() {
        var one = call("one", "one", links("two", "numbers-and-host"), links("four", "numbers"));
        var two = call("two", "one", links("one", "numbers-and-host", "three", "header"), links());
        var three = call("three", "one", links("two", "header"), links());
        var legs = CallLegs.of("one", one, session -> {
            assertThat(session).isEqualTo("one");
            return List.of(hit(one), hit(two), hit(three));
        });
        assertThat(legs.callIds()).containsExactly("one", "two", "three");
        assertThat(legs.legs())
                .extracting(CallLegs.Leg::why)
                .containsExactly(
                        "this call",
                        "the same numbers at the same time, and one ends where the other begins",
                        "through another leg");
        assertThat(legs.legs()).extracting(CallLegs.Leg::asked).containsExactly(true, false, false);
        assertThat(legs.perhaps()).extracting(CallLegs.Leg::callId).containsExactly("four");
    }

    @Test
    void aLegThatWasClosedBeforeTheLinkWasFoundIsOneToo() {
        var two = call("two", "one", links("one", "header"), links());
        assertThat(CallLegs.of("two", two, session -> List.of(hit(two))).callIds())
                .containsExactly("two", "one");
    }

    @Test
    void whatOnlyMayBelongToItMakesNoLegs() {
        var one = call("one", "", links(), links("two", "numbers"));
        var legs = CallLegs.of("one", one, session -> {
            throw new AssertionError("there is no session to ask for");
        });
        assertThat(legs.legs()).isEmpty();
        assertThat(legs.perhaps()).extracting(CallLegs.Leg::path).containsExactly("/calls/two");
        assertThat(legs.isEmpty()).isFalse();
    }

    @Test
    void aCallWithoutLinksOrRecordHasNone() {
        assertThat(CallLegs.of("one", JsonObject.EMPTY_JSON_OBJECT, session -> List.of())
                        .isEmpty())
                .isTrue();
    }
}
