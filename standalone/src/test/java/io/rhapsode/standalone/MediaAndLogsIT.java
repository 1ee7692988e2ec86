/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.standalone.JsonClient.Assertion;
import io.rhapsode.wire.hep.Chunk;
import io.rhapsode.wire.hep.ChunkType;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of media, and text that is no SIP, is found by its words, its fields, and those of its call. */
@ExtendWith(StandaloneExtension.class)
class MediaAndLogsIT {

    private static final String BAD = "quality-0";
    private static final String GOOD = "quality-1";
    private static final int RTP = 40_001;

    /** As rtpengine writes it: a stream sent, and one received of which a quarter is lost. */
    private static final String RTPENGINE = "{\"sender_information\":{\"ntp_timestamp_sec\":3667834977,"
            + "\"ntp_timestamp_usec\":2355549043,\"octets\":82240,\"rtp_timestamp\":84679, \"packets\":514},"
            + "\"ssrc\":3724882677,\"type\":200,\"report_count\":1,\"report_blocks\":[{\"source_ssrc\":2062957521,"
            + "\"highest_seq_no\":4663,\"fraction_lost\":64,\"ia_jitter\":80,\"packets_lost\":2,\"lsr\":0,\"dlsr\":0}],"
            + "\"sdes_report_count\":1,\"sdes_information\": [ {\"sdes_chunk_ssrc\":3724882677,\"type\":1,"
            + "\"text\":\"quartett@media\"}] }";

    private static final String PROBE = "{\"RTP_SIP_CALL_ID\":\"" + GOOD + "\",\"CODEC_NAME\":\"PCMA\",\"MOS\":4.1}";
    private static final String LINE =
            "Nov 24 10:00:00 proxy kamailio[7]: ERROR: <core>: no gateway left for " + BAD + "\n";
    private static final String MSRP = "MSRP abcd SEND\r\nTo-Path: msrp://bob.callee.test:2855/s2;tcp\r\n"
            + "From-Path: msrp://alice.caller.test:2855/s1;tcp\r\nMessage-ID: 4711\r\nContent-Type: text/plain\r\n\r\n"
            + "Meet me at the Drachenfels\r\n-------abcd$\r\n";
    private static final String XMPP =
            "<message from='alice@caller.test/desk' to='bob@callee.test' type='chat' id='x1'>"
                    + "<body>Königswinter &amp; back</body></message>";

    private static Instant begin;

    private final RunningStandalone rhapsode;

    MediaAndLogsIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @BeforeEach
    void send() throws Exception {
        if (begin == null) {
            begin = Instant.now().truncatedTo(ChronoUnit.MINUTES);
            int port = rhapsode.hepPort();
            TestCalls.send(port, "quality", 2);
            TestCalls.send(port, 5, RTP, BAD, RTPENGINE);
            TestCalls.send(port, 35, RTP, GOOD, PROBE);
            TestCalls.send(port, 100, 5060, BAD, LINE);
            TestCalls.send(port, 1, 2855, BAD, MSRP);
            TestCalls.send(port, 2, 5222, GOOD, XMPP);
        }
        eventually((Assertion) () -> {
            found("calls", "state:ended", 2);
            found("messages", "", 2 * TestCalls.MESSAGES_PER_CALL);
            found("media", "", 2);
            found("logs", "", 3);
            found("calls", "mos:>1", 2);
        });
    }

    private JsonObject found(String kind, String query, int total) throws Exception {
        var answer = rhapsode.api().get("/api/v1/" + kind + "?q=" + encode("callid:quality-* " + query));
        assertThat(answer.getInt("total")).as(kind + " " + query).isEqualTo(total);
        return answer;
    }

