/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many records the key figures cost: 700 calls a second of seven messages at five sites, three minutes long on average, all
 * through one task. Run by hand: {@code java -cp target/test-classes:target/classes:... io.rhapsode.stream.KpiTraffic
 * site,prefix:3}.
 */
final class KpiTraffic {

    private static final int CALLS_A_SECOND = 700;
    private static final int WARM_S = 120;
    private static final int MEASURED_S = 20;
    private static final String[] TOPICS = {
        Topic.SIP.topicName(),
        Topic.CALLS.topicName(),
        "rhapsode-stream-kpi-changes-repartition",
        Topic.KPIS.topicName()
    };

    private final Random random = new Random(1);
    private final PriorityQueue<RawPacket> onTheirWay =
            new PriorityQueue<>((one, other) -> Long.compare(one.getCapturedAtUs(), other.getCapturedAtUs()));

    public static void main(String[] args) throws IOException {
        new KpiTraffic().run(args.length == 0 ? "site" : args[0]);
    }

    private void run(String keys) throws IOException {
        var folder = Files.createTempDirectory("kpi-traffic");
        try (var way = new TestWay(folder, Map.of("RHAPSODE_KPI_KEYS", keys, "RHAPSODE_OPEN_CALLS", "1000000"))) {
            var outputs = new ArrayList<org.apache.kafka.streams.TestOutputTopic<byte[], byte[]>>();
            for (String topic : TOPICS) {
                outputs.add(
                        way.driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
            }
            long[] records = new long[TOPICS.length];
            long[] bytes = new long[TOPICS.length];
            for (int second = 0; second < WARM_S + MEASURED_S; second++) {
                for (int tenth = 0; tenth < 10; tenth++) {
                    arrive(way);
                    way.pass(Duration.ofMillis(100));
                }
                for (int i = 0; i < TOPICS.length; i++) {
                    for (byte[] value : outputs.get(i).readValuesToList()) {
                        records[i] += second < WARM_S ? 0 : 1;
                        bytes[i] += second < WARM_S ? 0 : value.length;
                    }
                }
            }
            for (int i = 0; i < TOPICS.length; i++) {
                System.out.printf(
                        "%-42s %,8d records/s %,12d bytes/s%n",
                        TOPICS[i], records[i] / MEASURED_S, bytes[i] / MEASURED_S);
            }
        }
    }

    private void arrive(TestWay way) {
        long now = way.wall().toEpochMilli() * 1_000;
        for (int i = 0; i < CALLS_A_SECOND / 10; i++) {
            onTheirWay.addAll(call(now));
        }
        while (!onTheirWay.isEmpty() && onTheirWay.peek().getCapturedAtUs() <= now) {
            way.packet(onTheirWay.poll());
        }
    }

    private List<RawPacket> call(long at) {
        String site = " site=s" + random.nextInt(5);
        int answer = 1_000 + random.nextInt(10_000);
        int end = answer + (int) Math.min(540_000, -180_000 * Math.log(random.nextDouble()));
        String script = """
                0 a INVITE 1 user=+%d%s
                10 a 100/INVITE 1%s
                %d a 180/INVITE 1%s
                %d a 200/INVITE 1%s
                %d a ACK 1 dialog%s
                %d a BYE 2 dialog%s
                %d a 200/BYE 2%s""".formatted(
                        100_000_000 + random.nextInt(900_000_000),
                        site,
                        site,
                        20 + random.nextInt(900),
                        site,
                        answer,
                        site,
                        answer + 20,
                        site,
                        end,
                        site,
                        end + 10,
                        site);
        String callId = Long.toHexString(random.nextLong());
        return Script.packets(callId, script).stream()
                .map(packet -> packet.toBuilder()
                        .setCapturedAtUs(packet.getCapturedAtUs() - Script.BEGIN + at)
                        .build())
                .toList();
    }
}
