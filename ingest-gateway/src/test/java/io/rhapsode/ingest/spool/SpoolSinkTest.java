/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.FakeKafka;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.ingest.sink.Packets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One gateway after the other on the same folder, without threads: the test makes the drain's steps, and the time. */
class SpoolSinkTest {

    private static final int LENGTH = 100;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path folder;

    private final FakeKafka kafka = new FakeKafka(false, 0);

    /** A run of the gateway, as far as it goes from intake to Kafka. */
    private final class Run {
        final Account account = new Account(10, count -> {});
        final KafkaSink way;
        final SpoolLog log;
        final SpoolSink sink;
        final Drain drain;
        long now = System.nanoTime();
        int sent;

        Run(String instance, long most, int mostInFlight) {
            way = kafka.sink(instance);
            log = SpoolLog.open(folder, most);
            var late = new LateCounts(folder, instance, account);
            sink = new SpoolSink(log, late, mostInFlight, 0, account);
            drain = sink.drain();
        }

        Run(String instance) {
            this(instance, 10_000_000, 1_000_000);
        }

        void take(int... numbers) {
            for (int number : numbers) {
                NodeMinute minute = account.of("edge-1", Packets.AT);
                byte[] value = Integer.toString(number).getBytes(UTF_8);
                sink.take(new Entry(value, value, "edge-1", Packets.AT, LENGTH), minute);
            }
            sink.flush();
        }

        void step() throws Exception {
            now += TimeUnit.MILLISECONDS.toNanos(60);
            drain.step(now);
        }

        void kafkaIsThere() throws Exception {
            sink.kafka(way);
            step();
        }

        /** Long enough for the drain to see that Kafka does nothing, and to act on it. */
        void nothingForASecond() throws Exception {
            step();
            now += SECOND;
            step();
            step();
            step();
        }

        void tell() {
            account.publish(way, 1_000, Packets.AT);
            sink.publish(1_000, Packets.AT);
        }

        /** The end of a process, without a word. */
        void kill() throws Exception {
            log.flush();
            log.close();
        }

        long inFlight() {
            return account.total().inFlight() - sink.packets();
        }
    }

    private void confirm(int packets) {
        for (int n = 0; n < packets; n++) {
            assertThat(kafka.packets.completeNext()).isTrue();
        }
    }

