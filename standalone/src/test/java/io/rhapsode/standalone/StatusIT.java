/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.StageCount;
import io.rhapsode.schema.Topic;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether what is counted is all there is, as far as the gateways have told. */
@ExtendWith(StandaloneExtension.class)
class StatusIT {

    private final RunningStandalone rhapsode;

    StatusIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    private void tell(String outcome, Instant minute) {
        var count = StageCount.newBuilder()
                .setStage("ingest-gateway")
                .setInstance("status-it@1")
                .setMinuteS(minute.getEpochSecond())
                .setOutcome(outcome)
                .setCount(1)
                .build();
        Map<String, Object> settings = Map.of("bootstrap.servers", rhapsode.kafka());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key =
                    ("ingest-gateway/status-it@1//" + minute.getEpochSecond() + '/' + outcome + '/').getBytes(UTF_8);
            producer.send(new ProducerRecord<>(
                    Topic.COUNTS.topicName(), null, key, count.toByteArray(), Topic.COUNTS.headers()));
        }
    }

    private JsonObject status(String range) throws Exception {
        return rhapsode.api().get("/api/v1/status" + range);
    }

    /** Until it closes, or is heard again, for it may have received more. The range is of a time without packets. */
    @Test
    void whatIsCountedIsNotAllWhileAGatewayIsSilent() throws Exception {
        Instant minute = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 60 * 60 - 172_800);
        String later = "?from=" + minute.plusSeconds(60) + "&to=" + minute.plusSeconds(61);
        tell("told", minute);
        eventually(() -> {
            JsonObject status = status(later);
            assertThat(status.getString("verdict")).as(status.toString()).isEqualTo("silent");
            assertThat(status.getJsonObject("told_until").getString("status-it"))
                    .isEqualTo(minute.toString());
            assertThat(status.getJsonArray("silent").getString(0)).isEqualTo("status-it");
            assertThat(status.getJsonObject("told_until"))
                    .as("and the one that runs")
                    .hasSize(2);
        });
        assertThat(rhapsode.api().response("/status" + later).body())
                .contains("No news from status-it since " + minute);
        String before = "?from=" + minute.minusSeconds(60) + "&to=" + minute;
        assertThat(status(before).getJsonArray("silent")).isEmpty();
        tell("closed", minute);
        eventually(() -> assertThat(status(later).getString("verdict")).isEqualTo("complete"));
    }
}
