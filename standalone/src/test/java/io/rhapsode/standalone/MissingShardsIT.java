/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is said while a part of the index does not answer: never that there is nothing. */
@ExtendWith(StandaloneExtension.class)
class MissingShardsIT {

    private static final String THERE = "/rhapsode-sip-v1-2026.11.02";
    private static final String MISSING = "/rhapsode-sip-v1-2026.11.03";
    private static final String QUERY = "q=" + encode("node:shards-it");
    private static final String SEARCH = "/api/v1/messages?" + QUERY;
    private static final String NODE = "{\"index.routing.allocation.require._name\":%s}";

    private final RunningStandalone rhapsode;
    private final JsonClient elasticsearch;

    MissingShardsIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
        this.elasticsearch = new JsonClient(rhapsode.elasticsearch());
    }

    @BeforeEach
    void store() throws Exception {
        send("PUT", THERE + "/_doc/shards-it?refresh=true", """
                {"@timestamp":"2026-11-02T08:00:00.000000Z","observer":{"name":"shards-it"},
                 "sip":{"call_id":"shards-it"},"rhapsode":{"place":1}}""");
        eventually(() -> assertThat(rhapsode.api().get(SEARCH).getInt("total")).isEqualTo(1));
        send("PUT", MISSING + "?wait_for_active_shards=0", "{\"settings\":%s}".formatted(NODE.formatted("\"nobody\"")));
    }

    private void send(String method, String path, String json) throws Exception {
        var answer = elasticsearch.send(method, path, json, "Content-Type", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    }

    @AfterEach
    void clear() throws Exception {
        send("DELETE", MISSING, "");
        send("DELETE", THERE, "");
    }

    @Test
    void aSearchShowsWhatIsThereAndSaysThatAPartIsMissing() throws Exception {
        var page = rhapsode.api().get(SEARCH);
        assertThat(page.getInt("total")).isEqualTo(1);
        assertThat(page.getJsonArray("notes").stream().map(JsonValue::toString))
                .singleElement()
                .asString()
                .matches("\"1 of \\d+ parts of the index do not answer: what they hold is missing here\\.\"");
        assertThat(rhapsode.api().response("/?kind=messages&range=all&" + QUERY).body())
                .contains("parts of the index do not answer");
    }

    @Test
    void whatMustBeWholeIsRefused() throws Exception {
        for (String path : new String[] {
            "/api/v1/calls/shards-it/messages", "/calls/shards-it", "/api/v1/messages/export?format=ndjson&" + QUERY
        }) {
            var answer = rhapsode.api().response(path);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(503);
        }
    }

    @Test
    void whoAsksWhileTheShardsComeBackWaitsForThem() throws Exception {
        send("PUT", MISSING + "/_settings", NODE.formatted("null"));
        var page = rhapsode.api().get(SEARCH);
        assertThat(page.getInt("total")).isEqualTo(1);
        assertThat(page).doesNotContainKey("notes");
    }
}
