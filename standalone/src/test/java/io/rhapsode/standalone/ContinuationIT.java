/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.HepSender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What went in before an end is there after the next start, each packet once. */
class ContinuationIT {

    private static final Path CALLS = Installation.find().demoCaptures().resolve("proxy-forks-failures.pcap");
    private static final int PACKETS = 46;
    private static final int CALL_IDS = 5;
    private static final Pattern SENT =
            Pattern.compile("rhapsode_ingest_packets_total\\{outcome=\"sent\"[^}]*\\} ([0-9.E]+)");

    @TempDir
    Path data;

    @Test
    void aSecondStartOnTheSameFolderGoesOnWhereTheFirstStopped() throws Exception {
        try (var first = UpProcess.start(data).awaitReady()) {
            play(first, "-first");
            eventually(() -> assertThat(documents(first, "rhapsode-sip*")).isEqualTo(PACKETS));
            first.stop();
        }
        assertThat(data.resolve("kafka/log/.kafka_cleanshutdown"))
                .as("Kafka's word that it ended in order")
                .exists();
        try (var second = UpProcess.start(data).awaitReady()) {
            assertThat(second.children())
                    .as("started with the classes that the first left behind")
                    .hasSize(2)
                    .allMatch(child -> child.info().commandLine().orElse("").contains("-XX:SharedArchiveFile="));
            assertThat(documents(second, "rhapsode-sip*")).isEqualTo(PACKETS);
            play(second, "-second");
            eventually(() -> assertThat(documents(second, "rhapsode-sip*")).isEqualTo(2 * PACKETS));
            eventually(() -> assertThat(documents(second, "rhapsode-calls*")).isEqualTo(2 * CALL_IDS));
        }
    }

    @Test
    void everyPacketThatKafkaTookIsThereOnceAlthoughEverythingWasKilledMeanwhile() throws Exception {
        int rounds = 100;
        try (var killed = UpProcess.start(data).awaitReady()) {
            for (int round = 0; round < rounds; round++) {
                play(killed, "-" + round);
            }
            eventually(() -> assertThat(sentToKafka(killed)).isEqualTo(rounds * PACKETS));
            var children = killed.children();
            assertThat(children).hasSize(2);
            killed.handle().destroyForcibly();
            killed.awaitEnd(10);
            eventually(() -> assertThat(children).as("outlive their parent").noneMatch(ProcessHandle::isAlive));
        }
        // What the dead left in the folder does not keep the next from starting.
        try (var next = UpProcess.start(data).awaitReady()) {
            assertThat(next.children()).hasSize(2);
            eventually(() -> assertThat(documents(next, "rhapsode-sip*")).isEqualTo(rounds * PACKETS));
            eventually(() -> assertThat(documents(next, "rhapsode-calls*")).isEqualTo(rounds * CALL_IDS));
        }
    }

    private static void play(UpProcess up, String callIdSuffix) throws IOException, InterruptedException {
        var options = new HepSender.Options(0, 10_000, Duration.ZERO, true, callIdSuffix, "test", 1);
        HepSender.send(CALLS, new InetSocketAddress("127.0.0.1", up.hepPort()), options);
    }

    private static int documents(UpProcess up, String indices) throws IOException, InterruptedException {
        var elasticsearch = new JsonClient("http://127.0.0.1:" + up.elasticsearchPort());
        return elasticsearch.get("/" + indices + "/_count").getInt("count");
    }

    private static int sentToKafka(UpProcess up) throws IOException, InterruptedException {
        var metrics = new JsonClient("http://127.0.0.1:" + up.healthPort("ingest-gateway"));
        var sent = SENT.matcher(metrics.response("/metrics").body());
        return sent.find() ? (int) Double.parseDouble(sent.group(1)) : 0;
    }
}
