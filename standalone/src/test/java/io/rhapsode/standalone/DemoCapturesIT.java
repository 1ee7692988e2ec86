/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.encode;
import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.HepSender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recording of the demo goes the whole way, packet for packet. */
@ExtendWith(StandaloneExtension.class)
class DemoCapturesIT {

    static List<Path> recordings() throws IOException {
        return DemoCalls.recordings(Installation.find().demoCaptures());
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void everyPacketSentIsADocument(Path recording, RunningStandalone rhapsode) throws Exception {
        String node = "demo-it-" + recording.getFileName();
        var options = new HepSender.Options(0, 1_000, Duration.ZERO, true, "-demo-it", node, 7);
        var receiver = new InetSocketAddress("127.0.0.1", rhapsode.hepPort());

        long sent = HepSender.send(recording, receiver, options).sent();

        assertThat(sent).isPositive();
        var elasticsearch = new JsonClient(rhapsode.elasticsearch());
        String count = "/rhapsode-sip*/_count?q=" + encode("observer.name:\"" + node + "\"");
        eventually(() -> assertThat(elasticsearch.get(count).getInt("count")).isEqualTo((int) sent));
    }
}
