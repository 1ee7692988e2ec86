/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Searches are given names, found, replaced and deleted, over the API and as the pages' forms do it. */
@ExtendWith(StandaloneExtension.class)
class SavedSearchesIT {

    private static final String FORM = "application/x-www-form-urlencoded";

    private final RunningStandalone rhapsode;

    SavedSearchesIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    private static String path(String name) {
        return "/api/v1/searches/" + encode(name);
    }

    private HttpResponse<String> put(String name, String body, String... headers) throws Exception {
        return rhapsode.api().send("PUT", path(name), body, headers);
    }

    private HttpResponse<String> delete(String name, String... headers) throws Exception {
        return rhapsode.api().send("DELETE", path(name), "", headers);
    }

    private static JsonObject json(HttpResponse<String> response) {
        try (var reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }

    private List<String> names() throws Exception {
        return rhapsode.api().get("/api/v1/searches").getJsonArray("searches").stream()
                .map(search -> search.asJsonObject().getString("name"))
                .toList();
    }

    @Test
    void isFoundUntilItIsDeleted() throws Exception {
        var saved = put("failed at dus", "{\"kind\":\"messages\",\"q\":\"code:4xx node:dus\",\"range\":\"7d\"}");
        assertThat(saved.statusCode()).isEqualTo(200);
        JsonObject search = rhapsode.api().get(path("failed at dus"));
        assertThat(search).isEqualTo(json(saved));
        assertThat(search.getString("page")).isEqualTo("/?kind=messages&range=7d&q=code%3A4xx%20node%3Adus");
        assertThat(search.containsKey("from")).isFalse();
        assertThat(names()).contains("failed at dus");
        assertThat(rhapsode.api().response(search.getString("page")).body()).contains("code:4xx node:dus");
        assertThat(delete("failed at dus").statusCode()).isEqualTo(204);
        assertThat(names()).doesNotContain("failed at dus");
        assertThat(delete("failed at dus").statusCode()).isEqualTo(404);
        assertThat(rhapsode.api().response(path("failed at dus")).statusCode()).isEqualTo(404);
    }

    @Test
    void aMistakeIsSaidWithItsPlace() throws Exception {
        var refused = put("wrong", "{\"q\":\"state:failed AND (code:486\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).getJsonObject("error").getInt("column")).isPositive();
        assertThat(put("wrong", "{\"query\":\"x\"}").statusCode()).isEqualTo(400);
        assertThat(put("wrong", "not json").statusCode()).isEqualTo(400);
        assertThat(names()).doesNotContain("wrong");
    }

    @Test
    void namesAreTextAndNothingElse() throws Exception {
        String name = "<script>alert('x')&\"?#%";
        assertThat(put(name, "{\"q\":\"<b>\"}").statusCode()).isEqualTo(200);
        assertThat(rhapsode.api().get(path(name)).getString("name")).isEqualTo(name);
        String page = rhapsode.api().response("/searches").body();
        assertThat(page).contains("&lt;script&gt;alert", "&lt;b&gt;").doesNotContain("<script>alert", "<b>");
        assertThat(delete(name).statusCode()).isEqualTo(204);
        for (String wrong : List.of("../", "..", "a/b", "a\\b", "\u202eevil", "x".repeat(81))) {
            assertThat(put(wrong, "{}").statusCode()).as(wrong).isIn(400, 404, 405);
        }
        assertThat(names()).doesNotContain(name, "../", "..", "a/b");
    }

    /** Of many that save a new one under the same name at once, one does; of many that replace what they saw, one does. */
    @Test
    void nobodyOverwritesWhatOthersJustWrote() throws Exception {
        assertThat(statuses("If-None-Match", "*")).containsOnlyOnce(200).containsOnly(200, 409);
        String version = rhapsode.api().get(path("one of many")).getString("version");
        assertThat(statuses("If-Match", '"' + version + '"'))
                .containsOnlyOnce(200)
                .containsOnly(200, 409);
        assertThat(delete("one of many", "If-Match", '"' + version + '"').statusCode())
                .isEqualTo(409);
        assertThat(delete("one of many").statusCode()).isEqualTo(204);
    }

    private List<Integer> statuses(String header, String value) throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try {
            var answers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 8; i++) {
                String body = "{\"q\":\"code:40" + i + "\"}";
                answers.add(threads.submit(
                        () -> put("one of many", body, header, value).statusCode()));
            }
            var statuses = new ArrayList<Integer>();
            for (var answer : answers) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void formsSaveAndDeleteAndAskBeforeTheyReplace() throws Exception {
        String form = "name=by+form&kind=calls&q=state%3Afailed&range=24h&from=&to=";
        var saved = rhapsode.api().send("POST", "/searches", form, "Content-Type", FORM);
        assertThat(saved.statusCode()).isEqualTo(303);
        assertThat(saved.headers().firstValue("Location")).hasValue("/searches");
        String other = form.replace("failed", "ended");
        var taken = rhapsode.api().send("POST", "/searches", other, "Content-Type", FORM);
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(taken.body()).contains("Replace the one there", "state:failed");
        String version = rhapsode.api().get(path("by form")).getString("version");
        assertThat(rhapsode.api()
                        .send("POST", "/searches", other + "&version=" + version, "Content-Type", FORM)
                        .statusCode())
                .isEqualTo(303);
        JsonObject search = rhapsode.api().get(path("by form"));
        assertThat(search.getString("q")).isEqualTo("state:ended");
        String gone = "name=by+form&version=" + search.getString("version");
        assertThat(rhapsode.api()
                        .send("POST", "/searches/delete", gone, "Content-Type", FORM)
                        .statusCode())
                .isEqualTo(303);
        assertThat(names()).doesNotContain("by form");
    }

    @Test
    void otherSitesPagesChangeNothing() throws Exception {
        String form = "name=foreign&kind=calls&q=&range=24h";
        for (String[] headers : List.of(
                new String[] {"Sec-Fetch-Site", "cross-site"},
                new String[] {"Sec-Fetch-Site", "same-site"},
                new String[] {"Origin", "http://127.0.0.1:1"},
                new String[] {"Origin", "null"})) {
            var all = List.of("Content-Type", FORM, headers[0], headers[1]).toArray(String[]::new);
            assertThat(rhapsode.api().send("POST", "/searches", form, all).statusCode())
                    .as(headers[0] + headers[1])
                    .isEqualTo(403);
            assertThat(put("foreign", "{}", headers).statusCode()).isEqualTo(403);
        }
        assertThat(names()).doesNotContain("foreign");
        String home = "http://127.0.0.1:" + rhapsode.httpPort();
        assertThat(put("foreign", "{}", "Origin", home).statusCode()).isEqualTo(200);
        assertThat(delete("foreign", "Sec-Fetch-Site", "same-origin").statusCode())
                .isEqualTo(204);
    }
}
