/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping and dying, as the person at the keyboard sees it. */
class LifecycleIT {

    private static final int CALLS = 1_000;

    @TempDir
    Path data;

    @Test
    void aSecondProcessIsToldWhoHasTheFolderAndTheFirstStopsItsChildrenInOrder() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            try (var second = UpProcess.start(data)) {
                assertThat(second.awaitEnd(30)).isEqualTo(1);
                assertThat(second.said())
                        .isEqualTo("rhapsode: The data folder %s is in use by process %d.%n"
                                .formatted(data, up.handle().pid()));
            }
            var children = up.children();
            assertThat(children).hasSize(2);
            up.stop();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(data.resolve("logs/kafka.log")).content().contains("Transition from SHUTTING_DOWN to SHUTDOWN");
        }
    }

    @Test
    void aStartThatIsBrokenOffEndsWhatItHasStartedInOrder() throws Exception {
        try (var up = UpProcess.start(data)) {
            JsonClient.eventually(() -> assertThat(up.said()).contains("Kafka is ready"));
            var children = up.children();
            assertThat(children).hasSize(2);
            up.stop();
            assertThat(up.said()).doesNotContain("Rhapsode is up", "Exception");
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(data.resolve("logs/kafka.log")).content().contains("Transition from SHUTTING_DOWN to SHUTDOWN");
        }
    }

    @Test
    void aPortInUseIsNamedWithTheOptionForAnotherOne() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = RunningStandalone.settings(data);
            String port = Integer.toString(taken.getLocalPort());
            try (var up = UpProcess.start(data, settings, "--elasticsearch-port", port)) {
                assertThat(up.awaitEnd(30)).isEqualTo(1);
                assertThat(up.said().lines())
                        .singleElement()
                        .asString()
                        .contains("port " + port, "--elasticsearch-port");
            }
        }
    }

    @Test
    void everyUnknownSettingIsNamedBeforeAnythingStarts() throws Exception {
        var settings = RunningStandalone.settings(data);
        settings.put("RHAPSODE_HEP_PROT", "9060");
        settings.put("RHAPSODE_HTPP_PORT", "8080");
        try (var up = UpProcess.start(data, settings)) {
            assertThat(up.awaitEnd(30)).isEqualTo(1);
            assertThat(up.said()).contains("RHAPSODE_HEP_PROT", "RHAPSODE_HTPP_PORT");
            assertThat(data.resolve("kafka")).doesNotExist();
        }
    }

    @Test
    void aServerThatIsKilledEndsTheWholeWithTheTailOfItsLog() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            var elasticsearch = up.child("ElasticsearchServer");
            elasticsearch.destroyForcibly();
            assertThat(up.awaitEnd(Standalone.CLOSE_SECONDS)).isEqualTo(Console.SERVER_DIED);
            assertThat(up.said())
                    .contains(
                            "Elasticsearch has stopped by itself (exit code 137)", "elasticsearch.log", "Node started");
        }
    }

    /** Kafka's coordinator does not notice that the members of before are gone, if it comes back so. */
    @Test
    void afterKafkaWasKilledTheNextStartGoesOn() throws Exception {
        try (var up = UpProcess.start(data).awaitReady()) {
            TestCalls.send(up.hepPort(), "before", CALLS);
            up.child("KafkaServer").destroyForcibly();
            assertThat(up.awaitEnd(Standalone.CLOSE_SECONDS)).isEqualTo(Console.SERVER_DIED);
            assertThat(up.said())
                    .contains("Kafka has stopped by itself (exit code 137)")
                    .doesNotContain("keeping the programs' classes");
        }
        try (var up = UpProcess.start(data).awaitReady()) {
            TestCalls.send(up.hepPort(), "after", CALLS);
            var api = new JsonClient("http://127.0.0.1:" + up.httpPort());
            JsonClient.eventually(() -> assertThat(
                            api.get("/api/v1/messages?size=0&q=callid:after-*").getInt("total"))
                    .isEqualTo(CALLS * TestCalls.MESSAGES_PER_CALL));
        }
    }
}
