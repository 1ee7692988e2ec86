/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallMediaTest {

    private static Page.Hit report(String streams) {
        return hit("{'@timestamp':'2026-11-24T08:00:00Z','rhapsode':{'media':{'source':'rtcp','streams':[" + streams
                + "]}}}");
    }

    private static Page.Hit hit(String json) {
        try (var reader = Json.createReader(new StringReader(json.replace('\'', '"')))) {
            JsonObject document = reader.readObject();
            return new Page.Hit("id", document);
        }
    }

    @Test
    void theWorstOfAllReportsAndBothEndsOfAStreamTogether() {
        var media = CallMedia.of(List.of(
                report("{'direction':'sent','from':'a:1','to':'b:1','ssrc':7,'packets':100}"),
                report("{'direction':'received','from':'a:1','to':'b:1','ssrc':7,'loss_percent':1.953,'jitter_ms':30,"
                        + "'mos':2.9,'computed':['mos','r_factor'],'assumed':['codec']}"),
                report("{'direction':'received','from':'a:1','to':'b:1','ssrc':7,'loss_percent':0,'jitter_ms':2.875,"
                        + "'round_trip_ms':40,'mos':4.2,'packets_lost':2,'codec':'PCMA'},"
                        + "{'direction':'received','from':'b:1','to':'a:1','ssrc':8}")));
        assertThat(media).hasSize(2);
        var stream = media.get(0);
        assertThat(stream.stream()).isEqualTo("a:1 → b:1");
        assertThat(stream.reports()).isEqualTo(3);
        assertThat(stream.codec()).isEqualTo("PCMA");
        assertThat(stream.packetsText()).isEqualTo("100");
        assertThat(stream.lostText()).isEqualTo("2");
        assertThat(stream.lossText()).isEqualTo("1.95 %");
        assertThat(stream.jitterText()).isEqualTo("30.0 ms");
        assertThat(stream.roundTripText()).isEqualTo("40 ms");
        assertThat(stream.mosText()).isEqualTo("2.90");
        assertThat(stream.mosComputed()).isTrue();
        assertThat(stream.codecAssumed()).isTrue();
        assertThat(stream.grade()).isEqualTo("bad");
        assertThat(media.get(1).mosText()).isEmpty();
        assertThat(media.get(1).grade()).isEmpty();
    }

    @Test
    void theWorstOfTheStreamsOfOneReport() {
        var report = CallMedia.of(report("{'ssrc':7,'packets_lost':1,'jitter_ms':30,'mos':4.1,'computed':['mos']},"
                        + "{'ssrc':8,'packets_lost':3,'loss_percent':2,'mos':3.2,'codec':'PCMA'},{'ssrc':9}")
                .document());
        assertThat(report.source()).isEqualTo("rtcp");
        assertThat(report.lostText()).isEqualTo("3");
        assertThat(report.lossText()).isEqualTo("2.00 %");
        assertThat(report.jitterText()).isEqualTo("30.0 ms");
        assertThat(report.mosText()).isEqualTo("3.20");
        assertThat(report.mosComputed()).isFalse();
        assertThat(report.codec()).isEqualTo("PCMA");
        assertThat(CallMedia.of(report("").document()).mosText()).isEmpty();
    }

    @Test
    void whereAReportHasNoAddressesItIsSaidWhoseItIs() {
        var media = CallMedia.of(List.of(hit("{'source':{'ip':'192.0.2.1','port':5060},'rhapsode':{'media':{"
                + "'source':'rtp-stat','streams':[{'direction':'received','packets':5},{'direction':'sent','packets':6},"
                + "{'packets':7}]}}}")));
        assertThat(media)
                .extracting(CallMedia::stream)
                .containsExactly("received by 192.0.2.1:5060", "sent by 192.0.2.1:5060", "told by 192.0.2.1:5060");
    }

    @Test
    void streamsWithoutEndAreCutOff() {
        var reports = new ArrayList<Page.Hit>();
        for (int i = 0; i < 200; i++) {
            reports.add(report("{'from':'a:" + i + "','to':'b:1','mos':4}"));
        }
        assertThat(CallMedia.of(reports)).hasSize(50);
        assertThat(CallMedia.of(List.of(hit("{}")))).isEmpty();
    }

    @Test
    void linesOfTextWithTheirLevel() {
        var line =
                hit("{'@timestamp':'2026-11-24T08:00:00Z','message':'ERROR: <b>no</b> route','log':{'level':'error'},"
                        + "'rhapsode':{'log':{'kind':'log'}}}");
        var logs = CallLogs.of(new CallStore.Messages(5, List.of(line)));
        assertThat(logs.total()).isEqualTo(5);
        assertThat(logs.lines())
                .containsExactly(new CallLogs.Line("2026-11-24T08:00:00Z", "log", "error", "ERROR: <b>no</b> route"));
    }

    @Test
    void thePageShowsBothAndHostileTextStaysText() {
        var message = hit("{'@timestamp':'2026-11-24T08:00:00Z','sip':{'method':'INVITE'},'event':{'original':'x'}}");
        var line = hit("{'@timestamp':'2026-11-24T08:00:01Z','message':'<script>alert(1)</script>',"
                + "'rhapsode':{'log':{'kind':'log'}}}");
        var one = report("{'from':'a:1','to':'b:1','codec':'<i>','mos':2.5,'computed':['mos'],'assumed':['codec']}");
        String html = page(List.of(message), List.of(one), List.of(line));
        assertThat(html)
                .contains("Media quality")
                .contains("2.50")
                .contains("as if the codec were G.711")
                .contains("Log lines")
                .contains("&lt;script&gt;alert(1)")
                .doesNotContain("<script")
                .doesNotContain("<i>");
        assertThat(page(List.of(message), List.of(), List.of()))
                .doesNotContain("Media quality")
                .doesNotContain("Log lines");
    }

    private static String page(List<Page.Hit> messages, List<Page.Hit> media, List<Page.Hit> logs) {
        var page = CallPage.of(
                "call-1",
                new CallRecords(List.of()),
                found(messages),
                found(media),
                found(logs),
                CallLegs.NONE,
                false,
                List.of());
        var html = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, Pages.class.getClassLoader(), "io.rhapsode.web.page")
                .render("call.jte", Map.of("model", page, "style", "/style.css"), html);
        return html.toString();
    }

    private static CallStore.Messages found(List<Page.Hit> hits) {
        return new CallStore.Messages(hits.size(), hits);
    }
}
