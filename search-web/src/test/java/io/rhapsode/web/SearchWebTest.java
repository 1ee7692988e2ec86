/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without Elasticsearch: what the server says of itself. The tests with one are those of the whole way. */
class SearchWebTest {

    private static SearchWeb web;

    @BeforeAll
    static void start() {
        web = SearchWeb.start(Map.of("RHAPSODE_ELASTICSEARCH", "http://127.0.0.1:1", "RHAPSODE_HTTP_PORT", "0"));
    }

    @AfterAll
    static void stop() {
        web.close();
    }

    /** As it stands on the wire: clients refuse to send what is no URI. */
    private static String get(String target) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), web.port())) {
            String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void aCallWhoseIdIsExportHasARecordToo() throws IOException {
        assertThat(get("/api/v1/calls/export")).contains(" 400 ", "'format'");
        assertThat(get("/api/v1/calls/export/record")).contains(" 503 ", "Elasticsearch is not there");
        assertThat(get("/api/v1/calls/other")).contains(" 503 ", "Elasticsearch is not there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%zz", "/calls/%", "/api/v1/calls/50%", "/api/v1/%zz", "/api/v1/calls/%00"})
    void anAddressThatCannotBeReadIsAnsweredAsEveryOtherError(String target) throws IOException {
        assertThat(get(target))
                .startsWith("HTTP/1.1 400 ")
                .contains("Content-Type: application/json")
                .contains("{\"error\":{\"message\":\"the request cannot be read: ");
    }

    @Test
    void likewiseOneThatIsTooLong() throws IOException {
        assertThat(get("/api/v1/calls?q=" + "a".repeat(40_000)))
                .startsWith("HTTP/1.1 414 ")
                .contains("{\"error\":{\"message\":\"the address is longer than 32768 bytes\"}}");
    }

    @Test
    void whatCanBeReadIsAnsweredInTheFormOfWhoAsks() throws IOException {
        assertThat(get("/api/v1/calls/%ff")).startsWith("HTTP/1.1 503 ").contains("{\"error\":");
        assertThat(get("/calls/%ff")).startsWith("HTTP/1.1 503 ").contains("<title>Service Unavailable");
    }
}
