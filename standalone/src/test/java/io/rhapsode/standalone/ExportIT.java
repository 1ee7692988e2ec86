/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.pcap.CaptureFile;
import io.rhapsode.wire.pcap.CaptureRecord;
import jakarta.json.Json;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole result leaves as one stream, more than a page of it, in each of the formats. */
@ExtendWith(StandaloneExtension.class)
class ExportIT {

    private static final int CALLS = 300;
    private static final int MESSAGES = CALLS * TestCalls.MESSAGES_PER_CALL;
    private static final String QUERY = "?q=callid:export-*&format=";
    private static boolean sent;

    private final RunningStandalone rhapsode;

    @TempDir
    private Path folder;

    ExportIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @BeforeEach
    void send() throws Exception {
        if (!sent) {
            sent = true;
            TestCalls.send(rhapsode.hepPort(), "export", CALLS);
        }
        JsonClient.eventually(() -> {
            assertThat(total("messages")).isEqualTo(MESSAGES);
            assertThat(total("calls")).isEqualTo(CALLS);
        });
    }

    private int total(String kind) throws Exception {
        return rhapsode.api()
                .get("/api/v1/" + kind + "?size=0&facets=false&q=callid:export-*")
                .getInt("total");
    }

    private String export(String kind, String format) throws Exception {
        var answer = rhapsode.api().bytes("/api/v1/" + kind + "/export" + QUERY + format);
        assertThat(answer.statusCode()).isEqualTo(200);
        return new String(answer.body(), UTF_8);
    }

    @Test
    void everyDocumentIsALineOfJsonOldestFirst() throws Exception {
        List<String> times = new ArrayList<>();
        for (String line : export("messages", "ndjson").lines().toList()) {
            times.add(Json.createReader(new StringReader(line)).readObject().getString("@timestamp"));
        }
        assertThat(times).hasSize(MESSAGES).isSorted();
    }

    @Test
    void everyCallIsALineOfATable() throws Exception {
        List<String> lines = export("calls", "csv").lines().toList();
        assertThat(lines).hasSize(CALLS + 1);
        assertThat(lines.get(0)).startsWith("@timestamp,rhapsode.call.answer,event.end,sip.call_id");
        assertThat(lines.get(1)).contains(",alice,bob,INVITE,200,OK,");
    }

    @Test
    void callsLeaveWithAllTheirPackets() throws Exception {
        assertThat(packets("calls")).isEqualTo(MESSAGES);
        assertThat(packets("messages")).isEqualTo(MESSAGES);
    }

    private int packets(String kind) throws Exception {
        Path file = folder.resolve(kind + ".pcapng");
        Files.write(
                file,
                rhapsode.api()
                        .bytes("/api/v1/" + kind + "/export" + QUERY + "pcapng")
                        .body());
        var records = new ArrayList<CaptureRecord>();
        try (var capture = CaptureFile.open(file)) {
            capture.iterator().forEachRemaining(records::add);
        }
        return records.size();
    }

    @Test
    void aRefusedSearchIsASentenceAndNoFile() throws Exception {
        var answer = rhapsode.api().response("/api/v1/calls/export?q=from:((&format=csv");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"column\":8");
    }
}
