/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each range finds just as many calls as it says, those that lie on its bounds too. */
@ExtendWith(StandaloneExtension.class)
class RangeFacetsIT {

    private static final String QUERY = "node:ranges-it";

    /** Values on, just below and far from each bound. */
    private static final List<Integer> PDD = List.of(0, 999, 1000, 1999, 2000, 3999, 4000, 9999, 10000, 60000);

    private static final List<Integer> DURATION =
            List.of(0, 9999, 10000, 59999, 60000, 599999, 600000, 3599999, 3600000, 90000000);
    private static final List<Double> MOS = List.of(1.0, 2.59, 2.6, 3.09, 3.1, 3.59, 3.6, 3.99, 4.0, 4.5);

    private static boolean stored;

    private final RunningStandalone rhapsode;

    RangeFacetsIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @BeforeEach
    void store() throws Exception {
        if (!stored) {
            stored = true;
            var bulk = new StringBuilder();
            for (int i = 0; i < PDD.size(); i++) {
                bulk.append("{\"index\":{\"_index\":\"rhapsode-calls-v1-2026.11.01\",\"_id\":\"ranges-" + i + "\"}}\n");
                bulk.append(("{\"@timestamp\":\"2026-11-01T08:00:0%d.000000Z\",\"observer\":{\"name\":[\"ranges-it\"]},"
                                + "\"sip\":{\"call_id\":\"ranges-%d\"},\"rhapsode\":{\"call\":{\"srd_successful_ms\":%d,"
                                + "\"duration_ms\":%d,\"media\":{\"mos_lowest\":%s}}}}\n")
                        .formatted(i, i, PDD.get(i), DURATION.get(i), MOS.get(i)));
            }
            var answer = new JsonClient(rhapsode.elasticsearch())
                    .send("POST", "/_bulk?refresh=true", bulk.toString(), "Content-Type", "application/x-ndjson");
            assertThat(answer.body()).contains("\"errors\":false");
        }
    }

    private JsonObject facets() throws Exception {
        return rhapsode.api().get("/api/v1/calls?size=0&q=" + encode(QUERY)).getJsonObject("facets");
    }

    private int total(String clause) throws Exception {
        return rhapsode.api()
                .get("/api/v1/calls?size=0&facets=false&q=" + encode("(" + QUERY + ") AND " + clause))
                .getInt("total");
    }

    @Test
    void eachValueIsAQueryThatFindsItsCount() throws Exception {
        for (String field : List.of(
                "rhapsode.call.srd_successful_ms", "rhapsode.call.duration_ms", "rhapsode.call.media.mos_lowest")) {
            var ranges = facets().getJsonArray(field).getValuesAs(JsonObject.class);
            assertThat(ranges).extracting(range -> range.getInt("count")).containsExactly(2, 2, 2, 2, 2);
            for (JsonObject range : ranges) {
                String clause = field + ":" + range.getString("value");
                assertThat(total(clause)).as(clause).isEqualTo(2);
            }
        }
        assertThat(facets().getJsonArray("rhapsode.call.srd_successful_ms").getJsonObject(1))
                .hasToString("{\"value\":\"[1000 TO 2000}\",\"count\":2}");
    }

    @Test
    void eachLinkOfThePageFindsItsCount() throws Exception {
        String page = rhapsode.api().response("/?range=all&q=" + encode(QUERY)).body();
        var link = Pattern.compile("<a href=\"(/[^\"]*q=[^\"]*(?:pdd|duration|mos)%3A[^\"]*)\">")
                .matcher(page);
        int links = 0;
        while (link.find()) {
            links++;
            String found =
                    rhapsode.api().response(link.group(1).replace("&amp;", "&")).body();
            assertThat(found).as(link.group(1)).contains(">2 found in ");
        }
        assertThat(links).isEqualTo(15);
    }

    @Test
    void rangesOfNothingAreNotThere() throws Exception {
        assertThat(rhapsode.api()
                        .get("/api/v1/calls?size=0&q=" + encode(QUERY + " pdd:<1s"))
                        .getJsonObject("facets")
                        .getJsonArray("rhapsode.call.srd_successful_ms"))
                .hasToString("[{\"value\":\"<1000\",\"count\":2}]");
    }
}
