/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.Packets;
import io.rhapsode.schema.StageCount;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With all threads at work, and a Kafka that now and then has no room and confirms when it likes. */
class SpoolOrderTest {

    private static final int SOCKETS = 3;
    private static final int EACH = 10_000;

    /** After so many a socket is silent until the disk is empty: on a busy machine it would be used once, and to the end. */
    private static final int AT_ONCE = 500;

    @TempDir
    private Path folder;

    private final FakeKafka kafka = new FakeKafka(false, 0);
    private final Account account = new Account(10, count -> {});
    private final AtomicBoolean over = new AtomicBoolean();

    private void send(SpoolSink sink, int socket, Random random) {
        byte[] key = Integer.toString(socket).getBytes(UTF_8);
        for (int n = 0; n < EACH; n++) {
            var minute = account.of("edge-1", Packets.AT);
            sink.take(new Entry(key, Integer.toString(n).getBytes(UTF_8), "edge-1", Packets.AT, 1), minute);
            if (random.nextInt(20) == 0) {
                sink.flush();
            }
            if (random.nextInt(25) == 0) {
                sleep(1);
            }
            while (n % AT_ONCE == 0 && sink.packets() > 0) {
                sleep(1);
            }
        }
        sink.flush();
    }

    private void beKafka(Random random) {
        while (!over.get()) {
            for (int n = random.nextInt(300); n > 0; n--) {
                kafka.packets.completeNext();
            }
            kafka.full = random.nextInt(4) == 0;
            sleep(random.nextInt(3));
        }
    }

    /** Far more often than a gateway does, which tells its counts each second. */
    private void tell(SpoolSink sink) {
        while (!over.get()) {
            account.publish(kafka.sink, 1_000, Packets.AT);
            sink.publish(1_000, Packets.AT);
            Thread.onSpinWait();
        }
    }

    private void assertNoCountFalls() throws Exception {
        var last = new HashMap<String, Long>();
        for (var record : kafka.countRecords()) {
            String key = new String(record.key(), UTF_8);
            long count = StageCount.parseFrom(record.value()).getCount();
            assertThat(count).as(key).isGreaterThan(last.getOrDefault(key, 0L));
            last.put(key, count);
        }
        assertThat(last).hasSizeGreaterThan(3);
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Thread start(Runnable work) {
        var thread = new Thread(work);
        thread.start();
        return thread;
    }

    @Test
    @Timeout(60)
    void packetsOfOneSocketNeverOvertakeEachOtherAndAreThereOnce() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var sink = SpoolSink.open(folder, 100_000_000, 10_000, 20, "test", account);
        var kafkaThread = start(() -> beKafka(new Random(seed)));
        var sockets = new ArrayList<Thread>();
        for (int socket = 0; socket < SOCKETS; socket++) {
            int own = socket;
            sockets.add(start(() -> send(sink, own, new Random(seed + 1 + own))));
        }
        sleep(50);
        sink.kafka(kafka.sink);
        var teller = start(() -> tell(sink));
        for (Thread socket : sockets) {
            socket.join();
        }
        while (account.total().inFlight() > 0) {
            sleep(5);
        }
        sink.closePackets();
        sink.close();
        over.set(true);
        kafkaThread.join();
        teller.join();

        List<Integer> all = IntStream.range(0, EACH).boxed().toList();
        for (int socket = 0; socket < SOCKETS; socket++) {
            String own = Integer.toString(socket);
            assertThat(kafka.rawRecords().stream()
                            .filter(packet -> new String(packet.key(), UTF_8).equals(own))
                            .map(packet -> Integer.valueOf(new String(packet.value(), UTF_8))))
                    .isEqualTo(all);
        }
        assertThat(account.total().sent.value()).isEqualTo(SOCKETS * EACH);
        assertThat(account.total().spooled.value()).isGreaterThan(EACH / 10);
        assertThat(sink.packets()).isZero();
        assertNoCountFalls();
        long offset =
                ByteBuffer.wrap(Files.readAllBytes(folder.resolve("position"))).getLong();
        assertThat(offset / SpoolLog.GAP).as("times that the disk was used").isGreaterThan(5);
    }
}
