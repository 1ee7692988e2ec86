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

    @TempDir
    Path data;

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
}
