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
}
