/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class FlowSvgTest {

    private static final String HOSTILE = "</text><script>alert(1)</script>\u0000\u202e\"'&]]>";

    @Test
    void hostileTextStaysText() throws Exception {
        String svg = FlowSvg.standalone(CallFlow.of(List.of(message(0, "10.0.0.1", "10.0.0.2", HOSTILE))), 305);
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(svg).doesNotContain("\u202e").contains("&lt;script&gt;", "305 more messages are not drawn");
    }

    @Test
    void theSameBytesOnTheSameWayAreARetransmission() {
        CallFlow flow = CallFlow.of(List.of(
                message(0, "10.0.0.1", "10.0.0.2", "INVITE"),
                message(1, "10.0.0.1", "10.0.0.2", "INVITE"),
                message(2, "10.0.0.2", "10.0.0.3", "INVITE")));
        assertThat(flow.arrows()).extracting(CallFlow.Arrow::again).containsExactly(false, true, false);
        assertThat(flow.hosts()).containsExactly("10.0.0.1:5060", "10.0.0.2:5060", "10.0.0.3:5060");
    }

    @Test
    void whatTwoNodesSawOnOneWireIsOneArrowAndWhatOneOfThemSawTwiceIsTwo() {
        CallFlow flow = CallFlow.of(List.of(
                message(0, "10.0.0.1", "10.0.0.2", "INVITE", "one", "dus"),
                message(1, "10.0.0.1", "10.0.0.2", "INVITE", "one", "cgn"),
                message(2, "10.0.0.1", "10.0.0.2", "INVITE", "one", "cgn"),
                message(3, "10.0.0.1", "10.0.0.2", "INVITE", "one", "dus"),
                message(4, "10.0.0.1", "10.0.0.2", "INVITE", "one", "cgn"),
                message(5, "10.0.0.2", "10.0.0.3", "INVITE", "one", "cgn")));
        assertThat(flow.arrows()).extracting(CallFlow.Arrow::number).containsExactly(1, 3, 5, 6);
        assertThat(flow.arrows()).extracting(CallFlow.Arrow::again).containsExactly(false, true, true, false);
        assertThat(flow.arrows().get(0).others()).containsExactly(new CallFlow.Capture(2, "cgn", 1_000_000));
        assertThat(flow.arrows().get(1).others()).containsExactly(new CallFlow.Capture(4, "dus", 1_000_000));
        assertThat(flow.byMessage()).containsOnlyKeys(1, 2, 3, 4, 5, 6);
        assertThat(flow.byMessage().get(4).number()).isEqualTo(3);
        assertThat(FlowSvg.inline(flow))
                .contains("(retransmission) · 2 captures")
                .doesNotContain("#m2");
    }

    @Test
    void moreHostsThanAnyoneCanReadShareTheLastColumn() {
        var messages = new ArrayList<Page.Hit>();
        for (int n = 0; n < 100; n++) {
            messages.add(message(n % 60, "10.0.0." + n, "10.0.1." + n, "OPTIONS"));
        }
        CallFlow flow = CallFlow.of(messages);
        assertThat(flow.hosts()).hasSize(CallFlow.MAX_HOSTS).endsWith("others");
        assertThat(flow.more()).isEqualTo(200 - CallFlow.MAX_HOSTS);
        assertThat(flow.arrows()).allMatch(arrow -> arrow.to() < CallFlow.MAX_HOSTS);
    }

    @Test
    void arrowsOfSeveralLegsSayWhichTheyAreOf() {
        var flow = CallFlow.of(
                List.of(
                        message(0, "10.0.0.1", "10.0.0.2", "INVITE", "one"),
                        message(1, "10.0.0.2", "10.0.0.3", "INVITE", "two")),
                List.of("one", "two"));
        assertThat(flow.arrows()).extracting(CallFlow.Arrow::detail).containsExactly("· leg 1", "· leg 2");
        assertThat(FlowSvg.standalone(flow, 0)).contains("INVITE  · leg 2").doesNotContain("not drawn");
    }

    private static Page.Hit message(int second, String source, String destination, String method) {
        return message(second, source, destination, method, "one");
    }

    private static Page.Hit message(int second, String source, String destination, String method, String callId) {
        return message(second, source, destination, method, callId, "dus");
    }

    private static Page.Hit message(
            int second, String source, String destination, String method, String callId, String node) {
        JsonObject document = Json.createObjectBuilder()
                .add("@timestamp", "2026-11-24T08:00:%02dZ".formatted(second))
                .add("source", Json.createObjectBuilder().add("ip", source).add("port", 5060))
                .add(
                        "destination",
                        Json.createObjectBuilder().add("ip", destination).add("port", 5060))
                .add(
                        "sip",
                        Json.createObjectBuilder()
                                .add("method", method)
                                .add("type", "request")
                                .add("call_id", callId))
                .add("observer", Json.createObjectBuilder().add("name", node))
                .add("event", Json.createObjectBuilder().add("original", method))
                .build();
        return new Page.Hit("id" + second, document);
    }
}
