/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.wire.pcap.PcapWriter;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./rhapsode import} on a running system: what is in the files is found, at the times of the files. */
@ExtendWith(StandaloneExtension.class)
class ImportIT {

    private static final Path FLOWS = Captures.BUNDLED.resolve("kam_hep3_udp_flows.sip.pcap");

    private final RunningStandalone rhapsode;

    @TempDir
    Path folder;

    ImportIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    private record Ended(int exit, String said) {}

    private static Ended run(String kafka, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("rhapsode-import", ".txt");
        var command = new ArrayList<>(List.of(
                ClassArchive.java(),
                "-Xmx256m",
                "-Djdk.console=java.base",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "import",
                "--kafka",
                kafka));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RHAPSODE_"));
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        try {
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private int found(String kind, String node) throws Exception {
        return rhapsode.api()
                .get("/api/v1/" + kind + "?size=0&facets=false&q=" + encode("observer.name:\"" + node + "\""))
                .getInt("total");
    }

    @Test
    void callsOfTheFilesAreFoundAtTheirTimesAndTheAccountAddsUp() throws Exception {
        int expected = Captures.withSip(Captures.BUNDLED).stream()
                .filter(capture -> capture.file().equals(FLOWS))
                .mapToInt(capture -> capture.rows().size())
                .sum();

        Ended ended = run(rhapsode.kafka(), FLOWS.toString(), "--node", "import-it");

        assertThat(ended.said)
                .contains(expected + " SIP messages and 0 of RTCP in them; " + expected + " confirmed by Kafka");
        assertThat(ended.exit).isZero();
        eventually(() -> assertThat(found("messages", "import-it")).isEqualTo(expected));
        eventually(() -> assertThat(found("calls", "import-it")).isPositive());
        JsonObject first = rhapsode.api()
                .get("/api/v1/messages?size=1&facets=false&q=" + encode("observer.name:\"import-it\""))
                .getJsonArray("hits")
                .getJsonObject(0);
        assertThat(first.toString()).contains("\"file\"");
        eventually(() -> {
            JsonObject status = rhapsode.api().get("/api/v1/status");
            assertThat(status.getString("verdict")).as(status.toString()).isEqualTo("complete");
        });
    }

    private static final String SDP =
            "\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 18\r\n";

    private static byte[] sip(String startLine, String toTag, int port) {
        return (startLine
                        + "\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKrtcp\r\nFrom: <sip:alice@caller.test>;tag=a\r\n"
                        + "To: <sip:bob@callee.test>" + toTag + "\r\nCall-ID: rtcp-it\r\nCSeq: 1 INVITE"
                        + SDP.formatted(port))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** An rtpengine's RTCP with a client, ports 40001 and 30017: the SDP of their call is in the file before. */
    @Test
    void rtcpTellsOfTheQualityOfTheCallWhoseDescriptionNamesItsPort() throws Exception {
        byte[] address = {127, 0, 0, 1};
        Path sip = folder.resolve("rtcp-it.pcap");
        try (var out = new PcapWriter(Files.newOutputStream(sip))) {
            byte[] invite = sip("INVITE sip:bob@callee.test SIP/2.0", "", 40_000);
            out.write(1_795_445_465_000_000L, 17, address, address, 5060, 5080, invite);
            out.write(
                    1_795_445_466_000_000L, 17, address, address, 5080, 5060, sip("SIP/2.0 200 OK", ";tag=b", 30_016));
        }
        Path rtcp = Captures.BUNDLED.resolve("rtpengine10_rtp_rtcp_xr.pcap");

        Ended ended = run(rhapsode.kafka(), sip.toString(), rtcp.toString(), "--node", "rtcp-it");

        assertThat(ended.said).contains("2 SIP messages and 8 of RTCP in them; 10 confirmed by Kafka");
        eventually(() -> {
            var media = rhapsode.api().get("/api/v1/media?q=" + encode("callid:rtcp-it"));
            assertThat(media.getInt("total")).isEqualTo(8);
            assertThat(media.toString()).contains("\"source\":\"rtcp\"", "\"SR\"", "\"voip-metrics\"");
            var call = rhapsode.api().get("/api/v1/calls?q=" + encode("callid:rtcp-it mos:>1"));
            assertThat(call.getInt("total")).as(call.toString()).isEqualTo(1);
            assertThat(call.toString()).contains("\"reports\":8");
        });
    }

    @Test
    void badFilesAreSaidAndTheOthersAreDone() throws Exception {
        Path good = Files.copy(FLOWS, folder.resolve("good-it.pcap"));
        byte[] whole = Files.readAllBytes(FLOWS);
        Path cut = Files.write(folder.resolve("cut-it.pcap"), Arrays.copyOf(whole, whole.length / 2));
        Path empty = Files.createFile(folder.resolve("empty-it.pcap"));
        Path none = Files.writeString(folder.resolve("none-it.pcap"), "no capture at all");

        Ended ended = run(
                rhapsode.kafka(),
                folder.toString(),
                folder.resolve("missing.pcap").toString());

        assertThat(ended.exit).isEqualTo(1);
        assertThat(ended.said)
                .contains("Not usable: " + cut + ": the capture file ends within a packet")
                .contains("Not usable: " + empty + ": the file is empty")
                .contains("Not usable: " + none + ": neither pcap nor pcapng")
                .contains("missing.pcap: cannot be read")
                .doesNotContain("Not usable: " + good);
        eventually(() -> {
            assertThat(found("messages", "good-it.pcap")).isPositive();
            assertThat(found("messages", "cut-it.pcap")).isPositive().isLessThan(found("messages", "good-it.pcap"));
        });
    }

    @Test
    void withoutKafkaNothingIsClaimed() throws Exception {
        String kafka = "127.0.0.1:" + Ports.free();
        Ended ended = run(kafka, FLOWS.toString());

        assertThat(ended.exit).isEqualTo(1);
        assertThat(ended.said).contains("Nothing was imported, for Kafka is not there");
        assertThat(ended.said.lines().filter(line -> !line.startsWith("WARNING: ")))
                .as("but for what the JVM says, in one line")
                .singleElement()
                .asString()
                .contains(kafka);
    }
}