    private List<Integer> given() {
        return kafka.rawRecords().stream()
                .map(packet -> Integer.parseInt(new String(packet.value(), UTF_8)))
                .toList();
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void whileKafkaConfirmsNothingTouchesTheDisk() throws Exception {
        var run = new Run("a");
        run.kafkaIsThere();
        run.take(1, 2, 3);
        confirm(3);
        run.step();

        assertThat(given()).containsExactly(1, 2, 3);
        assertThat(run.sink.spooling()).isZero();
        assertThat(Files.list(folder).map(Path::getFileName)).containsExactly(Path.of("position"));
        assertThat(run.account.total().sent.value()).isEqualTo(3);
        run.kill();
    }

    @Test
    void beforeKafkaIsThereForTheFirstTimePacketsWaitOnTheDisk() throws Exception {
        var run = new Run("a");
        run.take(1, 2);
        run.step();
        assertThat(given()).isEmpty();
        assertThat(run.sink.packets()).isEqualTo(2);

        run.kafkaIsThere();
        run.take(3);
        confirm(3);
        run.step();
        assertThat(given()).containsExactly(1, 2, 3);
        run.kill();
    }

    /** As long as it is not, the gateway does not say that all is told. */
    @Test
    void itIsEmptyWhenAllOfTheDiskIsConfirmed() throws Exception {
        var run = new Run("a");
        assertThat(run.sink.isEmpty()).as("before Kafka is there").isFalse();
        run.kafkaIsThere();
        assertThat(run.sink.isEmpty()).isTrue();
        run.take(1);
        run.nothingForASecond();
        run.take(2);
        assertThat(run.sink.isEmpty()).as("one on the disk").isFalse();

        confirm(1);
        run.step();
        run.step();
        assertThat(given()).containsExactly(1, 2);
        assertThat(run.sink.isEmpty()).as("on its way, not confirmed").isFalse();

        confirm(1);
        run.step();
        assertThat(run.sink.isEmpty()).isTrue();
        run.kill();
    }

    @Test
    void whenKafkaConfirmsNothingForASecondPacketsGoToTheDiskAndAfterwardsInOrderToKafka() throws Exception {
        var run = new Run("a");
        run.kafkaIsThere();
        run.take(1, 2);
        run.nothingForASecond();
        assertThat(run.sink.spooling()).isEqualTo(1);
        run.take(3, 4);
        run.step();
        assertThat(given()).as("those in flight come first").containsExactly(1, 2);
        assertThat(run.sink.packets()).isEqualTo(2);

        confirm(2);
        run.step();
        run.take(5);
        confirm(2);
        run.step();
        run.take(6);
        run.step();
        assertThat(given()).isEqualTo(numbers(1, 6));
        assertThat(run.sink.spooling()).isZero();
        confirm(2);
        run.step();

        assertThat(run.sink.packets()).isZero();
        assertThat(run.sink.bytes()).isZero();
        assertThat(run.account.total().sent.value()).isEqualTo(6);
        assertThat(run.account.total().spooled.value()).isBetween(2L, 4L);
        run.kill();
    }

    @Test
    void packetThatTheProducerHasNoRoomForGoesToTheDiskAndThoseAfterItBehindIt() throws Exception {
        var run = new Run("a");
        run.kafkaIsThere();
        run.take(1);
        kafka.full = true;
        run.take(2);
        kafka.full = false;
        run.take(3);
        assertThat(given()).containsExactly(1);
        confirm(1);
        kafka.full = true;
        run.step();
        run.step();
        assertThat(given()).as("the drain waits for room too").containsExactly(1);
        kafka.full = false;
        run.step();
        run.take(4);
        confirm(3);
        run.step();

        assertThat(given()).isEqualTo(numbers(1, 4));
        assertThat(run.account.total().total("failed")).isZero();
        assertThat(run.account.total().sent.value()).isEqualTo(4);
        run.kill();
    }

    @Test
    void memoryForWhatIsInFlightIsBounded() throws Exception {
        var run = new Run("a", 10_000_000, 1_000);
        run.kafkaIsThere();
        run.take(IntStream.rangeClosed(1, 100).toArray());

        assertThat(given()).hasSizeLessThan(10);
        assertThat(run.sink.packets()).isGreaterThan(90);
        assertThat(run.sink.flights().bytes()).isLessThan(1_200);
        run.kill();
    }

    @Test
    void killedWhileKafkaIsAwayNothingIsLostNorMovedNorDoubledAndTheCountsAddUp() throws Exception {
        var first = new Run("a");
        first.kafkaIsThere();
        first.take(1, 2);
        confirm(2);
        first.tell();
        first.take(3, 4);
        first.tell();
        first.nothingForASecond();
        first.take(5, 6);
        first.kill();
        kafka.packets.clear();

        var second = new Run("b");
        second.take(7);
        second.step();
        assertThat(second.sink.packets()).isEqualTo(5);
        second.kafkaIsThere();
        assertThat(given()).isEqualTo(numbers(3, 7));
        confirm(5);
        second.step();
        second.take(8);
        confirm(1);
        second.tell();
        second.step();

        assertThat(given()).isEqualTo(numbers(3, 8));
        assertThat(kafka.counts())
                .containsEntry("edge-1 received", 8L)
                .containsEntry("edge-1 sent", 8L)
                .containsEntry("edge-1 bytes", 8L * LENGTH);
        assertThat(second.account.total().inFlight()).isZero();
        assertThat(second.sink.packets()).isZero();
        assertThat(Files.list(folder).map(Path::getFileName)).containsExactly(Path.of("position"));
        second.kill();
    }

    @Test
    void killedWhileSendingOnlyWhatWasNotConfirmedIsSentAgain() throws Exception {
        var first = new Run("a");
        first.take(1, 2, 3, 4, 5);
        first.kafkaIsThere();
        confirm(3);
        first.step();
        first.tell();
        first.kill();
        kafka.packets.clear();

        var second = new Run("b");
        second.kafkaIsThere();
        confirm(2);
        second.step();
        second.tell();

        assertThat(given()).containsExactly(4, 5);
        assertThat(kafka.counts())
                .containsEntry("edge-1 received", 5L)
                .containsEntry("edge-1 sent", 5L)
                .containsEntry("edge-1 spooled", 5L);
        second.kill();
    }

    @Test
    void fullDiskDropsTheOldestAndCountsThem() throws Exception {
        var run = new Run("a", 20_000, 1_000_000);
        int taken = 2_000;
        for (int n = 1; n <= taken; n += 10) {
            run.take(IntStream.range(n, n + 10).toArray());
            run.step();
        }
        assertThat(run.sink.bytes()).isLessThanOrEqualTo(20_000);
        assertThat(run.sink.trouble().orElseThrow()).contains("the spool is full");
        long kept = run.sink.packets();
        assertThat(kept).isBetween(200L, 400L);

        run.kafkaIsThere();
        assertThat(given()).isEqualTo(numbers(taken - (int) kept + 1, taken));
        confirm((int) kept);
        run.step();
        run.tell();
        assertThat(kafka.counts())
                .containsEntry("edge-1 received", (long) taken)
                .containsEntry("edge-1 sent", kept)
                .containsEntry("edge-1 failed spool-full", taken - kept);
        assertThat(run.account.total().inFlight()).isZero();
        run.kill();
    }

    @Test
    void aPacketThatKafkaRefusesIsCountedAndHoldsNobodyUp() throws Exception {
        var run = new Run("a");
        run.take(1, 2);
        run.kafkaIsThere();
        kafka.packets.errorNext(new RecordTooLargeException("no"));
        confirm(1);
        run.step();
        run.take(3);
        kafka.packets.errorNext(new RecordTooLargeException("no"));
        run.tell();

        assertThat(kafka.counts())
                .containsEntry("edge-1 received", 3L)
                .containsEntry("edge-1 sent", 1L)
                .containsEntry("edge-1 failed too-large", 2L);
        assertThat(run.inFlight()).isZero();
        run.kill();
    }

    @Test
    void closedWhileKafkaIsAwayWhatIsInFlightWaitsForTheNextRun() throws Exception {
        var first = new Run("a");
        first.kafkaIsThere();
        first.take(1, 2);
        first.tell();
        first.nothingForASecond();
        first.take(3);
        first.sink.closePackets();
        first.sink.close();

        var next = new FakeKafka(true, 0);
        var second = new Run("b");
        second.sink.kafka(next.sink);
        second.step();
        assertThat(next.rawRecords())
                .extracting(packet -> new String(packet.value(), UTF_8))
                .containsExactly("1", "2", "3");
        second.kill();
    }
}
