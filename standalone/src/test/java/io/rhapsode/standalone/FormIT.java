/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.hep.HepEncoder;
import io.rhapsode.wire.hep.HepPacket;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of the form, alone and with every other one: the page sends to a search, and that search finds what it
 * should. The messages are named by one letter: I(nvite) of one leg and its R(eply), the L(ater) leg, an O(ther) call,
 * and an S(ubscribe) that was seen again as s, t and u.
 */
@ExtendWith(StandaloneExtension.class)
class FormIT {

    /** Ten minutes ago by the second: what the form's times can say. */
    private static final Instant BEGIN = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.SECONDS);

    private static boolean sent;

    private final RunningStandalone rhapsode;

    FormIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    private record Row(String name, String value, String messages) {

        /** So that a failed one says which. */
        @Override
        public String toString() {
            return name + "=" + value;
        }
    }

    static List<Row> rows() {
        return Stream.of(
                        "ruri|ruri-7|I",
                        "to|to-7|IR",
                        "from|+4922177*|IR",
                        "pid|*4991|I",
                        "contact|contact-7|I",
                        "auth|auth-7|I",
                        "callid|form-1(\"x\")@a|IR",
                        "b2b|form-1(\"x\")@a|IRL",
                        "b2b|form-2@b|IRL",
                        "fromtag|ft7|IR",
                        "totag|tt7|R",
                        "branch|z9hG4bKform1|IR",
                        "branch|z9hG4bKform2|IR",
                        "via1|SIP/2.0/UDP 10.9.0.1:5071;branch=z9hG4bKany|IR",
                        "via1|*:5071|IR",
                        "method|invite|IL",
                        "method|486|R",
                        "method|4xx|R",
                        "status|busy here|R",
                        "cseq|71|IR",
                        "cseq|71 INVITE|IR",
                        "cseq|SUBSCRIBE|Sstu",
                        "reason|text=\"User b|R",
                        "diversion|<sip:diverted-7@|I",
                        "ua|one \"seven\" (7|I",
                        "ua|*\"seven\" (7*x]|I",
                        "contenttype|X-Seven|I",
                        "src|10.9.0.1|I",
                        "src|10.9.0.0/30|ILR",
                        "srcport|6001|I",
                        "dst|10.9.0.2|I",
                        "dstport|6002|I",
                        "contacthost|198.51.100.7|I",
                        "contactport|5073|I",
                        "originator|203.0.113.9|IR",
                        "originator|192.168.9.4|IR",
                        "originatorport|40404|IR",
                        "originatorport|5072|IR",
                        "transport|tcp|O")
                .map(line -> line.split("\\|"))
                .map(parts -> new Row(parts[0], parts[1], parts[2]))
                .toList();
    }

    @BeforeEach
    void send() throws Exception {
        if (!sent) {
            sent = true;
            try (var socket = new DatagramSocket()) {
                sendAll(socket);
            }
        }
        eventually(() -> {
            assertThat(found(search(Map.of()))).isEqualTo("ILORSstu");
            assertThat(found(search(Map.of("b2b", "form-2@b")))).isEqualTo("ILR");
        });
    }

    private void sendAll(DatagramSocket socket) throws IOException {
        String vias = "Via: SIP/2.0/UDP 10.9.0.1:5071;branch=z9hG4bKform1\r\n"
                + "Via: SIP/2.0/UDP 192.168.9.4:5072;branch=z9hG4bKform2;received=203.0.113.9;rport=40404\r\n";
        String leg = vias + "From: <sip:+492217734@a.test>;tag=ft7\r\nCall-ID: form-1(\"x\")@a\r\nCSeq: 71 INVITE\r\n";
        send(socket, "form-dus", 17, 1, 2, 0, "INVITE sip:ruri-7@b.test SIP/2.0\r\n" + leg + """
                X-Label: I
                To: <sip:to-7@b.test>
                Contact: <sip:contact-7@198.51.100.7:5073>
                P-Asserted-Identity: <sip:+49304991@a.test>
                Proxy-Authorization: Digest username="auth-7", realm="a.test", nonce="1", uri="sip:b.test", response="2"
                Diversion: <sip:diverted-7@b.test>;reason=no-answer
                User-Agent: Phone one "seven" (7*x]
                Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000
                Content-Type: application/x-seven
                """);
        send(socket, "form-dus", 17, 2, 1, 1, "SIP/2.0 486 Busy Here\r\n" + leg + """
                X-Label: R
                To: <sip:to-7@b.test>;tag=tt7
                Reason: Q.850;cause=17;text="User busy"
                """);
        send(socket, "form-cgn", 17, 3, 4, 2, """
                INVITE sip:ruri-8@b.test SIP/2.0
                X-Label: L
                Via: SIP/2.0/UDP 10.9.0.3:5081;branch=z9hG4bKform3
                From: <sip:from-8@a.test>;tag=ft8
                To: <sip:to-8@b.test>
                Call-ID: form-2@b
                CSeq: 81 INVITE
                Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000
                """);
        send(socket, "form-cgn", 6, 5, 6, 3, """
                OPTIONS sip:ruri-9@b.test SIP/2.0
                X-Label: O
                Via: SIP/2.0/TCP 10.9.0.5:5091;branch=z9hG4bKform4
                From: <sip:from-9@a.test>;tag=ft9
                To: <sip:to-9@b.test>
                Call-ID: form-3@c
                CSeq: 91 OPTIONS
                """);
        String subscribe = """
                SUBSCRIBE sip:ruri-6@b.test SIP/2.0
                From: <sip:from-6@a.test>;tag=ft6
                To: <sip:to-6@b.test>
                Call-ID: form-4@d
                CSeq: 61 SUBSCRIBE
                Via: SIP/2.0/UDP 10.9.0.7:5061;branch=z9hG4bKform5
                """;
        send(socket, "form-dus", 17, 7, 8, 4, subscribe + "X-Label: S\n");
        send(socket, "form-cgn", 17, 7, 8, 5, subscribe + "X-Label: s\n");
        send(socket, "form-dus", 17, 7, 8, 6, subscribe + "X-Label: t\n");
        send(socket, "form-dus", 17, 8, 9, 7, subscribe.replace("form5", "form6") + "X-Label: u\n");
    }

    /** From 10.9.0.{from}:600{from} to 10.9.0.{to}:600{to}. */
    private void send(DatagramSocket socket, String node, int ipProtocol, int from, int to, int second, String headers)
            throws IOException {
        String lines = headers.replace("\r\n", "\n").replace("\n", "\r\n");
        byte[] payload = (lines + "Content-Length: 0\r\n\r\n").getBytes(UTF_8);
        byte[] datagram = HepEncoder.encode(new HepPacket(
                3,
                ipProtocol,
                new byte[] {10, 9, 0, (byte) from},
                new byte[] {10, 9, 0, (byte) to},
                6000 + from,
                6000 + to,
                BEGIN.plusSeconds(second).toEpochMilli() * 1_000,
                HepPacket.SIP,
                9,
                node,
                null,
                -1,
                null,
                payload,
                0,
                payload.length,
                List.of()));
        socket.send(
                new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), rhapsode.hepPort()));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aFieldAloneAndWithEveryOther(Row row) throws Exception {
        var search = search(Map.of(row.name, row.value));
        assertThat(found(search)).isEqualTo(sorted(letters(row.messages)));
        var page = rhapsode.api().response(search.get("page"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains(row.messages.length() + " found");
        for (Row other : rows()) {
            // Each pair once: the second of them goes with the first.
            if (other.toString().compareTo(row.toString()) > 0 && !other.name.equals(row.name)) {
                pair(row, other);
            }
        }
    }

    private void pair(Row row, Row other) throws Exception {
        var both = new HashMap<>(Map.of(row.name, row.value, other.name, other.value));
        var all = letters(row.messages);
        all.retainAll(letters(other.messages));
        assertThat(found(search(both))).as("%s AND %s", row, other).isEqualTo(sorted(all));
        both.put("join", "or");
        var any = letters(row.messages);
        any.addAll(letters(other.messages));
        assertThat(found(search(both))).as("%s OR %s", row, other).isEqualTo(sorted(any));
    }

    @Test
    void locationsAreSeveralAtOnceAndAlwaysHold() throws Exception {
        assertThat(found(search(Map.of("node", "form-dus")))).isEqualTo("IRStu");
        assertThat(found(search(Map.of("node", "form-cgn")))).isEqualTo("LOs");
        assertThat(found(search(Map.of("node", "form-*")))).isEqualTo("ILORSstu");
        assertThat(found(search(Map.of("node", "form-dus, form-cgn", "transport", "tcp"))))
                .isEqualTo("O");
        assertThat(found(search(Map.of("node", "form-dus", "transport", "tcp", "from", "from-6", "join", "or"))))
                .isEqualTo("Stu");
    }

    @Test
    void timesAreFromAndTo() throws Exception {
        String begin = BEGIN.plusSeconds(1).toString();
        String end = BEGIN.plusSeconds(3).toString();
        assertThat(found(search(Map.of("begin", begin, "end", end)))).isEqualTo("LR");
        // As a browser sends them: without a zone, and without seconds where these are zero.
        assertThat(found(search(Map.of("begin", begin.replace("Z", ""))))).isEqualTo("LORSstu");
        assertThat(found(search(Map.of("end", end.replace("Z", ""))))).isEqualTo("ILR");
    }

    @Test
    void uniqueLeavesTheFirstSighting() throws Exception {
        assertThat(found(search(Map.of("unique", "true")))).isEqualTo("ILORS");
        assertThat(found(search(Map.of("unique", "true", "from", "from-6")))).isEqualTo("S");
        var page = rhapsode.api().response(search(Map.of("from", "from-6")).get("page"));
        assertThat(page.body()).contains(">sighting</span>", ">duplicate</span>", ">retransmission</span>");
        for (String repeat : List.of("duplicate", "retransmission", "sighting")) {
            assertThat(count("from:from-6 repeat:" + repeat)).as(repeat).isEqualTo(1);
        }
    }

    @Test
    void noMoreRecordsThanAsked() throws Exception {
        var search = search(Map.of("size", "3"));
        assertThat(search.get("size")).isEqualTo("3");
        assertThat(answer(search).getJsonArray("hits")).hasSize(3);
        assertThat(answer(search).getInt("total")).isEqualTo(8);
    }

    @Test
    void whatTheFormDoesNotKnowIsRefused() throws Exception {
        assertThat(rhapsode.api().response("/form/search?form=1").statusCode()).isEqualTo(400);
        assertThat(rhapsode.api().response("/form?from=a&from=b").statusCode()).isEqualTo(400);
        assertThat(rhapsode.api().response("/form?from=%22%3E%3Cscript%3E").body())
                .contains("Location")
                .doesNotContain("<script");
    }

    private static Set<String> letters(String messages) {
        return new TreeSet<>(List.of(messages.split("")));
    }

    private static String sorted(Collection<String> letters) {
        return letters.stream().sorted().collect(Collectors.joining());
    }

    private String found(Map<String, String> search) throws Exception {
        return sorted(answer(search).getJsonArray("hits").stream()
                .map(hit -> label(hit.asJsonObject()))
                .toList());
    }

    private static String label(JsonObject message) {
        String text = message.getJsonObject("event").getString("original");
        int label = text.indexOf("X-Label: ") + "X-Label: ".length();
        return text.substring(label, label + 1);
    }

    /** Where the form sends a browser: the parameters of the page, and the whole address as "page". */
    private Map<String, String> search(Map<String, String> typed) throws Exception {
        var filledIn = new HashMap<>(typed);
        filledIn.putIfAbsent("node", "form-dus,form-cgn");
        String parameters = filledIn.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        var response = rhapsode.api().response("/form/search?" + parameters);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(303);
        var location = URI.create(response.headers().firstValue("Location").orElseThrow());
        var search = new HashMap<>(Map.of("page", location.getRawPath() + "?" + location.getRawQuery()));
        for (String parameter : location.getRawQuery().split("&")) {
            String[] parts = parameter.split("=", 2);
            search.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
        }
        assertThat(search).containsEntry("kind", "messages");
        return search;
    }

    /** The API's, to the same query. */
    private JsonObject answer(Map<String, String> search) throws Exception {
        var parameters = new StringBuilder("facets=false");
        for (String name : List.of("q", "from", "to", "size")) {
            if (!search.getOrDefault(name, "").isEmpty()) {
                parameters.append('&').append(name).append('=').append(encode(search.get(name)));
            }
        }
        return rhapsode.api().get("/api/v1/messages?" + parameters);
    }

    private int count(String query) throws Exception {
        return rhapsode.api()
                .get("/api/v1/messages?size=0&facets=false&q=" + encode(query))
                .getInt("total");
    }
}
