/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Page after page gives every hit once, also where agents know no less than a second and many hits have one time. */
@ExtendWith(StandaloneExtension.class)
class PagesIT {

    private static final int MESSAGES = 250;
    private static final String QUERY = "callid:pages-*";

    private final RunningStandalone rhapsode;

    PagesIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @Test
    void everyHitOnceWhateverTheTimesAre() throws Exception {
        long second = Instant.now().getEpochSecond() - 60;
        try (var socket = new DatagramSocket()) {
            for (int i = 0; i < MESSAGES; i++) {
                // The first and last ones are alone in their second.
                long at = i < 5 ? second + 10 + i : i < MESSAGES - 5 ? second : second - i;
                send(socket, "pages-" + i, at * 1_000_000);
            }
        }
        eventually(() ->
                assertThat(page("size=0&q=" + encode(QUERY)).getInt("total")).isEqualTo(MESSAGES));
        for (int size : new int[] {3, 49, 100, 101, 240, 245, 246, MESSAGES, 1_000}) {
            var ids = ids(size);
            assertThat(ids).as("pages of %d", size).hasSize(MESSAGES).doesNotHaveDuplicates();
            // Ids begin with the time.
            assertThat(ids.stream().map(id -> id.substring(0, 11)).toList())
                    .isSortedAccordingTo((one, other) -> other.compareTo(one));
        }
    }

    @Test
    void pagesAfterTheFirstDoNotMoveWithWhatComesLater() throws Exception {
        long at = (Instant.now().getEpochSecond() - 200) * 1_000_000;
        String query = encode("callid:later-*");
        try (var socket = new DatagramSocket()) {
            for (int i = 0; i < 9; i++) {
                send(socket, "later-" + i, at - i);
            }
            eventually(
                    () -> assertThat(page("size=0&q=" + query).getInt("total")).isEqualTo(9));
            var first = page("size=3&q=" + query);
            var second = page("cursor=" + encode(first.getString("next")));
            send(socket, "later-new", at + 1);
            send(socket, "later-late", at - 7);
            eventually(
                    () -> assertThat(page("size=0&q=" + query).getInt("total")).isEqualTo(11));
            var third = page("cursor=" + encode(second.getString("next")));
            assertThat(third.getInt("total")).isEqualTo(9);
            assertThat(third.isNull("next")).isTrue();
            var ids = new ArrayList<String>();
            for (var page : List.of(first, second, third)) {
                ids.addAll(ids(page));
            }
            assertThat(ids).hasSize(9).doesNotHaveDuplicates();
        }
    }

    private List<String> ids(int size) throws Exception {
        var ids = new ArrayList<String>();
        var page = page("facets=false&size=" + size + "&q=" + encode(QUERY));
        ids.addAll(ids(page));
        while (!page.isNull("next")) {
            page = page("cursor=" + encode(page.getString("next")));
            assertThat(page.getInt("total")).isEqualTo(MESSAGES);
            ids.addAll(ids(page));
        }
        return ids;
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("hits").stream()
                .map(hit -> hit.asJsonObject().getString("_id"))
                .toList();
    }

    private JsonObject page(String parameters) throws Exception {
        return rhapsode.api().get("/api/v1/messages?" + parameters);
    }

    private void send(DatagramSocket socket, String callId, long atMicros) throws IOException {
        byte[] payload = ("OPTIONS sip:pages@b.test SIP/2.0\r\nVia: SIP/2.0/UDP 10.8.0.1;branch=z9hG4bK" + callId
                        + "\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: " + callId
                        + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
                .getBytes(UTF_8);
        byte[] datagram = TestCalls.datagram(payload, atMicros);
        socket.send(
                new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), rhapsode.hepPort()));
    }
}
