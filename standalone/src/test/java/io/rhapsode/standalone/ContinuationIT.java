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
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of one data folder, each chapter a start on what the one before has left: what went in before an end is there
 * after the next start, each packet once, whatever the end was.
 */
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContinuationIT {

    private static final Path CAPTURE = Installation.find().demoCaptures().resolve("proxy-forks-failures.pcap");
    private static final int PACKETS = 46;
    private static final int CALL_IDS = 5;
    private static final int ROUNDS = 100;
    private static final int CALLS = 1_000;
    private static final Pattern SENT =
            Pattern.compile("rhapsode_ingest_packets_total\\{outcome=\"sent\"[^}]*\\} ([0-9.E]+)");
    private static final Pattern ON_DISK = Pattern.compile("rhapsode_ingest_spool_packets ([0-9.E]+)");

    @TempDir
    static Path data;

    @Test
    @Order(1)
    void aSecondProcessIsToldWhoHasTheFolderAndTheFirstStopsItsChildrenInOrder() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            try (var second = UpProcess.start(data)) {
                assertThat(second.awaitEnd(30)).isEqualTo(1);
                assertThat(second.said())
                        .isEqualTo("rhapsode: The data folder %s is in use by process %d.%n"
                                .formatted(data, up.handle().pid()));
            }
            play(up, "-first");
            eventually(() -> assertThat(messages(up, "-first")).isEqualTo(PACKETS));
            var children = up.children();
            assertThat(children).hasSize(2);
            up.stop();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(data.resolve("logs/kafka.log")).content().contains("Transition from SHUTTING_DOWN to SHUTDOWN");
        }
        assertThat(data.resolve("kafka/log/.kafka_cleanshutdown"))
                .as("Kafka's word that it ended in order")
                .exists();
    }

    @Test
    @Order(2)
    void aSecondStartGoesOnWhereTheFirstStopped() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            assertThat(up.children())
                    .as("started with the classes that the first left behind")
                    .hasSize(2)
                    .allMatch(child -> child.info().commandLine().orElse("").contains("-XX:SharedArchiveFile="));
            assertThat(messages(up, "-first")).isEqualTo(PACKETS);
            play(up, "-second");
            eventually(() -> assertThat(messages(up, "")).isEqualTo(2 * PACKETS));
            eventually(() -> assertThat(calls(up, "")).isEqualTo(2 * CALL_IDS));
            TestCalls.send(up.hepPort(), "before", CALLS);
            killKafka(up);
        }
    }

    private static void killKafka(UpProcess up) throws IOException, InterruptedException {
        up.child("KafkaServer").destroyForcibly();
        assertThat(up.awaitEnd(Standalone.CLOSE_SECONDS)).isEqualTo(Console.SERVER_DIED);
        assertThat(up.said())
                .contains("Kafka has stopped by itself (exit code 137)")
                .doesNotContain("keeping the programs' classes");
    }

    /** Kafka's coordinator does not notice that the members of before are gone, if it comes back so. */
    @Test
    @Order(3)
    void afterKafkaWasKilledTheNextStartGoesOn() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            TestCalls.send(up.hepPort(), "after", CALLS);
            var api = new JsonClient("http://127.0.0.1:" + up.httpPort());
            eventually(() -> assertThat(
                            api.get("/api/v1/messages?size=0&q=callid:after-*").getInt("total"))
                    .isEqualTo(CALLS * TestCalls.MESSAGES_PER_CALL));
            // What Kafka did not take when it was killed is sent now, and is not to be counted with the rounds.
            eventually(() -> assertThat(metric(up, ON_DISK)).isZero());
            int before = metric(up, SENT);
            for (int round = 0; round < ROUNDS; round++) {
                play(up, "-round-" + round);
            }
            eventually(() -> assertThat(metric(up, SENT) - before).isEqualTo(ROUNDS * PACKETS));
            var children = up.children();
            assertThat(children).hasSize(2);
            up.handle().destroyForcibly();
            up.awaitEnd(10);
            eventually(() -> assertThat(children).as("outlive their parent").noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    @Order(4)
    void everyPacketThatKafkaTookIsThereOnceAlthoughEverythingWasKilledMeanwhile() throws Exception {
        // What the dead left in the folder does not keep the next from starting.
        try (var up = UpProcess.start(data).awaitReady()) {
            assertThat(up.children()).hasSize(2);
            eventually(() -> assertThat(messages(up, "-round-*")).isEqualTo(ROUNDS * PACKETS));
            eventually(() -> assertThat(calls(up, "-round-*")).isEqualTo(ROUNDS * CALL_IDS));
            up.child("ElasticsearchServer").destroyForcibly();
            assertThat(up.awaitEnd(Standalone.CLOSE_SECONDS)).isEqualTo(Console.SERVER_DIED);
            assertThat(up.said())
                    .contains(
                            "Elasticsearch has stopped by itself (exit code 137)", "elasticsearch.log", "Node started");
        }
    }

    private static void play(UpProcess up, String callIdSuffix) throws IOException, InterruptedException {
        var options = new HepSender.Options(0, 10_000, Duration.ZERO, true, callIdSuffix, "test", 1);
        HepSender.send(CAPTURE, new InetSocketAddress("127.0.0.1", up.hepPort()), options);
    }

    /** Documents of messages that were played with this suffix, or with any. */
    private static int messages(UpProcess up, String callIdSuffix) throws IOException, InterruptedException {
        return documents(up, "rhapsode-sip*", callIdSuffix);
    }

    private static int calls(UpProcess up, String callIdSuffix) throws IOException, InterruptedException {
        return documents(up, "rhapsode-calls*", callIdSuffix);
    }

    private static int documents(UpProcess up, String indices, String callIdSuffix)
            throws IOException, InterruptedException {
        var elasticsearch = new JsonClient("http://127.0.0.1:" + up.elasticsearchPort());
        String query = callIdSuffix.isEmpty() ? "*" : "sip.call_id:*" + callIdSuffix;
        return elasticsearch
                .get("/" + indices + "/_count?q=" + JsonClient.encode(query))
                .getInt("count");
    }

    private static int metric(UpProcess up, Pattern line) throws IOException, InterruptedException {
        var metrics = new JsonClient("http://127.0.0.1:" + up.healthPort("ingest-gateway"));
        var found = line.matcher(metrics.response("/metrics").body());
        assertThat(found.find()).as(line.pattern()).isTrue();
        return (int) Double.parseDouble(found.group(1));
    }
}