    private String callId(String kind, String query) throws Exception {
        return Captures.text(found(kind, query, 1).getJsonArray("hits").getJsonObject(0), "sip.call_id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gateway|" + BAD,
                "\"no gateway left\"|" + BAD,
                "log:gatew*|" + BAD,
                "level:error|" + BAD,
                "kind:log ip:10.0.0.2|" + BAD,
                "Drachenfels|" + BAD,
                "kind:msrp frompath:alice topath:bob|" + BAD,
                "messageid:4711|" + BAD,
                "contenttype:text/plain|" + BAD,
                "msrp://alice.caller.test:2855/s1|" + BAD,
                "10.0.0.1:2855|" + BAD,
                "königswinter|" + GOOD,
                "kind:xmpp fromjid:alice@caller.test*|" + GOOD,
                "rhapsode.log.method:\"message chat\" port:5222|" + GOOD
            })
    void textIsFoundByItsWordsAndFields(String query, String callId) throws Exception {
        assertThat(callId("logs", query)).isEqualTo(callId);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quartett|" + BAD,
                "SDES|" + BAD,
                "mos:<3|" + BAD,
                "loss:[20 TO 30]|" + BAD,
                "jitter:10|" + BAD,
                "jitter:>0.009s|" + BAD,
                "ssrc:3724882677|" + BAD,
                "ssrc:2062957521 direction:sent|" + BAD,
                "report:rtcp-json contents:sr cname:quartett|" + BAD,
                "media:\"10.0.0.2:40001\"|" + BAD,
                "computed:mos src:10.0.0.0/30|" + BAD,
                "mos:4.1|" + GOOD,
                "codec:pcma|" + GOOD,
                "report:qos-json|" + GOOD,
                "-computed:mos|" + GOOD
            })
    void aReportIsFoundByWhatIsTrueOfAnyOfItsStreams(String query, String callId) throws Exception {
        assertThat(callId("media", query)).isEqualTo(callId);
    }

    @Test
    void allThatWasFoundLeavesAsATable() throws Exception {
        assertThat(table("media"))
                .hasSize(1 + 3)
                .first()
                .asString()
                .startsWith("@timestamp,sip.call_id,rhapsode.media.source,");
        assertThat(table("media"))
                .anyMatch(line -> line.contains(",3724882677,"))
                .anyMatch(line -> line.contains(BAD));
        assertThat(table("logs")).anyMatch(line -> line.contains("no gateway left for " + BAD));
    }

    private List<String> table(String kind) throws Exception {
        var answer = rhapsode.api().bytes("/api/v1/" + kind + "/export?format=csv&q=" + encode("callid:quality-*"));
        assertThat(answer.statusCode()).isEqualTo(200);
        return new String(answer.body(), UTF_8).lines().toList();
    }

    @Test
    void oneKindIsAskedForByTheFieldsOfAnother() throws Exception {
        assertThat(callId("calls", "mos:<3")).isEqualTo(BAD);
        assertThat(callId("calls", "-mos:<3")).isEqualTo(GOOD);
        assertThat(callId("calls", "level:error")).isEqualTo(BAD);
        assertThat(callId("calls", "log:Drachenfels mos:<3 state:ended")).isEqualTo(BAD);
        assertThat(callId("media", "log:gateway")).isEqualTo(BAD);
        assertThat(callId("logs", "mos:>4")).isEqualTo(GOOD);
        found("messages", "kind:xmpp", TestCalls.MESSAGES_PER_CALL);
        found("media", "a:alice b:bob", 2);
        found("media", "a:carol", 0);
        found("logs", "method:INVITE", 3);
        found("logs", "cseqmethod:BYE", 3);
    }

    @Test
    void countsStandBesideTheHits() throws Exception {
        var logs = found("logs", "", 3);
        assertThat(counts(logs, "rhapsode.log.kind")).containsExactlyInAnyOrder("log 1", "msrp 1", "xmpp 1");
        assertThat(counts(logs, "log.level")).containsExactly("error 1");
        assertThat(counts(logs, "rhapsode.log.method")).containsExactlyInAnyOrder("SEND 1", "message chat 1");
        var media = found("media", "", 2);
        assertThat(counts(media, "rhapsode.media.source")).containsExactlyInAnyOrder("rtcp-json 1", "qos-json 1");
        assertThat(counts(media, "rhapsode.media.streams.codec")).containsExactly("PCMA 1");
        assertThat(counts(media, "source.ip")).containsExactly("10.0.0.1 2");
        assertThat(media.getJsonArray("histogram").getValuesAs(JsonObject.class).stream()
                        .mapToInt(bar -> bar.getInt("count"))
                        .sum())
                .isEqualTo(2);
    }

    private static List<String> counts(JsonObject answer, String field) {
        return answer.getJsonObject("facets").getJsonArray(field).getValuesAs(JsonObject.class).stream()
                .map(value -> value.getString("value") + " " + value.getInt("count"))
                .toList();
    }

    @Test
    void pagesFollowEachOtherByCursor() throws Exception {
        var seen = new ArrayList<String>();
        var page = rhapsode.api().get("/api/v1/logs?size=1&q=callid:quality-*");
        String first = page.getString("next");
        while (true) {
            seen.add(page.getJsonArray("hits").getJsonObject(0).getString("_id"));
            if (page.isNull("next")) {
                break;
            }
            page = rhapsode.api().get("/api/v1/logs?cursor=" + page.getString("next"));
        }
        assertThat(seen).hasSize(3).doesNotHaveDuplicates();
        assertThat(rhapsode.api().response("/api/v1/media?cursor=" + first).statusCode())
                .isEqualTo(400);
    }

    @Test
    void thePageShowsThemWithTheWayToTheirCall() throws Exception {
        String query = "&q=" + encode("callid:quality-*");
        assertThat(rhapsode.api().response("/?kind=media" + query).body())
                .contains("2 found", ">Media</a>", "rtcp-json SR, SDES", "25.00 %", "href=\"/calls/" + BAD + "\"");
        assertThat(rhapsode.api().response("/?kind=logs" + query).body())
                .contains("3 found", ">Logs</a>", "no gateway left", "Königswinter &amp; back")
                .contains("msrp://alice.caller.test:2855/s1;tcp", "href=\"/calls/" + GOOD + "\"");
    }

    @Test
    void theWorstOfItsMediaStandsInTheCall() throws Exception {
        var media = found("calls", "loss:>20", 1)
                .getJsonArray("hits")
                .getJsonObject(0)
                .getJsonObject("rhapsode")
                .getJsonObject("call")
                .getJsonObject("media");
        assertThat(media.getInt("reports")).isEqualTo(1);
        assertThat(media.getJsonNumber("loss_percent_highest").doubleValue()).isEqualTo(25);
        assertThat(media.getJsonNumber("jitter_ms_highest").doubleValue()).isEqualTo(10);
        assertThat(media.getBoolean("mos_computed")).isTrue();
        assertThat(rhapsode.api().response("/calls/" + GOOD).body()).contains("MOS 4.10 at worst, 4.10 on average");
    }

    /** MOS 2.87 and jitter 31 ms beside RTP, which nobody reads. */
    @Test
    void whatHepTellsOfQualityByItselfStandsInTheCall() throws Exception {
        int port = rhapsode.hepPort();
        TestCalls.send(port, "chunks", 1);
        var chunks = List.of(
                new Chunk(0, ChunkType.MOS, new byte[] {1, 0x1f}),
                new Chunk(0, ChunkType.JITTER, new byte[] {0, 0, 0, 31}));
        TestCalls.send(port, 4, RTP, "chunks-0", "RTP", chunks);
        eventually((Assertion) () -> {
            var call = rhapsode.api().get("/api/v1/calls/chunks-0");
            assertThat(call.toString()).contains("\"mos_lowest\":2.87", "\"jitter_ms_highest\":31");
            var media = rhapsode.api().get("/api/v1/calls/chunks-0/media");
            assertThat(media.getInt("total")).isEqualTo(1);
            assertThat(media.toString()).contains("\"source\":\"hep-chunks\"", "\"mos\":2.87", "\"jitter_ms\":31");
        });
        assertThat(rhapsode.api().response("/calls/chunks-0").body()).contains("MOS 2.87 at worst");
    }

    @Test
    void aCallOfWhichNothingElseWasSeenHasAPageToo() throws Exception {
        TestCalls.send(rhapsode.hepPort(), 100, 5060, "lonely-quality", "<3>proxy: nobody else saw this");
        eventually((Assertion) () -> assertThat(
                        rhapsode.api().response("/calls/lonely-quality").body())
                .contains("nobody else saw this")
                .doesNotContain("/pcap"));
    }

    @Test
    void theStatusAddsUp() throws Exception {
        eventually((Assertion) () -> {
            var status = rhapsode.api().get("/api/v1/status?from=" + begin);
            int dead = status.getJsonObject("dead_lettered").values().stream()
                    .mapToInt(count -> ((JsonNumber) count).intValue())
                    .sum();
            assertThat(status.getInt("received")).isGreaterThanOrEqualTo(2 * TestCalls.MESSAGES_PER_CALL + 5);
            assertThat(status.getInt("indexed") + dead).isEqualTo(status.getInt("sent"));
            assertThat(status.getJsonObject("lag").values()).allMatch(count -> ((JsonNumber) count).intValue() == 0);
        });
    }
}
