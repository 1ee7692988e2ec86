/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.indexer.Document;
import io.rhapsode.indexer.JsonBytes;
import io.rhapsode.schema.Topic;
import io.rhapsode.standalone.LocalElasticsearch;
import io.rhapsode.standalone.LocalKafka;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The same documents into the same Elasticsearch in two ways, by turns: from the topic by the indexer, and ready-made
 * from a file by a loader that does nothing but send. Each turn has an index of its own, that of another day.
 */
@Command(
        name = "bulk",
        description = "Messages into Elasticsearch by the indexer, beside a bare bulk loader (figure: the ratio).")
final class BulkLoad implements Callable<Integer> {

    private static final int BULK_BYTES = 4 << 20;
    private static final int BULKS_AT_A_TIME = 3;

    @Option(
            names = "--messages",
            defaultValue = "300000",
            description = "Messages in each turn (default ${DEFAULT-VALUE}).")
    private int messages;

    @Option(names = "--turns", defaultValue = "2", description = "Turns of each, at most 3 (default ${DEFAULT-VALUE}).")
    private int turns;

    @Option(
            names = "--heap-mb",
            defaultValue = "512",
            description = "Heap of Elasticsearch in MB (default ${DEFAULT-VALUE}).")
    private int heapMegabytes;

    private Path folder;
    private IndexedSoFar index;
    private LocalElasticsearch elasticsearch;

    @Override
    public Integer call() throws Exception {
        folder = Files.createTempDirectory("rhapsode-bench");
        try (LocalKafka kafka = LocalKafka.start(folder);
                LocalElasticsearch started = LocalElasticsearch.start(folder, heapMegabytes)) {
            elasticsearch = started;
            index = new IndexedSoFar(started.url());
            createTopics(kafka);
            Map<String, String> settings = Map.of(
                    "RHAPSODE_KAFKA", kafka.address(),
                    "RHAPSODE_ELASTICSEARCH", started.url(),
                    "RHAPSODE_INDEXER_HEALTH_PORT", "0");
            try (var indexer = new ServiceProcess(folder, "io.rhapsode.indexer.Indexer", 192, settings)) {
                measure(kafka, indexer);
            }
            return 0;
        } finally {
            Target.delete(folder);
        }
    }

    private void measure(LocalKafka kafka, ServiceProcess indexer) throws Exception {
        System.out.println("Warming up, the indexer first.");
        byTheIndexer(kafka, indexer, 0);
        bare(1);
        var indexed = new ArrayList<Double>();
        var bare = new ArrayList<Double>();
        for (int turn = 0; turn < turns; turn++) {
            indexed.add(byTheIndexer(kafka, indexer, 2 + 2 * turn));
            bare.add(bare(3 + 2 * turn));
        }
        new Result("bulk", median(indexed) / median(bare), "times the bare loader")
                .with("messages", messages)
                .with("indexer_per_s", median(indexed))
                .with("bare_per_s", median(bare))
                .with("disk_bytes_per_message", index.bytesPerDocument())
                .print();
    }

    private static double median(List<Double> values) {
        return values.stream()
                .sorted()
                .skip((values.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }

    /** Messages a second from the topic to the index, from the first tenth on. */
    private double byTheIndexer(LocalKafka kafka, ServiceProcess indexer, int day) throws Exception {
        long before = index.documents();
        indexer.pause();
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.address(), "compression.type", "lz4", "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            SipRecords.write(
                    "bulk" + day,
                    messages,
                    begin(day),
                    (key, value) -> producer.send(new ProducerRecord<>(Topic.SIP.topicName(), key, value)));
        }
        indexer.resume();
        index.await(before + messages / 10);
        return report("indexer", before + messages, index.documents());
    }

    private double bare(int day) throws Exception {
        Path file = folder.resolve("bulks");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            writeBulks(day, out);
        }
        long before = index.documents();
        ExecutorService senders = Executors.newFixedThreadPool(BULKS_AT_A_TIME);
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            List<Future<Void>> sending = IntStream.range(0, BULKS_AT_A_TIME)
                    .mapToObj(sender -> senders.submit(() -> send(in)))
                    .toList();
            index.await(before + messages / 10);
            double perSecond = report("bare", before + messages, index.documents());
            for (Future<Void> each : sending) {
                each.get();
            }
            return perSecond;
        } finally {
            senders.shutdown();
        }
    }

    /** @return messages a second from now until there are so many documents */
    private double report(String who, long until, long from) throws IOException, InterruptedException {
        Duration busy = processorTime();
        long begin = System.nanoTime();
        index.await(until);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double perSecond = (until - from) / seconds;
        System.out.printf(
                "%-8s %,9.0f messages/s; Elasticsearch used %.0f us of processor time a message%n",
                who, perSecond, processorTime().minus(busy).toNanos() / 1e3 / (until - from));
        return perSecond;
    }

    private Duration processorTime() {
        return ProcessHandle.of(elasticsearch.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    private void writeBulks(int day, DataOutputStream out) throws IOException {
        var body = new JsonBytes(BULK_BYTES + (1 << 20));
        BiConsumer<byte[], byte[]> add = (key, value) -> {
            try {
                Document.MESSAGE.write(value, body);
                if (body.length() >= BULK_BYTES) {
                    flush(body, out);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
        SipRecords.write("bulk" + day, messages, begin(day), add);
        flush(body, out);
    }

    private static void flush(JsonBytes body, DataOutputStream out) throws IOException {
        out.writeInt(body.length());
        out.write(body.bytes(), 0, body.length());
        body.cut(0);
    }

    private Void send(DataInputStream in) throws IOException, InterruptedException {
        for (byte[] body = next(in); body != null; body = next(in)) {
            index.send(body);
        }
        return null;
    }

    private static byte[] next(DataInputStream in) throws IOException {
        synchronized (in) {
            return in.available() == 0 ? null : in.readNBytes(in.readInt());
        }
    }

    /** Noon, so many days ago. */
    private static long begin(int day) {
        Instant noon = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(day, ChronoUnit.DAYS);
        return noon.minus(12, ChronoUnit.HOURS).toEpochMilli() * 1_000;
    }

    private static void createTopics(LocalKafka kafka) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            Topic.createAll(admin, 8, (short) 1);
        }
    }
}
