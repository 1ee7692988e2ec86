/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static io.rhapsode.standalone.JsonClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import io.rhapsode.ingest.HepSender;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import io.rhapsode.schema.ProtoSerde;
import io.rhapsode.schema.Topic;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recordings of the demo, the whole way, and the key figures that a plain script printed for them. */
class KpiIT {

    private static final Path PRINTED = Path.of("../stream-processor/src/test/resources/kpis-of-demo.tsv");

    /** Its calls have an outcome only when nothing came back for five minutes. */
    private static final String LEFT_OUT = "scan-of-a-registrar.pcap";

    private static final String MINUTE_LEFT_OUT = "\t1471336020\t";

    private static RunningStandalone rhapsode;
    private static List<String> expected;

    /** What is of this minute or later is live, and none of the recordings. */
    private static final long LIVE = Instant.now().getEpochSecond() / 60 * 60;

    @BeforeAll
    static void sendTheRecordings() throws Exception {
        rhapsode = RunningStandalone.start(Map.of("RHAPSODE_KPI_KEYS", "site,prefix:3", "RHAPSODE_SITE", "dus"));
        expected = Files.readAllLines(PRINTED).stream()
                .filter(line -> !line.contains(MINUTE_LEFT_OUT))
                .toList();
        var options = new HepSender.Options(0, 1_000, Duration.ZERO, false, "", "kpi-it", 7);
        for (Path recording : DemoCalls.recordings(Installation.find().demoCaptures())) {
            if (!recording.endsWith(LEFT_OUT)) {
                HepSender.send(recording, new InetSocketAddress("127.0.0.1", rhapsode.hepPort()), options);
            }
        }
        TestCalls.send(rhapsode.hepPort(), "kpi-it", 3);
    }

    @AfterAll
    static void stop() throws Exception {
        if (rhapsode != null) {
            rhapsode.close();
        }
    }

    @Test
    void theTopicHasTheFiguresOfTheScript() throws Exception {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", rhapsode.kafka(),
                "group.id", "kpi-it",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(
                settings, new StringDeserializer(), ProtoSerde.of(Kpi.parser()).deserializer())) {
            consumer.subscribe(List.of(Topic.KPIS.topicName()));
            var newest = new TreeMap<String, Kpi>();
            eventually(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> newest.merge(record.key(), record.value(), KpiIT::newer));
                assertThat(lines(newest, "site")).containsExactlyInAnyOrderElementsOf(expected);
                return newest;
            });
            assertThat(newest.keySet()).allSatisfy(key -> assertThat(key).isEqualTo(KpiFigures.key(newest.get(key))));
            assertThat(lines(newest, "prefix:3"))
                    .filteredOn(line -> line.startsWith("all/"))
                    .containsExactlyInAnyOrderElementsOf(lines(newest, "prefix:3").stream()
                            .filter(line -> line.startsWith("site/dus"))
                            .map(line -> line.replace("site/dus", "all/"))
                            .toList());
        }
    }

    /** Of one key, which has one partition, the record that comes later is the newer. */
    private static Kpi newer(Kpi one, Kpi other) {
        assertThat(other.getRevision()).isGreaterThan(one.getRevision());
        return other;
    }

    /** As the script prints them, of all dimensions but one. */
    private static TreeSet<String> lines(Map<String, Kpi> newest, String leftOut) {
        var sums = new TreeMap<String, Kpi.Builder>();
        newest.values().stream()
                .filter(kpi -> !kpi.getDimension().equals(leftOut) && kpi.getMinuteS() < LIVE)
                .forEach(kpi -> KpiFigures.add(
                        sums.computeIfAbsent(
                                kpi.getDimension() + "/" + kpi.getValue() + "\t" + kpi.getMinuteS() + "\t",
                                ignored -> Kpi.newBuilder()),
                        kpi));
        var lines = new TreeSet<String>();
        sums.forEach(
                (name, kpi) -> kpi.build().getAllFields().forEach((field, value) -> lines(name, field, value, lines)));
        return lines;
    }

    private static void lines(String name, FieldDescriptor field, Object value, TreeSet<String> lines) {
        if (!field.isMapField()) {
            lines.add(name + field.getName() + "\t" + value);
            return;
        }
        for (Object one : (List<?>) value) {
            var entry = (MapEntry<?, ?>) one;
            lines.add(name + field.getName() + " " + entry.getKey() + "\t" + entry.getValue());
        }
    }

    @Test
    void theApiHasThemToo() throws Exception {
        eventually(() -> {
            var answer = rhapsode.api().get("/api/v1/kpis?from=2005-01-01T00:00:00Z");
            assertThat(lines(answer)).containsExactlyInAnyOrderElementsOf(ofAll(expected));
            return answer;
        });
        String twoDays = "&minutes=1440&from=2026-11-23T00:00:00Z&to=2026-11-25T00:00:00Z";
        var days = rhapsode.api()
                .get("/api/v1/kpis?dimension=site&value=dus" + twoDays)
                .getJsonArray("rows");
        assertThat(days).hasSize(2);
        var first = days.getJsonObject(0);
        assertThat(first.getString("from")).isEqualTo("2026-11-23T00:00:00Z");
        assertThat(first.getInt("attempts")).isEqualTo(5);
        assertThat(first.getJsonNumber("ser_percent").doubleValue()).isEqualTo(75);
        assertThat(rhapsode.api()
                        .get("/api/v1/kpis?dimension=site&value=" + twoDays)
                        .getJsonArray("rows"))
                .as("without a site")
                .isEmpty();
        assertThat(rhapsode.api().response("/api/v1/kpis?minutes=0").statusCode())
                .isEqualTo(400);
    }

    @Test
    void thePageShowsWhatIsLive() throws Exception {
        eventually((JsonClient.Assertion) () -> {
            var page = rhapsode.api().response("/kpis?dimension=site&value=dus&range=1h");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body())
                    .contains(">dus</a></th><td>3</td><td>0</td><td>100.0 %</td>", "<polyline class=\"l0\" points=\"")
                    .contains("of calls 200: 3", "Post-dial delay", "href=\"/kpis\"");
        });
        assertThat(rhapsode.api().response("/kpis?dimension=none").body()).contains("Nothing began in this time");
    }

    private static List<String> ofAll(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("all/")).toList();
    }

    /** Counts that are not 0, as the script prints them. */
    private static TreeSet<String> lines(JsonObject answer) {
        var lines = new TreeSet<String>();
        for (JsonObject row : answer.getJsonArray("rows").getValuesAs(JsonObject.class)) {
            long minute = Instant.parse(row.getString("from")).getEpochSecond();
            if (minute >= LIVE) {
                continue;
            }
            String name = "all/\t" + minute + "\t";
            row.forEach((field, value) -> {
                if (value instanceof JsonObject map) {
                    map.forEach((key, count) -> lines.add(name + field + " " + key + "\t" + count));
                } else if (value instanceof JsonNumber number
                        && number.longValue() != 0
                        && Kpi.getDescriptor().findFieldByName(field).getNumber() <= Kpi.DUPLICATES_FIELD_NUMBER) {
                    lines.add(name + field + "\t" + number);
                }
            });
        }
        return lines;
    }
}
